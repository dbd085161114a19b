"use strict";
// Whoever leaves a form with something in it that was not sent is asked first. Nothing is stored.
(() => {
  const isSelectChanged = (field) => {
    const options = [...field.options];
    const byDefault = options.filter((option) => option.defaultSelected);
    return byDefault.length > 0 && options.some((option) => option.selected !== option.defaultSelected);
  };
  const isChanged = (field) => {
    if (field.disabled || field.readOnly || ["hidden", "submit", "button"].includes(field.type)) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "file") return field.files.length > 0;
    if (field.tagName === "SELECT") return isSelectChanged(field);
    return field.value !== field.defaultValue;
  };
  // What came back with an error, or on the page of what was not saved, is unsaved as it is.
  const holdsUnsaved = (form) => form.matches(".has-unsaved-changes") || form.querySelector(".errornote") !== null;

  const build = () => {
    const forms = [...document.querySelectorAll("#content form[method=post]")];
    for (const form of forms) form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
    // Back from where a form was sent to: it can be left again.
    window.addEventListener("pageshow", () => forms.forEach((form) => { delete form.dataset.sent; }));
    window.addEventListener("beforeunload", (event) => {
      if (forms.some((form) => form.dataset.sent) || !forms.some((form) => holdsUnsaved(form) || [...form.elements].some(isChanged))) return;
      event.preventDefault();
    });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
