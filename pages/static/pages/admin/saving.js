"use strict";
// Saves the form of a page in the background: whatever fails, the text is still in the form. Every half minute it keeps
// unsaved texts on the server, for their author. Nothing is stored in the browser. Without this script the form is sent
// as any other form.
(() => {
  const SAVE_TIMEOUT = 60_000;
  const KEEP_TIMEOUT = 10_000;
  const KEEP_EVERY = 30_000;
  // Every second time: a person counts as present for two minutes.
  const SEEN_EVERY = 50_000;
  // Browsers send no more than 64 KB of a page that is left.
  const MAX_KEEPALIVE = 60_000;

  const { bodyOf, isAnswered, isInvalid, namedFields, needsLogin, send, statusIn } = window.background;
  const isSaved = (answer) => isAnswered(answer) && Boolean(answer.fields);

  // The form of a new page also says where the page is to be.
  const placeOf = (form) => ["slug", "is_home", "parent", "source_language"].map((name) => form.elements[name]).filter((field) => field?.name);
  const valueOf = ({ type, checked, value }) => (type === "checkbox" ? (checked ? "on" : "") : value);
  // The fields of each language that the editor may write.
  const languagesOf = (form, place) => [...form.querySelectorAll(".language-tab:not(.language-tab-read-only)")].map((panel) => {
    const { language } = panel.querySelector(".tab-labels").dataset;
    const fields = [...panel.querySelectorAll(".form-row :is(input:not([type=hidden]), textarea)")].filter((field) => field.name);
    const head = panel.querySelector("input[type=hidden][name^=head_]");
    return { language, panel, fields: [...fields, ...(head ? [head] : [])], text: () => JSON.stringify([...fields, ...place].map(valueOf)) };
  });

  // What was sent is the saved state; what was typed since then is not.
  const markSaved = (snapshot) => {
    for (const [field, sent] of snapshot) {
      if (field.type === "checkbox" || field.type === "radio") field.defaultChecked = field.checked;
      else if (field.tagName === "SELECT") for (const option of field.options) option.defaultSelected = option.selected;
      else if (field.defaultValue !== sent) field.defaultValue = sent;
    }
  };
  const removeErrors = (form) => {
    for (const element of form.querySelectorAll(".errornote, .errorlist, .conflict, .restored-text")) element.remove();
    for (const row of form.querySelectorAll(".errors")) row.classList.remove("errors");
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  };
  const setFields = (form, values) => {
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements[name];
      if (!field || field.value === value) continue;
      field.value = field.defaultValue = value;
      if (field.type !== "hidden") field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  };
  const setDescriptions = (form, descriptions) => {
    for (const [language, html] of Object.entries(descriptions)) {
      const status = form.querySelector(`.language-tab-${language} .tab-status`);
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".tab-status");
      if (!status || !fresh) continue;
      // The source text may be open: it stays.
      const details = status.querySelector("details");
      const rest = [...fresh.children].filter(({ tagName }) => tagName !== "DETAILS");
      status.replaceChildren(...rest, ...(details ? [details] : []));
    }
  };

  const setHeading = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".page-heading");
    document.querySelector(".page-heading")?.replaceChildren(...fresh.childNodes);
  };

  const build = () => {
    const area = document.querySelector(".save-status:not(.send-status)");
    if (!area) return;
    const form = area.closest("form");
    const labels = area.dataset;
    const { failure, hideFailure, showFailure, showMessage } = statusIn(area);
    const presence = document.querySelector(".editing-presence");
    // The form of a page that does not exist yet: saving leads to that of the page.
    const isNew = Boolean(labels.isNew);
    const place = isNew ? placeOf(form) : [];
    const languages = languagesOf(form, place);
    const isUnsaved = form.querySelector(".errornote") !== null;
    const kept = new Map(languages.map(({ language, text }) => [language, isUnsaved ? null : text()]));
    let seenAt = 0;
    let keeping = Promise.resolve();
    let saving = null;
    let nextButton = null;
    let isPlain = false;
    // The last save without an answer: it may have succeeded.
    let unanswered = null;

    const markKept = (texts) => texts.forEach(([language, text]) => kept.set(language, text));
    const textsNow = () => languages.map(({ language, text }) => [language, text()]);
    const openLanguage = () => (languages.find(({ panel }) => !panel.hidden) || languages[0])?.language || "";
    const keep = async () => {
      const changed = languages.filter(({ language, text }) => kept.get(language) !== text());
      if (!changed.length && Date.now() - seenAt < SEEN_EVERY) return;
      const names = ["csrfmiddlewaretoken", "_form", "_restored"];
      const own = namedFields(form).filter(({ name }) => names.includes(name));
      const fields = [...own, ...place, ...changed.flatMap((language) => language.fields)];
      const body = new URLSearchParams([["language", openLanguage()], ...fields.map((field) => [field.name, valueOf(field)])]);
      const texts = changed.map(({ language, text }) => [language, text()]);
      const options = document.hidden && String(body).length < MAX_KEEPALIVE ? { keepalive: true } : {};
      const answer = await send(labels.sessionUrl, body, KEEP_TIMEOUT, options);
      if (isAnswered(answer)) {
        seenAt = Date.now();
        markKept(texts);
        presence.textContent = answer.presence;
        presence.hidden = !answer.presence;
        if (failure.dataset.kind === "keep") hideFailure();
      } else if (failure.dataset.kind !== "save" && !saving && (changed.length || needsLogin(answer))) {
        showFailure(answer, startKeeping, { kind: "keep" });
      }
    };
    const startKeeping = () => {
      if (!labels.sessionUrl || saving || form.dataset.sent) return keeping;
      keeping = keeping.then(keep);
      return keeping;
    };

    const finish = (answer, snapshot, texts) => {
      markSaved(snapshot);
      markKept(texts);
      removeErrors(form);
      setFields(form, answer.fields);
      setDescriptions(form, answer.descriptions);
      setHeading(answer.heading);
      hideFailure();
      showMessage(answer.message);
      document.dispatchEvent(new Event("form-saved"));
    };
    const leave = async (answer, pressed, snapshot) => {
      let isChanged = snapshot.some(([field, sent]) => field.value !== sent);
      if (isChanged && answer.session_url) {
        // What was typed in the meantime is kept for the form of the page, which offers it.
        labels.sessionUrl = answer.session_url;
        setFields(form, answer.fields);
        await keep();
        isChanged = languages.some(({ language, text }) => kept.get(language) !== text());
      } else if (isChanged && answer.fields) {
        // What was typed in the meantime is saved before the page is left.
        markSaved(snapshot);
        setFields(form, answer.fields);
        nextButton = nextButton || pressed;
        return;
      }
      // Otherwise the browser asks, as always when a page with unsaved changes is left.
      if (!isChanged) form.dataset.sent = "yes";
      window.location.assign(answer.location + (pressed.name === "_continue" ? window.location.hash : ""));
    };
    const sendAsForm = async (pressed) => {
      // The page is left, so the text is kept on the server before.
      await Promise.race([keeping.then(labels.sessionUrl ? keep : null), new Promise((resolve) => { setTimeout(resolve, KEEP_TIMEOUT); })]);
      isPlain = true;
      form.requestSubmit(pressed);
    };
    const sendAgain = async () => {
      // If it had succeeded, the form would conflict with itself. The same text once more saves nothing twice, and a page
      // is not created twice.
      unanswered.body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const answer = await send(form.action, unanswered.body, SAVE_TIMEOUT);
      if (isSaved(answer)) setFields(form, answer.fields);
      return answer;
    };

    const attempt = async (pressed) => {
      const staysOpen = pressed.name === "_continue" && Boolean(labels.sessionUrl) && !isNew;
      let earlier = null;
      if (unanswered) {
        earlier = await sendAgain();
        if (!isAnswered(earlier)) return earlier;
        const { snapshot } = unanswered;
        unanswered = null;
        if (isNew && earlier.location) {
          await leave(earlier, pressed, snapshot);
          return earlier;
        }
      }
      const snapshot = namedFields(form).map((field) => [field, field.value]);
      const texts = textsNow();
      const stay = ["_stay", "yes"];
      const body = bodyOf(form, [pressed.name, pressed.value], ...(staysOpen ? [stay] : []));
      const answer = await send(form.action, body, SAVE_TIMEOUT);
      if (!answer.hasAnswer && labels.sessionUrl) unanswered = { body: isNew ? body : bodyOf(form, stay), snapshot };
      if (answer.location) await leave(answer, pressed, snapshot);
      else if (isSaved(answer)) finish(!answer.saved_at && earlier?.saved_at ? earlier : answer, snapshot, texts);
      return answer;
    };
    const save = (pressed) => {
      if (saving) {
        nextButton = pressed;
        return;
      }
      showMessage(labels.saving);
      hideFailure();
      const started = keeping;
      saving = Promise.race([started, new Promise((resolve) => { setTimeout(resolve, 3000); })]).then(() => attempt(pressed));
      saving.then((answer) => {
        saving = null;
        const next = nextButton;
        nextButton = null;
        if (isInvalid(answer)) sendAsForm(pressed);
        else if (!isAnswered(answer)) showFailure(answer, () => save(pressed), { kind: "save", begins: labels.notSaved });
        else if (next && !form.dataset.sent) save(next);
      });
    };

    form.addEventListener("submit", (event) => {
      if (isPlain) return;
      event.preventDefault();
      save(event.submitter || form.querySelector("[name=_continue]"));
    }, true);
    document.addEventListener("keydown", (event) => {
      // On a keyboard of another script the key S has another letter.
      const isS = event.key.toLowerCase() === "s" || (event.code === "KeyS" && !/^[a-z]$/i.test(event.key));
      if (!isS || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) save(form.querySelector("[name=_continue]"));
    });
    // After "back", the page can come from the back-forward cache.
    window.addEventListener("pageshow", () => { isPlain = false; });
    for (const offer of document.querySelectorAll("form.unsaved-text")) {
      offer.addEventListener("submit", async (event) => {
        event.preventDefault();
        const answer = await send(offer.action, bodyOf(offer, [event.submitter.name, event.submitter.value]), KEEP_TIMEOUT);
        if (isAnswered(answer)) offer.remove();
        else showFailure(answer, () => offer.requestSubmit(event.submitter), { kind: "keep" });
      });
    }
    if (!labels.sessionUrl) return;
    startKeeping();
    setInterval(() => {
      const isChanged = textsNow().some(([language, text]) => kept.get(language) !== text);
      if (isChanged || !document.hidden) startKeeping();
    }, KEEP_EVERY);
    document.addEventListener("visibilitychange", () => { if (document.hidden) startKeeping(); });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
