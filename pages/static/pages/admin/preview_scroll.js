"use strict";
// Scrolls the live preview to the place of the cursor, or to what the editor shows when that is scrolled. Headings are the
// fixed points: the text between two of them is assumed to be spread evenly. Asks again for a preview that was replaced.
(() => {
  // As in CommonMark: # headings, and lines underlined with = or -; none within fenced code.
  const headingsOf = (text) => {
    const offsets = [];
    let offset = 0, fence = "", previous = "";
    for (const line of text.split("\n")) {
      const mark = line.match(/^ {0,3}(`{3,}|~{3,})/)?.[1];
      if (fence) {
        if (mark?.startsWith(fence)) fence = "";
      } else if (mark) {
        fence = mark;
      } else if (/^ {0,3}#{1,6}(\s|$)/.test(line)) {
        offsets.push(offset);
      } else if (/^ {0,3}(=+|-+)\s*$/.test(line) && /^ {0,3}[^\s>|#-]/.test(previous)) {
        offsets.push(offset - previous.length - 1);
      }
      previous = fence || mark ? "" : line;
      offset += line.length + 1;
    }
    return offsets;
  };

  // Where the preview shows an offset of the text, in pixels from the top of its content.
  const positionOf = (offset, editor, preview) => {
    const top = preview.getBoundingClientRect().top - preview.scrollTop;
    const headings = [...preview.querySelectorAll("h1, h2, h3, h4, h5, h6")];
    let offsets = headingsOf(editor.value);
    // HTML headings and headings in quotes: the two lists do not match.
    if (offsets.length !== headings.length) offsets = [];
    const points = offsets.map((start, index) => [start, headings[index].getBoundingClientRect().top - top]);
    const before = [[0, 0], ...points].findLast(([start]) => start <= offset);
    const after = points.find(([start]) => start > offset) ?? [editor.value.length, preview.scrollHeight];
    const share = after[0] > before[0] ? (offset - before[0]) / (after[0] - before[0]) : 0;
    return before[1] + share * (after[1] - before[1]);
  };

  const connect = (editor) => {
    const preview = editor.closest(".markdownx").querySelector(".markdownx-preview");
    if (!preview) return;
    let typedAt = 0;
    const followCursor = () => {
      const position = positionOf(editor.selectionEnd, editor, preview);
      const isVisible = position > preview.scrollTop && position < preview.scrollTop + preview.clientHeight * 0.8;
      if (!isVisible) preview.scrollTop = position - preview.clientHeight / 3;
    };
    const followEditor = () => {
      const offset = editor.value.length * (editor.scrollTop / editor.scrollHeight);
      const isAtEnd = editor.scrollTop + editor.clientHeight >= editor.scrollHeight - 2;
      preview.scrollTop = isAtEnd ? preview.scrollHeight : positionOf(offset, editor, preview);
    };
    // What the editor did last counts.
    let follow = followCursor;
    for (const name of ["input", "keyup", "click"]) {
      editor.addEventListener(name, () => {
        typedAt = performance.now();
        follow = followCursor;
        follow();
      });
    }
    editor.addEventListener("scroll", () => {
      // Typing scrolls the editor too; then the cursor counts.
      if (performance.now() - typedAt < 300) return;
      follow = followEditor;
      follow();
    }, { passive: true });
    // The preview has new content some time after the text was typed.
    new MutationObserver(() => {
      if (document.activeElement === editor) follow();
      // A newer preview took the turn of this one, such as that of another language. This event lets markdownx ask again.
      if (preview.querySelector("[data-replaced]")) editor.dispatchEvent(new FocusEvent("focusin"));
    }).observe(preview, { childList: true });
  };

  const build = () => document.querySelectorAll(".markdownx-editor").forEach(connect);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
