"use strict";
// In the form of a new page, the slug follows the title, and the starter text the source language, until somebody types
// something else. Without this script, the form proposes a slug when it is sent without one.
(() => {
  const LETTER = /[\p{L}\p{N}\p{Mn}\p{Mc}]/u;
  const MAX_LENGTH = 60;

  const latin = (character, transliteration) => {
    if (character in transliteration) return transliteration[character];
    const [base] = character.normalize("NFD");
    const letter = base <= "\x7f" ? base : character;
    if (LETTER.test(letter)) return letter;
    return "'’ʼ".includes(letter) ? "" : " ";
  };
  const propose = (title, transliteration) => {
    const letters = [...title.replaceAll("İ", "I").normalize("NFC").toLowerCase()].map((character) => latin(character, transliteration));
    return letters.join("").trim().replace(/\s+/g, "-").slice(0, MAX_LENGTH).replace(/-+$/, "");
  };

  const followTitle = (slug, source, starters) => {
    const home = document.getElementById("id_is_home");
    const transliteration = JSON.parse(slug.dataset.transliteration);
    const titleOf = (language) => document.getElementById(`id_title_${language.replaceAll("-", "_")}`);
    const isStarter = (title) => Object.values(starters).some((columns) => Object.values(columns).includes(title));
    // A slug that the form was opened with, for example a restored one, stays unless the title suggests it.
    const opened = propose(titleOf(source.value)?.value ?? "", transliteration);
    let proposed = slug.value === "" || slug.value === opened ? slug.value : null;
    const follow = () => {
      const title = titleOf(source.value);
      if (!title || isStarter(title.value) || slug.value !== proposed) return;
      slug.value = propose(title.value, transliteration);
      proposed = slug.value;
    };
    const setHome = () => {
      slug.disabled = home.checked;
      if (home.checked) proposed = slug.value = "";
      else follow();
    };
    document.addEventListener("input", (event) => { if (event.target === titleOf(source.value)) follow(); });
    home.addEventListener("change", setHome);
    source.addEventListener("change", follow);
    if (home.checked) setHome();
  };

  // Replaces the text in a language if nobody changed it.
  const replaceText = (from, to, columns) => {
    const fields = columns.map((column) => [column, document.getElementById(`id_${column}`)]);
    const isUntouched = fields.every(([column, field]) => field && !field.readOnly && field.value === (from[column] ?? ""));
    if (!isUntouched) return false;
    for (const [column, field] of fields) {
      field.value = to[column] ?? "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return true;
  };
  const followLanguage = (source, starters) => {
    let language = source.value;
    source.addEventListener("change", () => {
      const [before, after] = [starters[language], starters[source.value]];
      const isMoved = replaceText(before, {}, Object.keys(before));
      if (isMoved) replaceText({}, after, Object.keys(after));
      language = source.value;
    });
  };

  const build = () => {
    const slug = document.querySelector("[data-transliteration]");
    const source = document.querySelector("[data-starter-texts]");
    if (!slug || !source) return;
    const starters = JSON.parse(source.dataset.starterTexts);
    followLanguage(source, starters);
    followTitle(slug, source, starters);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", build);
  else build();
})();
