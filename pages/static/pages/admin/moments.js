"use strict";
// The button of a form with a time says what it will do. Without this script, the form is shown again with that button.
(() => {
  const format = (field) => {
    const [day, time] = field.value.split("T");
    const [year, month, date] = day.split("-").map(Number);
    const zone = JSON.parse(field.dataset.zones).filter(([from]) => from <= field.value).at(-1)?.[1] ?? "";
    const written = JSON.parse(field.dataset.dates)[month - 1].replace("27", String(date)).replace("2345", String(year));
    return `${written}, ${time.slice(0, 5)}\u00a0(${zone})`;
  };
  const build = () => {
    const button = document.querySelector("[data-later]");
    const field = document.getElementById("id_effective_at");
    if (!button || !field) return;
    const promised = document.querySelector("[name=promised]");
    const update = () => {
      const isLater = field.value && !Number.isNaN(field.valueAsNumber) && Number(field.value.slice(0, 4)) < 3000;
      button.value = isLater ? button.dataset.later.replace("@", format(field)) : button.dataset.immediately;
      promised.value = field.value;
    };
    field.addEventListener("input", update);
    // After "back", browsers keep what was typed.
    window.addEventListener("pageshow", update);
  };
  // The form came again, with errors.
  document.addEventListener("content-replaced", build);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
