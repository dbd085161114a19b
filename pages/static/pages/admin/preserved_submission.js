"use strict";
// Sends a preserved submission again. A login in another tab rotates the CSRF token, so this fetches the new one first.
// Without this script the first attempt fails and its response brings the new token: one more step.
(() => {
  const fetchToken = async (loginUrl) => {
    const response = await fetch(loginUrl, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const isLoggedIn = page.querySelector("input[name=password]") === null;
    const token = page.querySelector("input[name=csrfmiddlewaretoken]");
    return { isLoggedIn, token: token && token.value };
  };

  const build = () => {
    const form = document.querySelector(".preserved-form");
    if (!form) return;
    // The fragment names the selected language tab. It is not part of the request, so the server could not add it.
    form.action = form.getAttribute("action") + location.hash;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const { isLoggedIn, token } = await fetchToken(form.dataset.login);
        if (!isLoggedIn) {
          delete form.dataset.sent;
          form.querySelector(".preserved-status").textContent = form.dataset.loggedOut;
          return;
        }
        if (token) form.elements.csrfmiddlewaretoken.value = token;
      } catch {
        // The site cannot be reached. Submitting the form shows the browser's own error.
      }
      form.submit();
    });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
