"""Sites in two languages, told apart by each of Hugo's ways."""

from tests.pages.hugo.importing.hugo_sites import ENGLISH, FOLDERS, LANGUAGES, Site, text, toml, unknown

EN, RU = "content/en/p.md", "content/ru/p.md"
IN_FOLDERS = {"config.toml": FOLDERS, EN: text(), RU: text()}
TRANSLATED = {"content/p.md": text(), "content/p.ru.md": text()}
IN_SUBDIR = "defaultContentLanguageInSubdir = true\n"

SITES = [
    Site("languages in folders", IN_FOLDERS),
    Site("languages in suffixes", {"config.toml": LANGUAGES, **TRANSLATED}),
    Site("both languages in suffixes", {
        "config.toml": LANGUAGES, "content/p.en.md": text(), "content/p.ru.md": text(), "content/s/q.ru.md": text()}),
    Site("language folders with other names", {
        "config.toml": f"{ENGLISH}[languages.en]\ncontentDir = 'content/english'\n"
                       "[languages.ru]\ncontentDir = 'content/russian'\n",
        "content/english/p.md": text(), "content/russian/p.md": text(), "content/russian/s/q.md": text()}),
    Site("language folders outside of content", {
        "config.toml": f"{ENGLISH}[languages.en]\ncontentDir = 'english'\n[languages.ru]\ncontentDir = 'russian'\n",
        "english/p.md": text(), "russian/p.md": text()}),
    Site("one language", {"config.toml": "", "content/p.md": text(), "content/s/q.md": text()}),
    Site("languageCode", {"config.toml": "languageCode = 'en-us'\n", "content/p.md": text()}),
    Site("another contentDir", {"config.toml": "contentDir = 'pages'\n", "pages/p.md": text(), "pages/s/q.md": text()}),
    Site("default language in a folder of the address", {**IN_FOLDERS, "config.toml": IN_SUBDIR + FOLDERS}),
    Site("default language in a folder, suffixes", {"config.toml": IN_SUBDIR + LANGUAGES, **TRANSLATED}),
    Site("home pages", {"config.toml": FOLDERS, "content/en/_index.md": text(), "content/ru/_index.md": text()}),
    Site("home pages with suffixes", {
        "config.toml": LANGUAGES, "content/_index.md": text(), "content/_index.ru.md": text()}),
    Site("translationKey", {
        "config.toml": FOLDERS, "content/en/privacy.md": text("translationKey: p"),
        "content/ru/konfidentsialnost.md": text("translationKey: p")}),
    Site("translationKey in suffixes", {
        "config.toml": LANGUAGES, "content/privacy.md": text("translationKey: p"),
        "content/konfidentsialnost.ru.md": text("translationKey: p")}),
    Site("slug in one language", {**IN_FOLDERS, RU: text("slug: pravila")}),
    Site("url in one language", {**IN_FOLDERS, RU: text("url: /ru/pravila/")}),
    Site("url in the root for one language", {**IN_FOLDERS, RU: text("url: /demos/")}),
    Site("aliases in one language", {**IN_FOLDERS, RU: text("aliases: [/ru/old/, old2]")}),
    Site("alias in the root for one language", {**IN_FOLDERS, RU: text("aliases: [/impressum/]")}),
    Site("a page in one language only", {"config.toml": FOLDERS, EN: text(), "content/ru/only.md": text()}),
    Site("a disabled language", {"config.toml": LANGUAGES + "disabled = true\n", **TRANSLATED}),
    Site("disableLanguages", {"config.toml": "disableLanguages = ['ru']\n" + LANGUAGES, **TRANSLATED}),
    Site("a suffix that is no language", {
        "config.toml": LANGUAGES, "content/v1.2.md": text(), "content/s/a.x.md": text()}),
    Site("languages in YAML", {
        "hugo.yaml": "languages:\n  en: {weight: 1}\n  ru: {weight: 2}\n", **TRANSLATED}),
    Site("languages in a config folder", {
        "config/_default/languages.toml": "[en]\nweight = 1\n[ru]\nweight = 2\n", **TRANSLATED}),
    Site("bundles in two languages", {
        "config.toml": LANGUAGES, "content/b/index.md": text(), "content/b/index.ru.md": text(),
        "content/b/part.ru.md": text()}),
    Site("sections in two languages", {
        "config.toml": LANGUAGES, "content/s/_index.md": text(), "content/s/_index.ru.md": toml(""),
        "content/s/p.ru.md": text()}),
    Site("mounted folders", {
        "config.toml": f"{ENGLISH}[languages.en]\n[languages.ru]\n" + "".join(
            f"[[module.mounts]]\nsource = 'docs/{code}'\ntarget = 'content'\nlang = '{code}'\n"
            for code in ("en", "ru")),
        "docs/en/p.md": text(), "docs/ru/p.md": text(), "docs/ru/s/q.md": text(), "docs/p.md": text(),
        "content/p.md": text()}),
    Site("a mounted folder and its translations", {
        "config.toml": f"{LANGUAGES}[[module.mounts]]\nsource = 'docs'\ntarget = 'content'\nexcludeFiles = 's/**'\n",
        "docs/p.md": text(), "docs/p.ru.md": text(), "docs/s/q.md": text(), "content/p.md": text()}),
    Site("a folder mounted below the content", {
        "config.toml": "[[module.mounts]]\nsource = 'content'\ntarget = 'content'\n"
                       "[[module.mounts]]\nsource = 'legal'\ntarget = 'content/s'\n",
        "content/p.md": text(), "legal/q.md": text()},
        ("withheld here only: legal/q.md", *unknown("/s/q/")), "the text is not read, and named"),
    Site("Russian is the default", {
        "config.toml": LANGUAGES.replace("'en'", "'ru'"), "content/p.md": text(), "content/p.en.md": text()},
        ("/p/: content/p.en.md", "/p/index.html: content/p.en.md"),
        "addresses without a language are those of the first of SITE_LANGUAGES"),
]  # fmt: skip
