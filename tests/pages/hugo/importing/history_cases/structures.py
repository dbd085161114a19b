"""Histories with language folders, contentDir and suffixes, and with changes of the site structure."""

from tests.histories import Case, commit, not_configured_line, not_served_line
from tests.trees import markdown

LONG = markdown("Better", "A text unlike all others, and long enough to be recognised.")
OTHER = markdown("VPN", "Quite another text, which is also long enough to be recognised elsewhere.")
ONE, TWO = markdown("A", "One"), markdown("A", "Two")
EN, RU = (markdown("A", f"The text in {name}, long enough to be recognised.") for name in ("English", "Russian"))
TOML = 'defaultContentLanguage = "en"\n[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "russian"\n'
NO_TEXTS = (
    "No texts found: there is no folder “content” with .md files, and no folder or file is named after a language."
)
BROKEN = "Skipped: the site's config: hugo.toml cannot be read: Invalid statement (at line 1, column 1). (commit #1)"

CASES = [
    Case(
        "contentDir in YAML",
        [
            {
                "config.yaml": "languages:\n  en:\n    contentDir: x\n  no:\n    contentDir: y\n",
                "x/a.md": ONE,
                "y/a.md": ONE,
            }
        ],
        {"a": ["0 en! no!"]},
        [not_configured_line("no")],
        options=["--language-map", "no=no"],
    ),
    Case(
        "contentDir in JSON",
        [{"config.json": '{"languages": {"en": {"contentDir": "x"}}}', "x/a.md": ONE}],
        {"a": ["0 en!"]},
    ),
    Case(
        "languages by suffix",
        [{"content/_index.md": ONE, "content/_index.ru.md": ONE, "content/a.ru.md": ONE}, {"content/a.md": ONE}],
        {"": ["0 en! ru!"], "a": ["0 ru!", "1 en! ru="]},
    ),
    Case(
        "a site in a folder", [{"site/hugo.toml": "", "site/content/en/a.md": ONE, "docs/b.md": ONE}], {"a": ["0 en!"]}
    ),
    Case("a content folder without a site", [{"en/a.md": ONE, "ru/a.md": ONE, "README.md": ONE}], {"a": ["0 en! ru!"]}),
    Case(
        "a structure that changes by its config and renames",
        [
            {"hugo.toml": 'defaultContentLanguage = "en"\n', "content/policy.md": EN, "content/policy.ru.md": RU},
            commit(
                {"hugo.toml": '[languages.en]\ncontentDir = "content/en"\n[languages.ru]\ncontentDir = "content/ru"\n'},
                moves={"content/policy.md": "content/en/policy.md", "content/policy.ru.md": "content/ru/policy.md"},
            ),
            {"content/en/policy.md": TWO},
        ],
        {"policy": ["0 en! ru!", "2 en! ru="]},
    ),
    Case(
        "a structure that only changes by its config",
        [{"content/a.md": ONE}, {"hugo.toml": 'defaultContentLanguage = "ru"\n'}],
        {"a": ["0 en!", "1 ru!"]},
    ),
    Case(
        "an invalid config that is corrected later",
        [
            {"hugo.toml": TOML, "english/a.md": ONE},
            {"hugo.toml": "=", "english/a.md": TWO},
            {"hugo.toml": TOML, "english/a.md": ONE},
        ],
        {"a": ["0 en!", "1 en!", "2 en!"]},
        [BROKEN],
        1,
    ),
    Case(
        "texts that are added after other files",
        [{"README": "Hello"}, {"README.md": ONE, "README.ru.md": ONE}, {"hugo.toml": ""}, {"content/en/a.md": ONE}],
        {"a": ["3 en!"]},
    ),
    Case(
        "a folder “content” without texts, which is deleted later",
        [
            {"en/privacy.md": EN, "ru/privacy.md": RU},
            {"content/README.md": ONE},
            {"docs/content/x.md": ONE},
            {"content/README.md": None, "docs/content/x.md": None},
            {"en/privacy.md": TWO},
        ],
        {"privacy": ["0 en! ru!", "4 en! ru="]},
        [
            "Skipped: content/README.md: neither its folder nor its name contains a language code. (commit #1)",
            "Skipped: docs/content/x.md: neither its folder nor its name contains a language code. (commit #2)",
        ],
        1,
    ),
    Case(
        "a folder “content” with more texts, which is deleted later",
        [
            {"en/privacy.md": EN},
            {"content/a.md": ONE, "content/b.md": TWO},
            {"content/a.md": None, "content/b.md": None},
            {"en/privacy.md": TWO},
        ],
        {"privacy": ["0 en!", "3 en!"], "a": ["1 en!"], "b": ["1 en!"]},
        [
            *(f"Withdrawn: /{name}/: its last text was deleted" for name in ("privacy", "a", "b")),
            "Brought back: /privacy/",
            "Skipped: en/privacy.md: it is no longer in a content folder of the site. (commit #1)",
        ],
        1,
        withdrawn={"a": 2, "b": 2},
    ),
    Case(
        "an index at the top, deleted later, where files are named by language",
        [{"privacy/en.md": EN, "privacy/ru.md": RU}, {"index.md": ONE}, {"index.md": None}, {"privacy/ru.md": TWO}],
        {"privacy": ["0 en! ru!", "3 en= ru!"]},
        ["Skipped: index.md: neither its folder nor its name contains a language code. (commit #1)"],
        1,
    ),
    Case(
        "Markdown with other extensions, and other formats",
        [
            {
                "hugo.toml": "",
                "content/a.markdown": ONE,
                "content/en/b.md": TWO,
                "content/c.html": "<p>No",
                "d.html": "x",
            },
            commit(moves={"content/en/b.md": "content/en/b.mdown"}),
            {"content/ru/c.HTML": ONE, "layouts/x.html": "x"},
            {"content/ru/c.HTML": None},
        ],
        {"a": ["0 en!"], "b": ["0 en!"]},
        [
            "Skipped: content/c.html: it is not Markdown; other formats are not imported. (commit #0)",
            "Skipped: content/ru/c.HTML: it is not Markdown; other formats are not imported. (commit #2)",
        ],
        1,
    ),
    Case(
        "texts that are older than the site",
        [{"a.md": ONE, "legal/b.md": ONE}, {"a.md": TWO}, {"content/en/a.md": TWO}, {"a.md": ONE}],
        {"a": ["2 en!"]},
        [
            f"Skipped: a.md: {NO_TEXTS} (2 commits, #0 to #1)",
            f"Skipped: legal/b.md: {NO_TEXTS} (commit #0)",
        ],
        1,
    ),
    Case(
        "files named by language, in a folder for each page",
        [
            {"README.md": ONE, "Legal_Terms/en.md": EN, "Legal_Terms/pt-BR.md": TWO, "Legal_Terms/notes.md": ONE},
            {"Legal_Terms/ru.md": RU, "Legal_Terms/old/en.md": ONE},
        ],
        {"legal_terms": ["0 en! pt-br!", "1 en= pt-br= ru!"], "legal_terms/old": ["1 en!"]},
        [
            not_served_line("pt-br"),
            "Skipped: Legal_Terms/notes.md: neither its folder nor its name contains a language code. (commit #0)",
        ],
        1,
        options=["--language-map", "en-us=en-us,pt-br=pt-br"],
    ),
    Case(
        "texts whose language code, name and folder change at once",
        [
            {"Foo_Bar/en-US.md": EN, "Better/en-US.md": LONG, "Vpn/en-US.md": OTHER, "Vpn/de.md": TWO},
            commit(moves={"Foo_Bar/en-US.md": "en/foo_bar.md", "Better/en-US.md": "en/better_privacy.md"}),
            commit(moves={"Vpn/en-US.md": "en/vpn.md"}),
            commit(moves={"Vpn/de.md": "de/vpn.md"}),
        ],
        {
            "foo_bar": ["0 en-us!", "1 en!"],
            "better_privacy": ["0 en-us!", "1 en!"],
            "vpn": ["0 de! en-us!", "2 de= en!"],
        },
        ["Moved: /better/ → /better_privacy/", not_served_line("de"), not_configured_line("en-us")],
        redirects={"better": "better_privacy"},
        options=["--language-map", "en-us=en-us"],
    ),
    Case(
        "texts that are copied first and deleted at the old place later",
        [
            {"Foo_Bar/en-US.md": EN, "Foo_Bar/ru.md": RU},
            {"en/foo_bar.md": EN, "ru/foo_bar.md": RU},
            {"Foo_Bar/en-US.md": None, "Foo_Bar/ru.md": None},
            {"ru/foo_bar.md": TWO},
        ],
        {"foo_bar": ["0 en-us! ru!", "1 en! en-us= ru=", "2 en= ru=", "3 en= ru!"]},
        [not_configured_line("en-us")],
        options=["--language-map", "en-us=en-us"],
    ),
    Case(
        "files named by language that move to language folders",
        [
            {"Terms/en-US.md": EN, "Terms/ru.md": RU, "b/en-US.md": ONE, "b/ru.md": TWO},
            {"Terms/ru.md": RU + "More.\n"},
            commit(
                moves={
                    "Terms/en-US.md": "en/conditions.md",
                    "Terms/ru.md": "ru/conditions.md",
                    "b/en-US.md": "en/b.md",
                    "b/ru.md": "ru/b.md",
                }
            ),
            {"en/b.md": TWO},
        ],
        {
            "conditions": ["0 en-us! ru!", "1 en-us= ru!", "2 en! ru="],
            "b": ["0 en-us! ru!", "2 en! ru=", "3 en! ru="],
        },
        ["Moved: /terms/ → /conditions/", not_configured_line("en-us")],
        redirects={"terms": "conditions"},
        options=["--language-map", "en-us=en-us"],
    ),
    Case(
        "languages in front matter, in folders below the first level",
        [
            {
                "_articles/privacy.md": markdown("Privacy", "Hello.", lang="en"),
                "_articles/de/privacy.md": markdown("Datenschutz", "Hallo.", lang="de"),
                "index.md": "# Home\n",
            },
            {"_articles/de/privacy.md": markdown("Datenschutz", "Guten Tag.", lang="de")},
        ],
        {"": ["0 en!"], "articles/privacy": ["0 de! en!", "1 de! en="]},
        [not_served_line("de")],
        redirects={"articles/de/privacy": "articles/privacy"},
    ),
    Case(
        "languages in front matter only",
        [
            {"privacy.md": markdown("A", "One", language="English"), "ru/privacy.md": markdown("A", "Один")},
            {"ru/privacy.md": None, "datenschutz.md": markdown("A", "Eins", locale="de_DE", translationKey="a")},
            {"privacy.md": markdown("A", "One", lang="en", translationKey="a")},
        ],
        {"privacy": ["0 en! ru!", "1 en=", "2 de-de! en~"], "datenschutz": ["1 de-de!"]},
        [
            "Withdrawn: /datenschutz/: its last text was deleted",
            not_configured_line("de-de"),
        ],
        withdrawn={"datenschutz": 2},
        options=["--language-map", "de-de=de-de"],
    ),
    Case(
        "a path that names another language than the front matter",
        [{"content/de/a.md": markdown("A", "Eins", lang="en"), "content/b.de.md": markdown("B", "Zwei", lang="fr")}],
        {"a": ["0 de!"], "b": ["0 de!"]},
        [not_served_line("de")],
    ),
    Case(
        "a language in the front matter that is corrected later",
        [{"content/a.md": markdown("A", "Один", lang="en")}, {"content/a.md": markdown("A", "Один", lang="ru")}],
        {"a": ["0 en!", "1 ru!"]},
    ),
    Case(
        "translations with different names by translationKey",
        [
            {"content/de/datenschutz.md": markdown("A", "Eins", translationKey="priv")},
            {"content/en/privacy.md": markdown("A", "One", translationKey="priv")},
            {"content/de/datenschutz.md": markdown("A", "Zwei", translationKey="priv")},
        ],
        {"privacy": ["0 de!", "1 de= en!", "2 de! en="]},
        ["Moved: /datenschutz/ → /privacy/", not_served_line("de")],
        redirects={"datenschutz": "privacy"},
    ),
    Case(
        "a translationKey that several texts in one language have",
        [
            {
                "content/a.md": markdown("A", "One", translationKey="x"),
                "content/b.md": markdown("B", "Two", translationKey="x"),
                "content/c.ru.md": markdown("C", "Три", translationKey="x"),
            }
        ],
        {"a": ["0 en!"], "b": ["0 en!"], "c": ["0 ru!"]},
    ),
]
