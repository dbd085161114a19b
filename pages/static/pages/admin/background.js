"use strict";
// What the scripts that send forms in the background share: how they send, and how they show that it failed. They keep
// the form open, so that what was typed stays in it. Nothing is stored in the browser.
(() => {
  const post = async (url, body, timeout, options = {}) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeout);
    try {
      const response = await fetch(url, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", signal: controller.signal, ...options,
      });
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
      return { status: response.status, hasAnswer: isJson, ...(isJson ? await response.json() : {}) };
    } catch (error) {
      return { reason: error.name === "AbortError" ? "timeout" : "unreachable" };
    } finally {
      clearTimeout(timer);
    }
  };
  // A login in another tab rotates the CSRF token. The answer then brings the new one, for all forms of the page.
  const send = async (url, body, timeout, options) => {
    const answer = await post(url, body, timeout, options);
    if (!answer.token) return answer;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = answer.token;
    body.set("csrfmiddlewaretoken", answer.token);
    return post(url, body, timeout, options);
  };

  const isAnswered = (answer) => answer.hasAnswer && answer.status === 200;
  // The form has errors or conflicts.
  const isInvalid = (answer) => isAnswered(answer) && answer.reason === "invalid";
  // The site reads no large form of somebody who is logged out.
  const isTooLargeLoggedOut = (answer) => answer.status === 413 && !answer.reason;
  const needsLogin = (answer) => answer.reason === "logged out" || isTooLargeLoggedOut(answer);

  const namedFields = (form) => [...form.elements].filter((field) => field.name && field.type !== "submit" && field.type !== "button");
  const bodyOf = (form, ...more) => {
    const body = new FormData(form);
    for (const [name, value] of more) body.append(name, value);
    return form.enctype === "multipart/form-data" ? body : new URLSearchParams([...body]);
  };
  const show = (element, ...content) => element.replaceChildren(...content.filter(Boolean));
  const button = (text, action) => {
    const element = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text });
    element.addEventListener("click", action);
    return element;
  };
  const loginLink = (labels) => Object.assign(document.createElement("a"), {
    className: "button", href: labels.loginUrl, target: "_blank", rel: "noopener", textContent: labels.logIn,
  });

  const sentence = (answer, labels) => {
    if (answer.message) return answer.message;
    if (answer.reason === "timeout") return labels.timeout;
    if (answer.reason === "unreachable") return labels.unreachable;
    return isTooLargeLoggedOut(answer) ? labels.loggedOut : labels.fault.replace("{}", answer.status);
  };
  // The line next to the buttons of a form. Its sentences are in the page, in the editor's language.
  const statusIn = (area) => {
    const labels = area.dataset;
    const message = area.querySelector(".save-message");
    const failure = area.querySelector(".save-failure");
    return {
      failure,
      showMessage: (text) => show(message, text),
      hideFailure: () => {
        delete failure.dataset.kind;
        show(failure);
      },
      // `kind` is what failed, and `begins` what the text begins with.
      showFailure: (answer, retry, { kind = "", begins = "" } = {}) => {
        show(message);
        failure.dataset.kind = kind;
        const text = [begins, sentence(answer, labels), labels.kept].filter(Boolean).join(" ");
        const paragraph = Object.assign(document.createElement("p"), { textContent: text });
        show(failure, paragraph, needsLogin(answer) && loginLink(labels), button(labels.retry, retry));
      },
    };
  };

  window.background = { bodyOf, isAnswered, isInvalid, namedFields, needsLogin, send, statusIn };
})();
