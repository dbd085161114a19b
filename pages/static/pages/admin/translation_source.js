"use strict";
// Loads the source text next to a translation's fields when the editor opens it. Without this script a link opens it as
// a page.
(() => {
  const load = async (details, url) => {
    const pane = details.querySelector(".translation-source-pane");
    const link = pane.querySelector("a[target=_blank]").cloneNode(true);
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    status.textContent = details.dataset.loading;
    pane.replaceChildren(status);
    try {
      const response = await fetch(url, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const content = page.querySelector(".translation-source-content");
      if (!response.ok || !content) throw new Error("no content");
      // Several panes can be open in one form, so their ids must differ.
      const prefix = `${content.id}-`;
      for (const target of content.querySelectorAll("[id]")) target.id = prefix + target.id;
      for (const name of ["aria-labelledby", "for"]) {
        for (const reference of content.querySelectorAll(`[${name}]`)) reference.setAttribute(name, prefix + reference.getAttribute(name));
      }
      for (const anchor of content.querySelectorAll("a[href^='#']")) anchor.hash = prefix + anchor.getAttribute("href").slice(1);
      for (const anchor of content.querySelectorAll("a:not([href^='#'])")) {
        if (anchor.matches(".translation-source-switch")) {
          anchor.addEventListener("click", (event) => {
            event.preventDefault();
            load(details, new URL(anchor.getAttribute("href"), new URL(url, location.href)).href);
          });
        } else {
          // Any other link would leave the form.
          anchor.target = "_blank";
          anchor.rel = "noopener";
        }
      }
      const linkParagraph = document.createElement("p");
      linkParagraph.append(link);
      pane.replaceChildren(content, linkParagraph);
    } catch {
      status.textContent = `${details.dataset.failed} `;
      status.append(link);
      pane.replaceChildren(status);
      delete details.dataset.isLoaded;
    }
  };

  const build = () => {
    for (const details of document.querySelectorAll("details.translation-source")) {
      details.addEventListener("toggle", () => {
        if (!details.open || details.dataset.isLoaded) return;
        details.dataset.isLoaded = "yes";
        load(details, details.dataset.url);
      });
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
