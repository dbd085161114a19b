"use strict";
// Sets what a translator works from beside the field, when it is asked for. Without this script it is a page of its own.
(() => {
  const show = async (details, address) => {
    const pane = details.querySelector(".translation-source-pane");
    const link = pane.querySelector("a[target=_blank]").cloneNode(true);
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.textContent = details.dataset.loading;
    pane.replaceChildren(said);
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const content = page.querySelector(".translation-source-content");
      if (!answer.ok || !content) throw new Error("no content");
      // Several panes can be open in one form: their ids must differ.
      const prefix = `${content.id}-`;
      for (const one of content.querySelectorAll("[id]")) one.id = prefix + one.id;
      for (const name of ["aria-labelledby", "for"]) {
        for (const one of content.querySelectorAll(`[${name}]`)) one.setAttribute(name, prefix + one.getAttribute(name));
      }
      for (const one of content.querySelectorAll("a[href^='#']")) one.hash = prefix + one.getAttribute("href").slice(1);
      for (const one of content.querySelectorAll("a:not([href^='#'])")) {
        if (one.matches(".translation-source-switch")) {
          one.addEventListener("click", (event) => {
            event.preventDefault();
            show(details, new URL(one.getAttribute("href"), new URL(address, location.href)).href);
          });
        } else {
          // The form stays where it is.
          one.target = "_blank";
          one.rel = "noopener";
        }
      }
      const own = document.createElement("p");
      own.append(link);
      pane.replaceChildren(content, own);
    } catch {
      said.textContent = `${details.dataset.failed} `;
      said.append(link);
      pane.replaceChildren(said);
      delete details.dataset.isLoaded;
    }
  };

  const build = () => {
    for (const details of document.querySelectorAll("details.translation-source")) {
      details.addEventListener("toggle", () => {
        if (!details.open || details.dataset.isLoaded) return;
        details.dataset.isLoaded = "yes";
        show(details, details.dataset.address);
      });
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
