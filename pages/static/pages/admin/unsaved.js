"use strict";
// Asks before leaving a page with unsaved changes. Nothing is stored in the browser.
(() => {
  const isSelectChanged = (field) => {
    const options = [...field.options];
    // Without a default option the browser selects the first one, which is not a change by the editor.
    const hasDefault = options.some((option) => option.defaultSelected);
    return hasDefault && options.some((option) => option.selected !== option.defaultSelected);
  };
  const isChanged = (field) => {
    if (field.disabled || field.readOnly || ["hidden", "submit", "button"].includes(field.type)) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "file") return field.files.length > 0;
    if (field.tagName === "SELECT") return isSelectChanged(field);
    return field.value !== field.defaultValue;
  };
  // A form that is shown again after an error, or with a restored text, holds unsaved values as its defaults.
  const hasUnsavedDefaults = (form) => form.matches(".has-unsaved-changes") || form.querySelector(".errornote, .restored-text") !== null;

  const build = () => {
    const forms = () => [...document.querySelectorAll("#content form[method=post]")];
    document.addEventListener("submit", (event) => {
      // Otherwise a script sends it in the background, and the page stays.
      if (!event.defaultPrevented && forms().includes(event.target)) event.target.dataset.sent = "yes";
    });
    // After "back", the page can come from the back-forward cache with the flag of the earlier submission.
    window.addEventListener("pageshow", () => forms().forEach((form) => { delete form.dataset.sent; }));
    window.addEventListener("beforeunload", (event) => {
      if (forms().some((form) => form.dataset.sent)) return;
      if (!forms().some((form) => hasUnsavedDefaults(form) || [...form.elements].some(isChanged))) return;
      event.preventDefault();
    });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
