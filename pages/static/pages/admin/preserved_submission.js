"use strict";
// A login in another tab gives out a new token; the one in this page would be refused once more, and the form come back
// with a good one. This fetches the good one first. Without it, sending takes one step more.
(() => {
  const freshToken = async (login) => {
    const answer = await fetch(login, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const isLoggedIn = page.querySelector("input[name=password]") === null;
    const token = page.querySelector("input[name=csrfmiddlewaretoken]");
    return { isLoggedIn, token: token && token.value };
  };

  const build = () => {
    const form = document.querySelector(".preserved-form");
    if (!form) return;
    // The tab that was open, which only the browser knows of.
    form.action = form.getAttribute("action") + location.hash;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const { isLoggedIn, token } = await freshToken(form.dataset.login);
        if (!isLoggedIn) {
          delete form.dataset.sent;
          form.querySelector(".preserved-status").textContent = form.dataset.loggedOut;
          return;
        }
        if (token) form.elements.csrfmiddlewaretoken.value = token;
      } catch {
        // Whatever is wrong with the way to the site, sending will tell.
      }
      form.submit();
    });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
