// A box above a long list: it narrows the list while one types, and shows what is chosen as buttons that remove it.
(function () {
  "use strict";

  function fold(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  }

  function enhance(select) {
    if (select.dataset.huunghiReady) return;
    select.dataset.huunghiReady = "1";
    var box = document.createElement("input");
    box.type = "search";
    box.placeholder = select.dataset.huunghiFilter;
    box.setAttribute("aria-label", select.dataset.huunghiFilter);
    box.autocomplete = "off";
    var chosen = document.createElement("p");
    chosen.style.margin = ".5em 0";
    select.style.minWidth = "100%";
    select.before(box, chosen);
    var options = Array.from(select.options);
    var texts = options.map(function (option) { return fold(option.text); });

    function show() {
      var wanted = fold(box.value.trim());
      options.forEach(function (option, position) {
        option.hidden = !option.selected && texts[position].indexOf(wanted) < 0;
      });
      chosen.textContent = "";
      var selected = options.filter(function (option) { return option.selected; });
      if (!selected.length) return;
      chosen.append(select.dataset.huunghiChosen + " ");
      selected.forEach(function (option) {
        var button = document.createElement("button");
        button.type = "button";
        button.className = "button button-small button-secondary";
        button.style.margin = "0 .25em .25em 0";
        button.disabled = select.disabled;
        button.textContent = option.text + " ×";
        button.setAttribute("aria-label", select.dataset.huunghiRemove + ": " + option.text);
        button.addEventListener("click", function () {
          option.selected = false;
          changed();
        });
        chosen.append(button);
      });
    }

    function changed() {
      select.dispatchEvent(new Event("change", { bubbles: true }));
      show();
    }

    // A click adds or removes one entry; without this it would replace all that was chosen before.
    select.addEventListener("mousedown", function (event) {
      if (event.target.tagName !== "OPTION" || select.disabled) return;
      event.preventDefault();
      var top = select.scrollTop;
      event.target.selected = !event.target.selected;
      changed();
      select.scrollTop = top;
    });
    select.addEventListener("change", show);
    box.addEventListener("input", show);
    // Enter in the box must not send the form.
    box.addEventListener("keydown", function (event) {
      if (event.key === "Enter") event.preventDefault();
    });
    box.disabled = select.disabled;
    show();
  }

  function start() {
    document.querySelectorAll("select[data-huunghi-filter]").forEach(enhance);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
