/* Comforts only: every page works without this file. */
(function () {
  "use strict";
  var root = document.documentElement;

  function remember(key, value) {
    try { localStorage.setItem("huunghi-" + key, value); } catch (error) { /* a reader may forbid it */ }
  }
  function remembered(key) {
    try { return localStorage.getItem("huunghi-" + key); } catch (error) { return null; }
  }

  // Text size and contrast
  var size = remembered("size") || "100";
  var contrast = remembered("contrast");
  var more = window.matchMedia && matchMedia("(prefers-contrast: more)").matches;
  root.dataset.size = size;
  if (contrast) root.dataset.contrast = contrast;

  var reader = document.querySelector("[data-reader]");
  if (reader) {
    reader.hidden = false;
    var sizes = reader.querySelectorAll("[data-size]");
    var toggle = reader.querySelector("[data-contrast]");
    var show = function () {
      sizes.forEach(function (button) {
        button.setAttribute("aria-pressed", String(button.dataset.size === root.dataset.size));
      });
      var high = root.dataset.contrast ? root.dataset.contrast === "high" : more;
      toggle.setAttribute("aria-pressed", String(high));
    };
    reader.addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.size) {
        root.dataset.size = button.dataset.size;
        remember("size", button.dataset.size);
      } else if (button === toggle) {
        root.dataset.contrast = toggle.getAttribute("aria-pressed") === "true" ? "normal" : "high";
        remember("contrast", root.dataset.contrast);
      } else {
        window.print();
      }
      show();
    });
    show();
  }

  // The language a reader chooses is the one the bare address leads to next time.
  document.querySelectorAll("[data-language]").forEach(function (link) {
    link.addEventListener("click", function () {
      document.cookie = root.dataset.languageCookie + "=" + link.dataset.language + ";path=/;max-age=31536000;samesite=lax";
    });
  });

  // Facets are folded on a phone and open where there is room.
  if (window.matchMedia && matchMedia("(min-width: 45rem)").matches) {
    document.querySelectorAll("[data-facet]").forEach(function (facet, position) { if (position < 6) facet.open = true; });
  }

  // Suggestions while typing
  document.querySelectorAll("[data-suggest]").forEach(function (input, number) {
    var list = document.createElement("ul");
    var id = "suggestions-" + number, wait = 0, asked = 0, chosen = -1;
    list.className = "suggestions";
    list.id = id;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    input.after(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", id);

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function choose(position) {
      var items = list.children;
      if (chosen >= 0 && items[chosen]) items[chosen].setAttribute("aria-selected", "false");
      chosen = (position + items.length) % items.length;
      items[chosen].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", items[chosen].id);
    }
    function fill(items) {
      list.textContent = "";
      items.forEach(function (item, position) {
        var line = document.createElement("li");
        line.id = id + "-" + position;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.textContent = item.title;
        if (item.lang) line.lang = item.lang;
        line.dataset.url = item.url || "";
        list.append(line);
      });
      if (!items.length) return close();
      chosen = -1;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }
    function ask() {
      var text = input.value.trim(), turn = ++asked;
      if (text.length < 2) return close();
      var address = input.dataset.suggest + "?q=" + encodeURIComponent(text.slice(0, 100)) + "&lang=" + input.dataset.suggestLang;
      fetch(address, { headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : { items: [] }; })
        .then(function (data) { if (turn === asked) fill(data.items || data || []); })
        .catch(close);
    }
    input.addEventListener("input", function () { clearTimeout(wait); wait = setTimeout(ask, 200); });
    input.addEventListener("keydown", function (event) {
      if (list.hidden) return;
      if (event.key === "ArrowDown") { choose(chosen + 1); event.preventDefault(); }
      else if (event.key === "ArrowUp") { choose(chosen < 0 ? -1 : chosen - 1); event.preventDefault(); }
      else if (event.key === "Escape") { close(); }
      else if (event.key === "Enter" && chosen >= 0) { location.href = list.children[chosen].dataset.url; event.preventDefault(); }
    });
    list.addEventListener("mousedown", function (event) {
      var line = event.target.closest("li");
      if (line && line.dataset.url) location.href = line.dataset.url;
    });
    input.addEventListener("blur", function () { setTimeout(close, 150); });
  });
})();
