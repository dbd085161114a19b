"""Histories whose files are renamed, deleted and restored."""

from tests.histories import Case, commit, draft_line, not_configured_line, not_served_line
from tests.repositories import link, submodule
from tests.trees import SVG, markdown

EN, RU = "content/en/a.md", "content/ru/a.md"
ONE, TWO, THREE = (markdown("A", body) for body in ("One", "Two", "Three"))
LONG = "".join(f"Sentence number {number} of a text that is long enough to be recognised.\n" for number in range(20))


def page(ending="", **front_matter):
    """Return a text that is recognised after a rename."""
    return markdown("A", f"{LONG}{ending}", **front_matter)


MANY = {f"content/en/old/{number}.md": page(f"Page {number}.") for number in range(200)}

RENAMES = [
    Case(
        "a file is renamed",
        [{EN: page()}, commit(moves={EN: "content/en/b.md"}), {"content/en/b.md": page("More.")}],
        {"b": ["0 en!", "2 en!"]},
        ["Moved: /a/ → /b/"],
        redirects={"a": "b"},
    ),
    Case(
        "a file is renamed and edited",
        [{EN: page()}, {EN: None, "content/en/b.md": page("More.")}],
        {"b": ["0 en!", "1 en!"]},
        ["Moved: /a/ → /b/"],
        redirects={"a": "b"},
    ),
    Case(
        "a file is deleted and another one is added",
        [{EN: page()}, {EN: None, "content/en/b.md": TWO}],
        {"a": ["0 en!"], "b": ["1 en!"]},
        ["Withdrawn: /a/: its last text was deleted"],
        withdrawn={"a": 1},
    ),
    *(
        Case(
            f"a text becomes .{extension}",
            [{EN: ONE}, commit({}, moves={EN: f"content/en/a.{extension}"})],
            {"a": ["0 en!"]},
            [
                f"Withdrawn: /a/: its text became content/en/a.{extension}, and only Markdown is imported (commit #1)",
                f"Skipped: content/en/a.{extension}: it is not Markdown; other formats are not imported. (commit #1)",
            ],
            1,
            withdrawn={"a": 1},
        )
        for extension in ("mdx", "rst", "adoc", "html", "htm", "asciidoc", "org")
    ),
    Case(
        "one of two texts becomes .mdx",
        [{EN: ONE, RU: ONE}, commit({}, moves={RU: "content/ru/a.mdx"})],
        {"a": ["0 en! ru!", "1 en="]},
        ["Skipped: content/ru/a.mdx: it is not Markdown; other formats are not imported. (commit #1)"],
        1,
    ),
    Case(
        "a text becomes .mdx, and Markdown again",
        [{EN: ONE}, commit({}, moves={EN: "content/en/a.mdx"}), commit({}, moves={"content/en/a.mdx": EN})],
        {"a": ["0 en!"]},
        [
            "Withdrawn: /a/: its text became content/en/a.mdx, and only Markdown is imported (commit #1; until #2)",
            "Skipped: content/en/a.mdx: it is not Markdown; other formats are not imported. (commit #1; until #2)",
            "Brought back: /a/",
        ],
        1,
    ),
    Case(
        "a rename that only changes the case",
        [{"content/en/Policy.md": page()}, commit(moves={"content/en/Policy.md": "content/en/policy.md"})],
        {"policy": ["0 en!"]},
    ),
    Case(
        "a file becomes a bundle",
        [{EN: page()}, {EN: None, "content/en/a/index.md": page("More.")}],
        {"a": ["0 en!", "1 en!"]},
    ),
    Case(
        "the translation is renamed later",
        [
            {EN: page(), RU: page("Один.")},
            commit(moves={EN: "content/en/b.md"}),
            {RU: page("Два.")},
            commit(moves={RU: "content/ru/b.md"}),
        ],
        {"b": ["0 en! ru!", "2 en= ru!"]},
        ["Moved: /a/ → /b/"],
        redirects={"a": "b"},
    ),
    Case(
        "the translation is renamed first",
        [
            {EN: page(), RU: page("Один.")},
            commit(moves={RU: "content/ru/b.md"}),
            commit(moves={EN: "content/en/b.md"}),
        ],
        {"b": ["0 en! ru!"]},
        ["Moved: /a/ → /b/"],
        redirects={"a": "b"},
    ),
    Case(
        "two pages swap their names",
        [
            {EN: page("First."), "content/en/b.md": page("Second.")},
            {EN: page("Second."), "content/en/b.md": page("First.")},
        ],
        {"a": ["0 en!", "1 en!"], "b": ["0 en!", "1 en!"]},
    ),
    Case(
        "a new page gets the old name of a renamed one",
        [{EN: page("First.")}, commit(moves={EN: "content/en/b.md"}), {EN: TWO}],
        {"a": ["2 en!"], "b": ["0 en!"]},
        ["Moved: /a/ → /b/", "Redirect removed because a page has its address now: /a/"],
    ),
    Case(
        "a page is renamed to the name of a deleted one",
        [{EN: ONE, "content/en/b.md": page()}, {EN: None}, commit(moves={"content/en/b.md": EN})],
        {"a": ["0 en!"], "a-former": ["0 en!"]},
        [
            "Moved: /b/ → /a/",
            "Moved: /a/ → /a-former/",
            "Withdrawn: /a/: its last text was deleted",
        ],
        redirects={"b": "a"},
        withdrawn={"a-former": 1},
    ),
    Case(
        "two hundred files of a section are renamed at once",
        [MANY, commit(moves={"content/en/old": "content/en/new"})],
        {f"new/{number}": ["0 en!"] for number in range(200)},
        [f"Moved: /old/{number}/ → /new/{number}/" for number in sorted(range(200), key=str)],
        redirects={f"old/{number}": f"new/{number}" for number in range(200)},
    ),
    Case(
        "a language gets another code",
        [{EN: ONE, "content/zh/a.md": TWO}, commit(moves={"content/zh": "content/zh-hans"})],
        {"a": ["0 en! zh!", "1 en= zh-hans!"]},
        [not_served_line("zh-hans"), not_configured_line("zh")],
        options=["--language-map", "zh=zh"],
    ),
    Case(
        "the only language gets another code",
        [{"content/zh/a.md": TWO}, commit(moves={"content/zh": "content/zh-hans"})],
        {"a": ["0 zh!", "1 zh-hans!"]},
        [not_served_line("zh-hans"), not_configured_line("zh")],
        options=["--language-map", "zh=zh"],
    ),
]

