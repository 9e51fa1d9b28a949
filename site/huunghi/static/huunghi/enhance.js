/* Comforts only: every page works without this file. */
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => within.querySelectorAll(selector);

  // A reader may forbid storage: then a choice lasts for the page.
  const remember = (key, value) => { try { localStorage.setItem("huunghi-" + key, value); } catch { } };
  const remembered = (key) => { try { return localStorage.getItem("huunghi-" + key); } catch { } };

  // Text size and contrast
  const contrast = remembered("contrast");
  root.dataset.size = remembered("size") || "100";
  if (contrast) root.dataset.contrast = contrast;

  const reader = document.querySelector("[data-reader]");
  if (reader) {
    const toggle = reader.querySelector("[data-contrast]");
    const show = () => {
      all("[data-size]", reader).forEach((button) => {
        button.setAttribute("aria-pressed", button.dataset.size === root.dataset.size);
      });
      const set = root.dataset.contrast;
      toggle.setAttribute("aria-pressed", set ? set === "high" : matchMedia("(prefers-contrast: more)").matches);
    };
    reader.hidden = false;
    reader.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.size) {
        remember("size", root.dataset.size = button.dataset.size);
      } else if (button === toggle) {
        remember("contrast", root.dataset.contrast = toggle.ariaPressed === "true" ? "normal" : "high");
      } else {
        print();
      }
      show();
    });
    show();
  }

  // The language a reader chooses is the one the bare address leads to next time.
  all("[data-language]").forEach((link) => link.addEventListener("click", () => {
    document.cookie = `${root.dataset.languageCookie}=${link.dataset.language};path=/;max-age=31536000;samesite=lax`;
  }));

  // Facets are folded on a phone; where there is room the first ones open.
  if (matchMedia("(min-width: 45rem)").matches) {
    [...all("[data-facet]")].slice(0, 6).forEach((facet) => { facet.open = true; });
  }

  // Suggestions while typing
  all("[data-suggest]").forEach((input, number) => {
    const list = document.createElement("ul");
    const id = "suggestions-" + number;
    let wait, asked = 0, chosen, options;
    const set = (name, value) => input.setAttribute(name, value);
    input.after(Object.assign(list, { className: "suggestions", id, role: "listbox" }));
    set("role", "combobox");
    set("aria-autocomplete", "list");
    set("aria-controls", id);

    const close = () => {
      list.hidden = true;
      chosen = -1;
      set("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    close();
    const choose = (position) => {
      chosen = (position + options.length) % options.length;
      options.forEach((option, each) => option.setAttribute("aria-selected", each === chosen));
      set("aria-activedescendant", options[chosen].id);
    };
    const line = (role, textContent, url = "", lang = root.lang) => {
      const made = Object.assign(document.createElement("li"), { role, textContent, lang });
      made.dataset.url = url;
      return made;
    };
    const fill = ({ items, names }) => {
      const lines = items.filter((item) => item.url).slice(0, 6)
        .map((item) => line("option", item.title, item.url, item.lang));
      names.forEach((name, position) => {
        const query = new URLSearchParams({ [name.filter]: name.value });
        if (name.type !== names[position - 1]?.type) lines.push(line("presentation", name.type_label));
        lines.push(line("option", `${name.label} (${name.count})`, `${input.form.action}?${query}`));
      });
      list.replaceChildren(...lines);
      options = lines.filter((each) => each.role === "option");
      options.forEach((option, position) => { option.id = `${id}-${position}`; });
      close();
      list.hidden = !lines.length;
      set("aria-expanded", !list.hidden);
    };
    const ask = () => {
      const text = input.value.trim(), turn = ++asked;
      if (text.length < 2) return close();
      fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: text, lang: input.dataset.suggestLang })}`)
        .then((answer) => answer.json())
        .then((data) => { if (turn === asked) fill(data); })
        .catch(close);
    };
    const open = (element) => { if (element) location.href = element.dataset.url; };
    input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 200); });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const keys = {
        ArrowDown: () => choose(chosen + 1),
        ArrowUp: () => choose(Math.max(chosen, 0) - 1),
        Escape: close,
        Enter: chosen < 0 ? null : () => open(options[chosen]),
      };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    list.addEventListener("mousedown", (event) => open(event.target.closest("[role=option]")));
    input.addEventListener("blur", () => setTimeout(close, 150));
  });
})();
