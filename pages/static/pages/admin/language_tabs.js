"use strict";
// Makes tabs of the language fieldsets, after the tabs pattern of the ARIA Authoring Practices. Without this script the
// fieldsets are shown one below the other, and everything works.
(() => {
  // The badges in the order in which a tab shows them. Their words are in the page, in the editor's language.
  const BADGES = ["error", "changed", "empty", "differs", "behind", "announced", "read-only"];
  const isEditor = (target) => target instanceof Element && target.matches(".markdownx-editor");

  // markdownx handles Tab, Ctrl+D, Ctrl+[ and Ctrl+]. Keyboard users could not leave the field (WCAG 2.1.2).
  document.addEventListener("keydown", (event) => {
    const isMarkdownxKey = event.key === "Tab" || ((event.ctrlKey || event.metaKey) && ["d", "[", "]"].includes(event.key));
    if (isEditor(event.target) && isMarkdownxKey) event.stopImmediatePropagation();
  }, true);

  const fieldsOf = (panel) => [...panel.querySelectorAll(".form-row :is(input:not([type=hidden]), textarea)")];
  const isText = (field) => !["checkbox", "radio", "file"].includes(field.type);
  const isEmpty = (panel) => {
    const texts = fieldsOf(panel).filter(isText);
    return texts.length ? texts.every((field) => !field.value.trim()) : !panel.querySelector(".shown-text");
  };
  const isChanged = (panel) => fieldsOf(panel).some((field) => isText(field) && field.value !== field.defaultValue);
  const hasErrors = (panel) => panel.querySelector(".errors, .errorlist") !== null;
  const badgesOf = (panel) => {
    const labels = panel.querySelector(".tab-labels").dataset;
    const badges = new Map([...panel.querySelectorAll(".tab-badge")].map((badge) => [badge.dataset.badge, badge.textContent]));
    if (hasErrors(panel)) badges.set("error", labels.error);
    if (isEmpty(panel)) badges.set("empty", labels.empty);
    if (isChanged(panel)) badges.set("changed", labels.changed);
    return BADGES.filter((name) => badges.has(name)).map((name) => badges.get(name));
  };
  const element = (name, className, text = "") => Object.assign(document.createElement(name), { className, textContent: text });

  const makeTab = (panel, bar) => {
    const heading = panel.querySelector(".fieldset-heading");
    const tab = element("button", "language-tab-button");
    const language = panel.querySelector(".tab-labels").dataset.language;
    tab.type = "button";
    tab.id = `tab-${heading.id}`;
    tab.dataset.language = language;
    tab.setAttribute("role", "tab");
    // A fieldset may not have the role tabpanel (ARIA in HTML), so it gets a wrapper.
    const wrapper = element("div", "language-panel");
    wrapper.id = `panel-${heading.id}`;
    wrapper.setAttribute("role", "tabpanel");
    wrapper.setAttribute("aria-labelledby", tab.id);
    panel.replaceWith(wrapper);
    wrapper.append(panel);
    tab.setAttribute("aria-controls", wrapper.id);
    tab.append(Object.assign(element("span", "tab-name", heading.textContent), { lang: language }));
    tab.append(" ", element("span", "tab-badges"));
    heading.hidden = true;
    bar.append(tab);
    return tab;
  };

  const preparePreview = (panel) => {
    const preview = panel.querySelector(".markdownx-preview");
    const editor = panel.querySelector(".markdownx-editor");
    if (!preview || !editor) return;
    preview.classList.add("reader-styles");
    preview.lang = editor.lang;
    preview.dir = editor.dir;
    // It scrolls, so keyboard users have to be able to focus it.
    preview.tabIndex = 0;
    preview.setAttribute("role", "region");
    preview.setAttribute("aria-label", panel.querySelector(".tab-labels").dataset.preview);
  };

  const build = () => {
    const panels = [...document.querySelectorAll(".language-tab")];
    panels.forEach(preparePreview);
    if (panels.length < 2) return;
    const bar = element("div", "language-tabs");
    bar.setAttribute("role", "tablist");
    bar.setAttribute("aria-label", panels[0].querySelector(".tab-labels").dataset.languages);
    const tabs = panels.map((panel) => makeTab(panel, bar));
    const panelOf = (tab) => panels[tabs.indexOf(tab)];
    // Without this script the link opens the preview in the source language.
    const previewLink = document.querySelector("a.preview-link");
    const previewUrl = previewLink?.href;

    const select = (selected) => {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", tab === selected);
        tab.tabIndex = tab === selected ? 0 : -1;
        panelOf(tab).hidden = panelOf(tab).parentElement.hidden = tab !== selected;
      }
      // Scrolls only the bar; scrollIntoView would also scroll the page.
      bar.scrollTo({ left: selected.offsetLeft - (bar.clientWidth - selected.offsetWidth) / 2 });
      // The form is sent to the page's own URL, and browsers keep the fragment through the redirect after saving. So the
      // tab is selected again without storing anything.
      history.replaceState(null, "", `#tab=${selected.dataset.language}`);
      if (previewLink) previewLink.href = `${previewUrl}${selected.dataset.language}/`;
      // "Save and mark as ready" is about the text that the editor sees.
      const shownLanguage = document.querySelector("input[type=hidden][name=tab]");
      if (shownLanguage) shownLanguage.value = selected.dataset.language;
    };
    const updateBadges = () => {
      for (const tab of tabs) tab.querySelector(".tab-badges").textContent = badgesOf(panelOf(tab)).join(", ");
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
    for (const [index, panel] of panels.entries()) {
      tabs[index].addEventListener("click", () => select(tabs[index]));
      panel.addEventListener("input", updateBadges);
      // The browser cannot show its message at a field in a hidden panel.
      panel.addEventListener("invalid", () => select(tabs[index]), true);
    }
    document.querySelector(".skip-to-text")?.addEventListener("click", (event) => {
      event.preventDefault();
      panels.find((panel) => !panel.hidden).querySelector(".markdownx-editor")?.focus();
    });
    panels[0].parentElement.before(bar);
    // The bar is sticky and must not cover the focused field (WCAG 2.4.11); the style sheet scrolls by this height.
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--language-tabs-height", `${bar.offsetHeight}px`);
    }).observe(bar);
    // The script that saves in the background says so.
    document.addEventListener("form-saved", updateBadges);
    updateBadges();
    const withErrors = tabs.find((tab) => hasErrors(panelOf(tab)));
    const fromUrl = tabs.find((tab) => location.hash === `#tab=${tab.dataset.language}`);
    const writable = tabs.find((tab) => !panelOf(tab).matches(".language-tab-read-only"));
    select(withErrors || fromUrl || writable || tabs[0]);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
