"use strict";
// Adds pictures to the Markdown editors by dropping, pasting or choosing files. A dialog asks for the alternative texts;
// the server answers each upload with Markdown, which is inserted at the cursor. Without this script a link opens an
// upload form.
(() => {
  const byId = (id) => document.getElementById(id);
  const cloneOf = (template) => template.content.firstElementChild.cloneNode(true);
  const format = (message, value) => message.replace("{}", value);
  const isEditor = (target) => target instanceof Element && target.matches(".markdownx-editor");
  const tokenIn = (editor) => editor.form.querySelector("[name=csrfmiddlewaretoken]");
  const statusOf = (editor) => bars.get(editor).querySelector(".picture-status");
  const bars = new Map();

  // execCommand is deprecated, but the only way to insert as if typed: it can be undone, and its input event updates the
  // preview and the badge of the tab. The rest is for browsers without it.
  const insert = (editor, text, [start, end]) => {
    editor.focus();
    editor.setSelectionRange(start, end);
    if (document.execCommand("insertText", false, text)) return;
    editor.setRangeText(text, start, end, "end");
    editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };

  const show = (element, message) => {
    element.textContent = message;
    element.hidden = !message;
  };

  const post = async (row, editor) => {
    const body = new FormData();
    body.append("picture", row.file);
    body.append("alternative", row.alternative.value);
    if (row.decorative.checked) body.append("decorative", "on");
    body.append("csrfmiddlewaretoken", tokenIn(editor).value);
    const response = await fetch(byId("picture-dialog").dataset.url, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
    });
    return { status: response.status, ...(await response.json().catch(() => ({}))) };
  };

  // A login in another tab rotates the CSRF token. The response then brings the new one, which the form needs as well.
  const upload = async (row, editor) => {
    const messages = byId("picture-dialog").dataset;
    if (row.file.size > Number(messages.limit)) {
      // In MB, rounded up to one decimal: 104857.6 bytes are 0.1 MB.
      return { error: format(messages.tooLarge, (Math.ceil(row.file.size / 104857.6) / 10).toFixed(1)) };
    }
    try {
      const first = await post(row, editor);
      if (first.token) tokenIn(editor).value = first.token;
      const result = first.token ? await post(row, editor) : first;
      if (result.markdown || result.error) return result;
      return { error: result.status === 403 ? messages.loggedOut : format(messages.unclear, result.status) };
    } catch {
      return { error: messages.unreachable };
    }
  };

  const makeRow = (file, number) => {
    const element = cloneOf(byId("picture-row"));
    const row = { element, file, number, markdown: "", note: "" };
    row.name = file.name || `${number}`;
    row.error = element.querySelector("[role=alert]");
    row.alternative = element.querySelector("[name=alternative]");
    row.decorative = element.querySelector("[name=decorative]");
    element.querySelector("legend").textContent = row.name;
    row.decorative.addEventListener("change", () => {
      row.alternative.disabled = row.decorative.checked;
    });
    // The Markdown contains the alternative text, so it has to be requested again.
    element.addEventListener("input", () => { row.markdown = ""; });
    const picture = element.querySelector("img");
    picture.hidden = true;
    if (/^image\/(png|jpeg|webp|gif)$/.test(file.type) && file.size <= Number(byId("picture-dialog").dataset.limit)) {
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        picture.src = reader.result;
        picture.hidden = false;
      });
      reader.readAsDataURL(file);
    }
    return row;
  };

  const openDialog = (editor, files) => {
    const messages = byId("picture-dialog").dataset;
    const selection = [editor.selectionStart, editor.selectionEnd];
    const dialog = cloneOf(byId("picture-dialog"));
    const form = dialog.querySelector("form");
    const status = dialog.querySelector(".picture-status");
    let rows = [...files].map((file, index) => makeRow(file, index + 1));
    let isOpen = true;
    let isInserted = false;

    const remove = (removed) => {
      rows = rows.filter((row) => row !== removed);
      removed.element.remove();
      if (rows.length) rows[0].alternative.focus();
      else dialog.close();
    };
    const uploadAll = async () => {
      // After an error only the failed rows are uploaded again.
      for (const row of rows.filter(({ markdown }) => !markdown)) {
        show(status, format(messages.sending, row.name));
        const result = await upload(row, editor);
        if (!isOpen) return;
        row.markdown = result.markdown || "";
        row.note = result.note || "";
        show(row.error, result.error || "");
      }
      const failed = rows.find((row) => !row.markdown);
      show(status, failed ? messages.failed : "");
      if (failed) {
        (failed.decorative.checked ? failed.decorative : failed.alternative).focus();
        return;
      }
      isInserted = true;
      dialog.close();
      insert(editor, rows.map((row) => row.markdown).join("\n\n"), selection);
      const notes = rows.map((row) => (row.note ? ` ${row.name}: ${row.note}` : "")).join("");
      show(statusOf(editor), format(messages.inserted, rows.map((row) => row.name).join(", ")) + notes);
    };

    for (const row of rows) {
      dialog.querySelector(".picture-rows").append(row.element);
      row.element.querySelector("[data-remove]").addEventListener("click", () => remove(row));
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const buttons = form.querySelectorAll("button[type=submit], [data-remove]");
      for (const button of buttons) button.disabled = true;
      await uploadAll();
      for (const button of buttons) button.disabled = false;
    });
    dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      isOpen = false;
      dialog.remove();
      if (isInserted) return;
      editor.focus();
      editor.setSelectionRange(...selection);
    });
    document.body.append(dialog);
    dialog.showModal();
    rows[0].alternative.focus();
  };

  const addPictures = (editor, files) => {
    show(statusOf(editor), "");
    if (byId("picture-dialog")) openDialog(editor, files);
    else show(statusOf(editor), byId("picture-forbidden").content.textContent);
  };

  // Captures the events before markdownx, which would upload files to a URL that this site does not have, and would
  // ignore dropped text.
  for (const kind of ["dragenter", "dragover", "dragleave", "drop", "paste"]) {
    document.addEventListener(kind, (event) => {
      if (!isEditor(event.target) || !bars.has(event.target)) return;
      const data = event.clipboardData || event.dataTransfer;
      const hasFiles = data && [...data.types].includes("Files");
      event.stopImmediatePropagation();
      // Office programs copy text together with a picture of it. The editor wants the text.
      if (!hasFiles || (kind === "paste" && data.types.includes("text/plain"))) return;
      event.preventDefault();
      if (kind === "dragover") data.dropEffect = "copy";
      if (data.files.length && (kind === "drop" || kind === "paste")) addPictures(event.target, data.files);
    }, true);
  }

  const build = () => {
    if (!byId("picture-bar")) return;
    for (const editor of document.querySelectorAll(".markdownx-editor:not([readonly]):not([disabled])")) {
      const bar = cloneOf(byId("picture-bar"));
      const input = bar.querySelector("input");
      bars.set(editor, bar);
      (editor.closest(".markdownx") || editor).before(bar);
      bar.querySelector("button")?.addEventListener("click", () => input.click());
      input?.addEventListener("change", () => {
        if (input.files.length) addPictures(editor, [...input.files]);
        // Otherwise choosing the same file again would fire no event.
        input.value = "";
      });
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
