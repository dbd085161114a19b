"use strict";
// One tab bar for the fieldsets of all languages, after the ARIA Authoring Practices' tabs pattern. Without this script
// the fieldsets stand below each other, and everything works.
(() => {
  const isEditor = (target) => target instanceof Element && target.matches(".markdownx-editor");

  // markdownx takes Tab, Ctrl+D, Ctrl+[ and Ctrl+] for itself: a keyboard user could not leave the field (WCAG 2.1.2).
  document.addEventListener("keydown", (event) => {
    const isTaken = event.key === "Tab" || ((event.ctrlKey || event.metaKey) && ["d", "[", "]"].includes(event.key));
    if (isEditor(event.target) && isTaken) event.stopImmediatePropagation();
  }, true);

  const fieldsOf = (panel) => [...panel.querySelectorAll("input:not([type=hidden]), textarea")];
  const isEmpty = (panel) => {
    const texts = fieldsOf(panel).filter((field) => field.type !== "checkbox");
    return texts.length > 0 && texts.every((field) => !field.value.trim());
  };
  const hasErrors = (panel) => panel.querySelector(".errors, .errorlist") !== null;

  const build = () => {
    const panels = [...document.querySelectorAll("fieldset.language-tab")];
    if (panels.length < 2) return;
    const bar = document.createElement("div");
    bar.className = "language-tabs";
    bar.setAttribute("role", "tablist");

    const tabs = panels.map((panel) => {
      const heading = panel.querySelector(".fieldset-heading");
      const text = panel.querySelector("[lang]");
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `tab-${heading.id}`;
      tab.textContent = heading.textContent;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id || (panel.id = `panel-${heading.id}`));
      tab.lang = tab.dataset.language = text.lang;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      heading.hidden = true;
      tab.addEventListener("click", () => select(tab));
      bar.append(tab);
      return tab;
    });
    const panelOf = (tab) => panels[tabs.indexOf(tab)];

    const select = (chosen) => {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", tab === chosen);
        tab.tabIndex = tab === chosen ? 0 : -1;
        panelOf(tab).hidden = tab !== chosen;
      }
      // A form is sent to the page's own address, and browsers keep the fragment through the redirect that follows: so
      // the tab is open again after saving, and nothing is stored.
      history.replaceState(null, "", `#tab=${chosen.dataset.language}`);
    };
    const mark = () => {
      for (const tab of tabs) {
        tab.classList.toggle("is-empty", isEmpty(panelOf(tab)));
        tab.classList.toggle("has-errors", hasErrors(panelOf(tab)));
        tab.classList.toggle("is-changed", changed.has(panelOf(tab)));
      }
    };
    const changed = new Set();

    bar.addEventListener("keydown", (event) => {
      const step = document.documentElement.dir === "rtl" ? -1 : 1;
      const from = tabs.indexOf(event.target);
      const to = { ArrowRight: from + step, ArrowLeft: from - step, Home: 0, End: tabs.length - 1 }[event.key];
      if (from < 0 || to === undefined) return;
      event.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      select(next);
      next.focus();
    });
    for (const panel of panels) {
      panel.addEventListener("input", () => {
        changed.add(panel);
        mark();
      });
      // A field that the browser finds wrong must not stay hidden.
      panel.addEventListener("invalid", () => select(tabs[panels.indexOf(panel)]), true);
    }
    panels[0].before(bar);
    mark();
    const remembered = tabs.find((tab) => location.hash === `#tab=${tab.dataset.language}`);
    select(tabs.find((tab) => hasErrors(panelOf(tab))) || remembered || tabs[0]);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
