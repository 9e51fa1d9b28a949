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
    let wait, asked = 0, chosen = -1;
    const set = (name, value) => input.setAttribute(name, value);
    list.className = "suggestions";
    list.id = id;
    list.hidden = true;
    list.role = "listbox";
    input.after(list);
    set("role", "combobox");
    set("aria-autocomplete", "list");
    set("aria-controls", id);
    set("aria-expanded", "false");

    const close = () => {
      list.hidden = true;
      chosen = -1;
      set("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (position) => {
      const items = list.children;
      items[chosen]?.setAttribute("aria-selected", "false");
      chosen = (position + items.length) % items.length;
      items[chosen].setAttribute("aria-selected", "true");
      set("aria-activedescendant", items[chosen].id);
    };
    const line = (item, position) => {
      const element = document.createElement("li");
      element.id = `${id}-${position}`;
      element.role = "option";
      element.textContent = item.title;
      element.lang = item.lang;
      element.dataset.url = item.url;
      return element;
    };
    const fill = (items) => {
      list.replaceChildren(...items.filter((item) => item.url).map(line));
      close();
      list.hidden = !list.children.length;
      set("aria-expanded", !list.hidden);
    };
    const ask = () => {
      const text = input.value.trim().slice(0, 100), turn = ++asked;
      if (text.length < 2) return close();
      fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: text, lang: input.dataset.suggestLang })}`)
        .then((answer) => (answer.ok ? answer.json() : { items: [] }))
        .then((data) => { if (turn === asked) fill(data.items); })
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
        Enter: chosen < 0 ? null : () => open(list.children[chosen]),
      };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    list.addEventListener("mousedown", (event) => open(event.target.closest("li")));
    input.addEventListener("blur", () => setTimeout(close, 150));
  });
})();
