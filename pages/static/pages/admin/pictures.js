"use strict";
// Pictures for the Markdown editors: dropped, pasted or chosen. A dialog asks what each says; the site encodes it anew
// and answers with the Markdown, which is inserted at the cursor. Without this script a page of its own does the same.
(() => {
  const found = (id) => document.getElementById(id);
  const copyOf = (template) => template.content.firstElementChild.cloneNode(true);
  const filled = (sentence, words) => sentence.replace("{}", words);
  const isEditor = (target) => target instanceof Element && target.matches(".markdownx-editor");
  const tokenIn = (editor) => editor.form.querySelector("[name=csrfmiddlewaretoken]");
  const statusOf = (editor) => bars.get(editor).querySelector(".picture-status");
  const bars = new Map();

  // Inserted as if typed: so it can be undone, the preview follows, and the tab is marked as changed.
  const insert = (editor, text, [start, end]) => {
    editor.focus();
    editor.setSelectionRange(start, end);
    if (document.execCommand("insertText", false, text)) return;
    editor.setRangeText(text, start, end, "end");
    editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };

  const show = (element, sentence) => {
    element.textContent = sentence;
    element.hidden = !sentence;
  };

  const post = async (row, editor) => {
    const body = new FormData();
    body.append("picture", row.file);
    body.append("alternative", row.alternative.value);
    if (row.decorative.checked) body.append("decorative", "on");
    body.append("csrfmiddlewaretoken", tokenIn(editor).value);
    const answer = await fetch(found("picture-dialog").dataset.url, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
    });
    return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
  };

  // A login in another tab has changed the token; the answer brings the new one, which the form needs as well.
  const send = async (row, editor) => {
    const words = found("picture-dialog").dataset;
    if (row.file.size > Number(words.limit)) {
      return { error: filled(words.tooLarge, (Math.ceil(row.file.size / 104857.6) / 10).toFixed(1)) };
    }
    try {
      const answer = await post(row, editor);
      if (answer.token) tokenIn(editor).value = answer.token;
      const last = answer.token ? await post(row, editor) : answer;
      if (last.markdown || last.error) return last;
      return { error: last.status === 403 ? words.loggedOut : filled(words.unclear, last.status) };
    } catch {
      return { error: words.unreachable };
    }
  };

  const makeRow = (file, number) => {
    const element = copyOf(found("picture-row"));
    const row = { element, file, number, markdown: "", note: "" };
    row.name = file.name || `${number}`;
    row.error = element.querySelector("[role=alert]");
    row.alternative = element.querySelector("[name=alternative]");
    row.decorative = element.querySelector("[name=decorative]");
    element.querySelector("legend").textContent = row.name;
    row.decorative.addEventListener("change", () => {
      row.alternative.disabled = row.decorative.checked;
    });
    // What was uploaded with another description has to be asked for anew.
    element.addEventListener("input", () => { row.markdown = ""; });
    const picture = element.querySelector("img");
    picture.hidden = true;
    if (/^image\/(png|jpeg|webp|gif)$/.test(file.type) && file.size <= Number(found("picture-dialog").dataset.limit)) {
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        picture.src = reader.result;
        picture.hidden = false;
      });
      reader.readAsDataURL(file);
    }
    return row;
  };

  const ask = (editor, files) => {
    const words = found("picture-dialog").dataset;
    const place = [editor.selectionStart, editor.selectionEnd];
    const dialog = copyOf(found("picture-dialog"));
    const form = dialog.querySelector("form");
    const status = dialog.querySelector(".picture-status");
    let rows = [...files].map((file, index) => makeRow(file, index + 1));
    let isOpen = true;
    let isInserted = false;

    const leaveOut = (row) => {
      rows = rows.filter((other) => other !== row);
      row.element.remove();
      if (rows.length) rows[0].alternative.focus();
      else dialog.close();
    };
    const uploadAll = async () => {
      for (const row of rows.filter((one) => !one.markdown)) {
        show(status, filled(words.sending, row.name));
        const answer = await send(row, editor);
        if (!isOpen) return;
        row.markdown = answer.markdown || "";
        row.note = answer.note || "";
        show(row.error, answer.error || "");
      }
      const failed = rows.find((row) => !row.markdown);
      show(status, failed ? words.failed : "");
      if (failed) {
        (failed.decorative.checked ? failed.decorative : failed.alternative).focus();
        return;
      }
      isInserted = true;
      dialog.close();
      insert(editor, rows.map((row) => row.markdown).join("\n\n"), place);
      const notes = rows.map((row) => (row.note ? ` ${row.name}: ${row.note}` : "")).join("");
      show(statusOf(editor), filled(words.inserted, rows.map((row) => row.name).join(", ")) + notes);
    };

    for (const row of rows) {
      dialog.querySelector(".picture-rows").append(row.element);
      row.element.querySelector("[data-remove]").addEventListener("click", () => leaveOut(row));
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
      editor.setSelectionRange(...place);
    });
    document.body.append(dialog);
    dialog.showModal();
    rows[0].alternative.focus();
  };

  const take = (editor, files) => {
    show(statusOf(editor), "");
    if (found("picture-dialog")) ask(editor, files);
    else show(statusOf(editor), found("picture-forbidden").content.textContent);
  };

  // Ahead of markdownx, which would send files to an address that does not exist, and would swallow dropped text.
  for (const kind of ["dragenter", "dragover", "dragleave", "drop", "paste"]) {
    document.addEventListener(kind, (event) => {
      if (!isEditor(event.target) || !bars.has(event.target)) return;
      const data = event.clipboardData || event.dataTransfer;
      const hasFiles = data && [...data.types].includes("Files");
      event.stopImmediatePropagation();
      // Office programs put a picture of a text beside the text: then the text is meant.
      if (!hasFiles || (kind === "paste" && data.types.includes("text/plain"))) return;
      event.preventDefault();
      if (kind === "dragover") data.dropEffect = "copy";
      if (data.files.length && (kind === "drop" || kind === "paste")) take(event.target, data.files);
    }, true);
  }

  const build = () => {
    if (!found("picture-bar")) return;
    for (const editor of document.querySelectorAll(".markdownx-editor:not([readonly]):not([disabled])")) {
      const bar = copyOf(found("picture-bar"));
      const input = bar.querySelector("input");
      bars.set(editor, bar);
      (editor.closest(".markdownx") || editor).before(bar);
      bar.querySelector("button")?.addEventListener("click", () => input.click());
      input?.addEventListener("change", () => {
        if (input.files.length) take(editor, [...input.files]);
        // The same file may be chosen again.
        input.value = "";
      });
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
