"use strict";
// Links of findings lead to a line of a text, as in `?line=12#id_body_ru`: opens the tab of the language and selects the
// line. A finding about a text in the same form has the line as an attribute. Without this script they lead to the field.
(() => {
  const lineInUrl = Number(new URLSearchParams(location.search).get("line"));
  // The script of the tabs replaces the fragment.
  const id = location.hash.slice(1);

  // How far the text above an offset reaches, in pixels: a copy of the field that holds only that text is measured.
  const heightBefore = (editor, offset) => {
    const copy = editor.cloneNode();
    for (const name of ["id", "name", "class"]) copy.removeAttribute(name);
    const style = getComputedStyle(editor);
    for (const name of ["font", "letterSpacing", "padding", "border", "boxSizing", "whiteSpace", "tabSize"]) {
      copy.style[name] = style[name];
    }
    Object.assign(copy.style, { position: "absolute", visibility: "hidden", height: "0", minHeight: "0", width: `${editor.offsetWidth}px` });
    copy.value = editor.value.slice(0, offset);
    document.body.append(copy);
    const height = copy.scrollHeight;
    copy.remove();
    return height;
  };

  const selectLine = (editor, line) => {
    const lines = editor.value.split("\n");
    const index = Math.min(line, lines.length) - 1;
    const start = lines.slice(0, index).reduce((length, text) => length + text.length + 1, 0);
    editor.focus({ preventScroll: true });
    editor.setSelectionRange(start, start + lines[index].length);
    editor.scrollTop = heightBefore(editor, start) - editor.clientHeight / 3;
    // The live preview follows the cursor.
    editor.dispatchEvent(new Event("keyup"));
  };

  const open = (field, line) => {
    if (!field?.matches("input, textarea")) return;
    const tab = field.closest(".language-panel")?.getAttribute("aria-labelledby");
    if (tab) document.getElementById(tab).click();
    if (line >= 1 && field.matches("textarea")) selectLine(field, line);
    else field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  };

  addEventListener("load", () => open(document.getElementById(id), lineInUrl));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    open(field, Number(link.dataset.line));
  });
})();
