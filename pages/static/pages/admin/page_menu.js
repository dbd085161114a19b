"use strict";
// Closes a page's menu with Escape or a click elsewhere. Without this script the menu closes only by its own button.
(() => {
  const openMenus = () => document.querySelectorAll("details.page-menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
