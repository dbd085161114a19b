"use strict";
// One tab bar for the fieldsets of all languages, after the ARIA Authoring Practices' tabs pattern. Without this script
// the fieldsets stand below each other, and everything works.
(() => {
  // The mark of each state; its words come with the page, in the editor's language.
  const SIGNS = { "error": "⚠", "empty": "○", "changed": "✎", "differs": "≠", "outdated": "↻", "read-only": "⊘" };
  const isEditor = (target) => target instanceof Element && target.matches(".markdownx-editor");

  // markdownx takes Tab, Ctrl+D, Ctrl+[ and Ctrl+] for itself: a keyboard user could not leave the field (WCAG 2.1.2).
  document.addEventListener("keydown", (event) => {
    const isTaken = event.key === "Tab" || ((event.ctrlKey || event.metaKey) && ["d", "[", "]"].includes(event.key));
    if (isEditor(event.target) && isTaken) event.stopImmediatePropagation();
  }, true);

  const fieldsOf = (panel) => [...panel.querySelectorAll(".form-row :is(input:not([type=hidden]), textarea)")];
  const isText = (field) => !["checkbox", "radio", "file"].includes(field.type);
  const isEmpty = (panel) => {
    const texts = fieldsOf(panel).filter(isText);
    return texts.length ? texts.every((field) => !field.value.trim()) : !panel.querySelector(".shown-text");
  };
  const isChanged = (panel) => fieldsOf(panel).some((field) => isText(field) && field.value !== field.defaultValue);
  const hasErrors = (panel) => panel.querySelector(".errors, .errorlist") !== null;
  const marksOf = (panel) => {
    const words = panel.querySelector(".tab-labels").dataset;
    const noted = new Map([...panel.querySelectorAll(".tab-badge")].map((one) => [one.dataset.badge, one.textContent]));
    if (hasErrors(panel)) noted.set("error", words.error);
    if (isEmpty(panel)) noted.set("empty", words.empty);
    if (isChanged(panel)) noted.set("changed", words.changed);
    return Object.keys(SIGNS).filter((name) => noted.has(name)).map((name) => ({ name, words: noted.get(name) }));
  };
  const element = (name, className, text = "") => Object.assign(document.createElement(name), { className, textContent: text });

  // What a mark on a tab stands for, below the bar: a mark alone says nothing to those who see it either.
  const showLegend = (legend, marks) => {
    const known = new Map(marks.map((mark) => [mark.name, mark.words]));
    legend.replaceChildren(...[...known].map(([name, words]) => element("span", "tab-legend-entry", `${SIGNS[name]} ${words}`)));
    legend.hidden = known.size === 0;
  };

  const makeTab = (panel, bar) => {
    const heading = panel.querySelector(".fieldset-heading");
    const tab = element("button", "language-tab-button");
    const language = panel.querySelector(".tab-labels").dataset.language;
    tab.type = "button";
    tab.id = `tab-${heading.id}`;
    tab.dataset.language = language;
    tab.setAttribute("role", "tab");
    // A fieldset may not be a tab's panel (ARIA in HTML): it gets one around it.
    const around = element("div", "language-panel");
    around.id = `panel-${heading.id}`;
    around.setAttribute("role", "tabpanel");
    around.setAttribute("aria-labelledby", tab.id);
    panel.replaceWith(around);
    around.append(panel);
    tab.setAttribute("aria-controls", around.id);
    tab.append(Object.assign(element("span", "tab-name", heading.textContent), { lang: language }));
    tab.append(element("span", "tab-icons"), element("span", "visually-hidden tab-badge-labels"));
    tab.querySelector(".tab-icons").setAttribute("aria-hidden", "true");
    heading.hidden = true;
    bar.append(tab);
    return tab;
  };

  const namePreview = (panel) => {
    const preview = panel.querySelector(".markdownx-preview");
    const editor = panel.querySelector(".markdownx-editor");
    if (!preview || !editor) return;
    preview.classList.add("reader-styles");
    preview.lang = editor.lang;
    preview.dir = editor.dir;
    // It scrolls by itself: the keyboard has to reach it.
    preview.tabIndex = 0;
    preview.setAttribute("role", "region");
    preview.setAttribute("aria-label", panel.querySelector(".tab-labels").dataset.preview);
  };

  const build = () => {
    const panels = [...document.querySelectorAll(".language-tab")];
    panels.forEach(namePreview);
    if (panels.length < 2) return;
    const bar = element("div", "language-tabs");
    bar.setAttribute("role", "tablist");
    bar.setAttribute("aria-label", panels[0].querySelector(".tab-labels").dataset.languages);
    const legend = element("p", "tab-legend");
    const tabs = panels.map((panel) => makeTab(panel, bar));
    const panelOf = (tab) => panels[tabs.indexOf(tab)];

    const select = (chosen) => {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", tab === chosen);
        tab.tabIndex = tab === chosen ? 0 : -1;
        panelOf(tab).hidden = panelOf(tab).parentElement.hidden = tab !== chosen;
      }
      // Along the bar alone: the page stays where it is.
      bar.scrollTo({ left: chosen.offsetLeft - (bar.clientWidth - chosen.offsetWidth) / 2 });
      // A form is sent to the page's own address, and browsers keep the fragment through the redirect that follows: so
      // the tab is open again after saving, and nothing is stored.
      history.replaceState(null, "", `#tab=${chosen.dataset.language}`);
    };
    const mark = () => {
      const all = tabs.map((tab) => {
        const marks = marksOf(panelOf(tab));
        tab.querySelector(".tab-icons").textContent = marks.map(({ name }) => ` ${SIGNS[name]}`).join("");
        tab.querySelector(".tab-badge-labels").textContent = marks.length ? ` (${marks.map(({ words }) => words).join(", ")})` : "";
        return marks;
      });
      showLegend(legend, all.flat());
    };

    bar.addEventListener("keydown", (event) => {
      const step = document.documentElement.dir === "rtl" ? -1 : 1;
      const from = tabs.indexOf(event.target);
      const to = { ArrowRight: from + step, ArrowLeft: from - step, Home: 0, End: tabs.length - 1 }[event.key];
      if (from < 0 || to === undefined) return;
      event.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      select(next);
      next.focus({ preventScroll: true });
    });
    for (const [number, panel] of panels.entries()) {
      tabs[number].addEventListener("click", () => select(tabs[number]));
      panel.addEventListener("input", mark);
      // A field that the browser finds wrong must not stay hidden.
      panel.addEventListener("invalid", () => select(tabs[number]), true);
    }
    panels[0].parentElement.before(bar, legend);
    // The bar stays in sight: what gets the focus must not come to lie below it (WCAG 2.4.11).
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--language-tabs-height", `${bar.offsetHeight}px`);
    }).observe(bar);
    mark();
    const remembered = tabs.find((tab) => location.hash === `#tab=${tab.dataset.language}`);
    const own = tabs.find((tab) => !panelOf(tab).matches(".language-tab-read-only"));
    select(tabs.find((tab) => hasErrors(panelOf(tab))) || remembered || own || tabs[0]);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