DELETIONS = [
    Case("a language is deleted", [{EN: ONE, RU: TWO}, {RU: None}], {"a": ["0 en! ru!", "1 en="]}),
    Case(
        "the last language is deleted",
        [{EN: ONE, RU: TWO}, {EN: None, RU: None}],
        {"a": ["0 en! ru!"]},
        ["Withdrawn: /a/: its last text was deleted"],
        withdrawn={"a": 1},
    ),
    Case(
        "a page is restored unchanged",
        [{EN: ONE}, {EN: None}, {EN: ONE}],
        {"a": ["0 en!"]},
        ["Withdrawn: /a/: its last text was deleted", "Brought back: /a/"],
    ),
    Case(
        "a page is restored with another text and without a language",
        [{EN: ONE, RU: TWO}, {EN: None, RU: None}, {EN: THREE}],
        {"a": ["0 en! ru!", "2 en!"]},
        ["Withdrawn: /a/: its last text was deleted", "Brought back: /a/"],
    ),
    Case(
        "a text becomes a draft, then a text again",
        [{EN: ONE, RU: TWO}, {RU: markdown("A", "Two", draft="true")}, {RU: THREE}],
        {"a": ["0 en! ru!", "1 en=", "2 en= ru!"]},
        [draft_line(RU)],
    ),
    Case(
        "a page that begins as a draft",
        [{EN: markdown("A", "One", draft="true")}, {EN: ONE}],
        {"a": ["1 en!"]},
        [draft_line(EN)],
    ),
]

ADDRESSES = [
    Case(
        "a slug and a url are added and removed",
        [{EN: page()}, {EN: page(slug="b")}, {EN: page(url="/c/d/")}, {EN: page()}],
        {"a": ["0 en!", "1 en~", "2 en~", "3 en~"]},
        ["Moved: /a/ → /b/", "Moved: /b/ → /c/d/", "Moved: /c/d/ → /a/"],
        redirects={"b": "a", "c/d": "a"},
    ),
    Case(
        "aliases and redirects",
        [{EN: page(aliases="[/old/, /en/older/]", redirect_from="/oldest/"), RU: page("Один.", slug="ru-a")}],
        {"a": ["0 en! ru!"]},
        redirects={"old": "a", "older": "a", "oldest": "a", "ru-a": "a"},
    ),
    Case(
        "a reserved name",
        [{"content/en/history.md": ONE}],
        {"history-page": ["0 en!"]},
        ["Renamed: content/en/history.md → /history-page/, because the name is reserved"],
    ),
    Case("spaces and capitals", [{"content/en/Our Policy/_index.md": ONE}], {"our-policy": ["0 en!"]}),
    Case("a name that is not NFC", [{"content/en/cafe\u0301.md": ONE}], {"caf\u00e9": ["0 en!"]}),
]

PICTURES = [
    Case(
        "a picture is added, changed and deleted",
        [
            {EN: markdown("A", "![a](/a.svg)"), "static/a.svg": SVG},
            {"static/a.svg": SVG + b"\n"},
            {"static/a.svg": None},
        ],
        {"a": ["0 en!", "1 en!", "2 en!"]},
        [f"Skipped: {EN}: picture /a.svg: there is no such file in the tree. (commit #2)"],
        1,
    ),
    Case(
        "a picture is added after its text",
        [{"content/en/a/index.md": markdown("A", "![a](a.svg)")}, {"content/en/a/a.svg": SVG}],
        {"a": ["0 en!", "1 en!"]},
        ["Skipped: content/en/a/index.md: picture a.svg: there is no such file in the tree. (commit #0)"],
        1,
    ),
]

