"use strict";
// Sends the form of an operation, such as publishing, in the background: whatever fails, what was typed is still in the
// form. Errors are shown as without this script: the answer replaces the content of the page, or, if scripts of Django
// belong to the form, it is sent once more as any other form.
(() => {
  const SEND_TIMEOUT = 60_000;
  const { bodyOf, isAnswered, isInvalid, namedFields, send, statusIn } = window.background;

  const replaceContent = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    document.title = fresh.title;
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
    // Other scripts look for their fields again.
    document.dispatchEvent(new Event("content-replaced"));
    window.scrollTo(0, 0);
    document.querySelector("main").focus({ preventScroll: true });
  };
  const leave = (form, answer, snapshot) => {
    // If something was typed in the meantime the browser asks, as always when a page with unsaved changes is left.
    const isChanged = snapshot.some(([field, sent]) => field.value !== sent);
    if (!isChanged) form.dataset.sent = "yes";
    window.location.assign(answer.location);
  };

  const sendPlainly = (form, pressed) => {
    form.dataset.isPlain = "yes";
    form.requestSubmit(pressed);
  };

  const sendForm = async (form, area, pressed) => {
    // A second press, while the first is on its way.
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const labels = area.dataset;
    const { hideFailure, showFailure, showMessage } = statusIn(area);
    hideFailure();
    showMessage(pressed?.dataset.sending || labels.sending);
    const snapshot = namedFields(form).map((field) => [field, field.value]);
    const button = pressed?.name ? [[pressed.name, pressed.value]] : [];
    const answer = await send(form.action, bodyOf(form, ...button), SEND_TIMEOUT);
    delete form.dataset.sending;
    if (isInvalid(answer) && labels.showsErrorsPlainly) sendPlainly(form, pressed);
    else if (isInvalid(answer)) replaceContent(answer.page);
    else if (isAnswered(answer) && answer.location) leave(form, answer, snapshot);
    else showFailure(answer, () => sendForm(form, area, pressed));
  };

  document.addEventListener("submit", (event) => {
    const area = event.target.querySelector(".send-status");
    if (!area || event.target.dataset.isPlain) return;
    event.preventDefault();
    sendForm(event.target, area, event.submitter);
  }, true);
  // After "back", the page can come from the back-forward cache.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-is-plain]")) delete form.dataset.isPlain;
  });
})();
