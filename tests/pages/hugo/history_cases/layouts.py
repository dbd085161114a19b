"""Histories of sites that tell languages by folders, by contentDir, or by suffixes, and change how they do it."""

from tests.histories import Case, commit
from tests.trees import markdown

ONE, TWO = markdown("A", "One"), markdown("A", "Two")
EN, RU = (markdown("A", f"The text in {name}, long enough to be known again.") for name in ("English", "Russian"))
TOML = 'defaultContentLanguage = "en"\n[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "russian"\n'
BROKEN = "Not taken: the site's config: hugo.toml cannot be read: Invalid statement (at line 1, column 1). (commit #1)"

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
        ["Stored, but not served (SITE_LANGUAGES would serve them): no"],
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
    Case("a content folder alone", [{"en/a.md": ONE, "ru/a.md": ONE, "README.md": ONE}], {"a": ["0 en! ru!"]}),
    Case(
        "a layout that changes by a config and moves",
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
        "a layout that changes by its config alone",
        [{"content/a.md": ONE}, {"hugo.toml": 'defaultContentLanguage = "ru"\n'}],
        {"a": ["0 en!", "1 ru!"]},
    ),
    Case(
        "a config that is broken for a while",
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
        "texts that come after other files",
        [{"README": "Hello"}, {"hugo.toml": ""}, {"content/en/a.md": ONE}],
        {"a": ["2 en!"]},
    ),
]