NOT_TOML = "Invalid statement (at line 1, column 1). (commit #1)"
STRUCTURES = [
    Case(
        "languages by content folder",
        [
            {
                "hugo.toml": '[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "russian"\n',
                "english/a.md": ONE,
                "russian/a.md": TWO,
            }
        ],
        {"a": ["0 en! ru!"]},
    ),
    Case(
        "languages by suffix",
        [{"hugo.toml": "[languages.en]\n[languages.ru]\n", "content/a.md": ONE, "content/a.ru.md": TWO}],
        {"a": ["0 en! ru!"]},
    ),
    Case(
        "a second language is added together with language folders",
        [
            {"hugo.toml": "title = 'A'\n", "content/a.md": page()},
            {
                "hugo.toml": '[languages.en]\ncontentDir="content/en"\n[languages.ru]\ncontentDir="content/ru"\n',
                "content/a.md": None,
                EN: page(),
                RU: TWO,
            },
        ],
        {"a": ["0 en!", "1 en= ru!"]},
        [
            f"Note: {RU}: The source text has “0, 1, 3, 4, 5, …” in this section, and the translation does not. "
            "(line 5)",
        ],
    ),
    Case(
        "an invalid config that is corrected later",
        [{"hugo.toml": "title = 'A'\n", EN: ONE}, {"hugo.toml": "=", EN: TWO}, {"hugo.toml": "title = 'B'\n"}],
        {"a": ["0 en!", "1 en!"]},
        ["Skipped: the site's config: hugo.toml cannot be read: " + NOT_TOML],
        1,
    ),
    Case(
        "a site in a folder",
        [{"README.md": "Read me", "website/hugo.toml": "title = 'A'\n", "website/content/en/a.md": ONE}],
        {"a": ["0 en!"]},
    ),
    Case(
        "the source language is the config's",
        [{"hugo.toml": 'defaultContentLanguage = "ru"\n', EN: ONE, RU: TWO}, {RU: THREE}],
        {"a": ["0 en! ru!", "1 en= ru!"]},
    ),
]

GIT = [
    Case(
        "a merge",
        [
            {EN: ONE, RU: TWO},
            commit({RU: THREE}, branch="side", parents=(0,)),
            commit({EN: THREE}, parents=(0,)),
            commit({RU: THREE}, parents=(2, 1)),
        ],
        {"a": ["0 en! ru!", "2 en! ru=", "3 en= ru!"]},
    ),
    Case(
        "links and submodules",
        [
            {EN: ONE, "content/en/b.md": link("a.md"), "content/en/c": submodule(), "themes/t": submodule()},
            {"content/ru": link("../ru")},
        ],
        {"a": ["0 en!"]},
        [
            "Skipped: content/en/b.md: it is a symbolic link, which is not followed. (commit #0)",
            "Skipped: content/en/c: it is a submodule, which is not followed. (commit #0)",
            "Skipped: content/ru: it is a symbolic link, which is not followed. (commit #1)",
        ],
        1,
    ),
    Case(
        "a text becomes a link",
        [{EN: ONE, RU: TWO}, {RU: link("../en/a.md")}],
        {"a": ["0 en! ru!", "1 en="]},
        [f"Skipped: {RU}: it is a symbolic link, which is not followed. (commit #1)"],
        1,
    ),
    Case(
        "commits that change no text",
        [{EN: ONE}, {"README.md": "Read me"}, {}, {EN: TWO}],
        {"a": ["0 en!", "3 en!"]},
    ),
    Case(
        "only one language",
        [{EN: ONE, RU: TWO}, {RU: THREE}],
        {"a": ["0 en!"]},
        options=["--languages", "en"],
    ),
    Case(
        "two files of the same text",
        [{EN: ONE, "content/en/a/index.md": TWO}, {"content/en/a/index.md": None}],
        {"a": ["0 en!", "1 en!"]},
        [f"Skipped: {EN}: content/en/a/index.md already has the text of this page. (commit #0)"],
        1,
    ),
    Case(
        "a file that Hugo prefers is added to another one of the same text",
        [{EN: ONE}, {"content/en/a/index.md": TWO}, {EN: THREE}],
        {"a": ["0 en!", "1 en!"]},
        [f"Skipped: {EN}: content/en/a/index.md already has the text of this page. (2 commits, #1 to #2)"],
        1,
    ),
]

CASES = [*RENAMES, *DELETIONS, *ADDRESSES, *PICTURES, *STRUCTURES, *GIT]
