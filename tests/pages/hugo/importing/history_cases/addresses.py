"""Histories with changes of addresses, languages and sections, with merges, and with interrupted imports."""

from tests.histories import Case, commit, draft_line, not_configured_line, not_served_line
from tests.repositories import link, submodule
from tests.trees import SVG, markdown

A, B, C = "content/en/a.md", "content/en/b.md", "content/en/c.md"
RU, DE = "content/ru/a.md", "content/de/a.md"
# Where two pages have the same name, the order in the report depends on the commit ids, and so on these texts.
LONG_A, LONG_B = (markdown(name, f"The text of {name}, long enough to be recognised elsewhere.") for name in "AB")
ONE, TWO = markdown("A", "One"), markdown("A", "Two")
PICTURE = markdown("A", "![one](/one.svg)")
OTHER_SVG = SVG.replace(b"/>", b"></svg>")
IN_A_BRANCH = {"branch": "side", "parents": (0,)}


def moved_line(old, new):
    return f"Moved: /{old}/ → /{new}/"


WITHDRAWN, BACK = "Withdrawn: /a/: its last text was deleted", "Brought back: /a/"

LANGUAGES = [
    Case("a language is added", [{A: ONE}, {RU: ONE}], {"a": ["0 en!", "1 en= ru!"]}),
    Case("the source is deleted", [{A: ONE, RU: ONE}, {A: None}], {"a": ["0 en! ru!", "1 ru="]}),
    Case(
        "deleted and added again with other bytes",
        [{A: ONE}, {A: None}, {A: TWO}],
        {"a": ["0 en!", "2 en!"]},
        [WITHDRAWN, BACK],
    ),
    Case(
        "both languages deleted, one of them added again",
        [{A: ONE, RU: ONE}, {A: None, RU: None}, {RU: ONE}],
        {"a": ["0 en! ru!", "2 ru="]},
        [WITHDRAWN, BACK],
    ),
    Case(
        "a language that is not served",
        [{A: ONE, "content/eo/a.md": ONE}],
        {"a": ["0 en! eo!"]},
        [not_configured_line("eo")],
    ),
]

NAMES = [
    Case(
        "a rename that is undone",
        [{A: LONG_A}, commit(moves={A: B}), commit(moves={B: A})],
        {"a": ["0 en!"]},
        [moved_line("a", "b"), moved_line("b", "a")],
        redirects={"b": "a"},
    ),
    Case(
        "one language renamed after the other",
        [{A: LONG_A, RU: LONG_B}, commit(moves={A: B}), commit(moves={RU: "content/ru/b.md"})],
        {"b": ["0 en! ru!"]},
        [moved_line("a", "b")],
        redirects={"a": "b"},
    ),
    Case(
        "a rename that only changes the case",
        [{A: LONG_A}, commit(moves={A: "content/en/A.md"}), commit({"content/en/A.md": LONG_B})],
        {"a": ["0 en!", "2 en!"]},
    ),
    Case(
        "a file becomes a bundle, then a section",
        [
            {A: LONG_A},
            commit(moves={A: "content/en/a/index.md"}),
            commit(moves={"content/en/a/index.md": "content/en/a/_index.md"}),
        ],
        {"a": ["0 en!"]},
    ),
    Case(
        "two pages swap their slugs",
        [
            {A: markdown("A", "One", slug="x"), B: markdown("B", "Two", slug="y")},
            {A: markdown("A", "One", slug="y"), B: markdown("B", "Two", slug="x")},
        ],
        {"x": ["0 en!", "1 en~"], "y": ["0 en!", "1 en~"]},
        [moved_line("x", "y"), moved_line("y", "x")],
        bytes={("x", "en"): markdown("B", "Two", slug="x").encode()},
    ),
    Case(
        "a new page gets the old name of a renamed one in the same commit",
        [{A: LONG_A}, commit({A: LONG_B}, moves={A: B})],
        {"a": ["0 en!", "1 en!"], "b": ["1 en!"]},
    ),
    Case("a space in a path", [{"content/en/my page.md": ONE}], {"my-page": ["0 en!"]}),
    Case(
        "a path is normalised to NFC",
        [{"content/en/cafe\u0301.md": LONG_A}, commit(moves={"content/en/cafe\u0301.md": "content/en/caf\u00e9.md"})],
        {"caf\u00e9": ["0 en!"]},
    ),
    Case(
        "a path that is not UTF-8",
        [{A: ONE, b"content/en/b\xff.md": TWO}],
        {"a": ["0 en!"]},
        ["Skipped: content/en/b\ufffd.md: its name is not UTF-8. (commit #0)"],
        1,
    ),
    Case(
        "reserved slugs",
        [{f"content/en/{name}.md": ONE for name in ("history", "admin", "a/v", "a/admin", "b.c")}],
        {
            "a/admin": ["0 en!"],
            "a/v-page": ["0 en!"],
            "admin-page": ["0 en!"],
            "b-c-page": ["0 en!"],
            "history-page": ["0 en!"],
        },
        [
            f"Renamed: content/en/{name}.md → /{path}/, because the name is reserved"
            for name, path in (
                ("a/v", "a/v-page"),
                ("admin", "admin-page"),
                ("b.c", "b-c-page"),
                ("history", "history-page"),
            )
        ],
        redirects={"b.c": "b-c-page"},
    ),
    Case("the home page", [{"content/en/_index.md": ONE}, {"content/en/_index.md": TWO}], {"": ["0 en!", "1 en!"]}),
]

ADDRESSES = [
    Case(
        "a changed slug",
        [{A: markdown("A", "One", slug="x")}, {A: markdown("A", "One", slug="y")}, {A: ONE}],
        {"a": ["0 en!", "1 en~", "2 en~"]},
        [moved_line("x", "y"), moved_line("y", "a")],
        redirects={"x": "a", "y": "a"},
    ),
    Case(
        "a changed url",
        [{A: markdown("A", "One", url="/legal/x/")}, {A: markdown("A", "One", url="/en/legal/y.html")}],
        {"legal/y": ["0 en!", "1 en~"]},
        [moved_line("legal/x", "legal/y")],
        redirects={"legal/x": "legal/y"},
    ),
    Case(
        "another page takes over the alias of a deleted one",
        [
            {A: markdown("A", "One", aliases="[/x, /y]"), C: ONE},
            {A: None, B: markdown("B", "Two", aliases="[/x, /c]")},
        ],
        {"a": ["0 en!"], "b": ["1 en!"], "c": ["0 en!"]},
        [
            "Skipped: /b/: old address /c/: there is a page at this address, or it redirects to another page.",
            WITHDRAWN,
        ],
        status=1,
        redirects={"x": "b", "y": "a"},
        withdrawn={"a": 1},
    ),
    Case(
        "another page takes over the old address of a deleted one",
        [
            {A: LONG_A},
            commit(moves={A: C}),
            {B: markdown("B", "Two", aliases="[/a]")},
            {C: None},
            {B: markdown("B", "Three", aliases="[/a]")},
        ],
        {"b": ["2 en!", "4 en!"], "c": ["0 en!"]},
        [
            "Withdrawn: /c/: its last text was deleted",
            moved_line("a", "c"),
            "Skipped: /b/: old address /a/: there is a page at this address, or it redirects to another page.",
        ],
        status=1,
        redirects={"a": "b"},
        withdrawn={"c": 3},
    ),
    Case(
        "aliases replaced by redirect_from",
        [{A: markdown("A", "One", aliases="[/x, y]")}, {A: markdown("A", "One", redirect_from="/z")}],
        {"a": ["0 en!", "1 en~"]},
        redirects={"x": "a", "y": "a", "z": "a"},
    ),
    Case(
        "an alias that is another page's address",
        [{A: markdown("A", "One", aliases="[/b]"), B: ONE}],
        {"a": ["0 en!"], "b": ["0 en!"]},
        [
            "Skipped: /a/: old address /b/: "
            "there is a page at this address, or it redirects to another page. (commit #0)",
        ],
        1,
    ),
    Case(
        "a translation with its own slug",
        [{A: ONE, RU: markdown("A", "One", slug="ya")}],
        {"a": ["0 en! ru!"]},
        redirects={"ya": "a"},
    ),
]

OTHER_FILES = [
    Case(
        "a text becomes a symbolic link, then a text again",
        [{A: ONE}, {A: link("/etc/passwd")}, {A: TWO}],
        {"a": ["0 en!", "2 en!"]},
        [WITHDRAWN, BACK, f"Skipped: {A}: it is a symbolic link, which is not followed. (commit #1)"],
        1,
    ),
    Case("a submodule outside the content", [{A: ONE, "themes/docsy": submodule()}], {"a": ["0 en!"]}),
    Case(
        "a picture deleted and restored",
        [{A: PICTURE, "static/one.svg": SVG}, {"static/one.svg": None}, {"static/one.svg": SVG}],
        {"a": ["0 en!", "1 en!", "2 en!"]},
        [f"Skipped: {A}: picture /one.svg: there is no such file in the tree. (commit #1)"],
        1,
    ),
    Case(
        "a renamed bundle with a picture",
        [
            {
                "content/en/a/index.md": markdown("A", "![one](one.svg) and a text that is long enough"),
                "content/en/a/one.svg": SVG,
            },
            commit(moves={"content/en/a": "content/en/b"}),
        ],
        {"b": ["0 en!"]},
        [moved_line("a", "b")],
        redirects={"a": "b"},
    ),
]

MERGES = [
    Case(
        "a branch that adds a page",
        [{A: ONE}, commit({B: ONE}, **IN_A_BRANCH), {A: TWO}, commit({B: ONE}, parents=(2, 1))],
        {"a": ["0 en!", "2 en!"], "b": ["3 en!"]},
    ),
    Case(
        "a branch that changes the same file",
        [{A: ONE}, commit({A: LONG_A}, **IN_A_BRANCH), {A: TWO}, commit({A: LONG_B}, parents=(2, 1))],
        {"a": ["0 en!", "2 en!", "3 en!"]},
    ),
    Case(
        "a merge that changes nothing",
        [{A: ONE}, commit({A: LONG_A}, **IN_A_BRANCH), {A: TWO}, commit(parents=(2, 1))],
        {"a": ["0 en!", "2 en!"]},
    ),
    Case(
        "a merge of an unrelated history",
        [{A: ONE}, commit({B: ONE}, branch="side", parents=()), commit({B: ONE}, parents=(0, 1))],
        {"a": ["0 en!"], "b": ["2 en!"]},
    ),
    Case(
        "--ref of a branch",
        [{A: ONE}, commit({A: TWO}, **IN_A_BRANCH), {A: LONG_A}],
        {"a": ["0 en!", "1 en!"]},
        options=["--ref", "side"],
    ),
]

SECTIONS = [
    Case(
        "the last page leaves a section when its index is added",
        [{"content/en/s/a.md": LONG_A}, commit({"content/en/s/_index.md": ONE}, moves={"content/en/s/a.md": B})],
        {"b": ["0 en!"], "s": ["1 en!"]},
        [moved_line("s/a", "b")],
        redirects={"s/a": "b"},
    ),
    Case(
        "a page moves into a section together with its index",
        [{A: LONG_A}, commit({"content/en/s/_index.md": ONE}, moves={A: "content/en/s/a.md"})],
        {"s": ["1 en!"], "s/a": ["0 en!"]},
        [moved_line("a", "s/a")],
        redirects={"a": "s/a"},
    ),
    Case(
        "a page below a section by its url, before the index of the section",
        [{A: markdown("A", "One", url="/s/a/"), "content/en/s/_index.md": ONE}],
        {"s": ["0 en!"], "s/a": ["0 en!"]},
    ),
    Case(
        "the index of a section is renamed, its pages stay",
        [{"content/en/s/_index.md": LONG_A, "content/en/s/a.md": ONE}, commit(moves={"content/en/s/_index.md": B})],
        {"b": ["0 en!"], "s/a": ["0 en!"]},
        [moved_line("s", "b")],
        redirects={"s": "b"},
    ),
    Case(
        "a section at the old address of a renamed page",
        [{A: LONG_A}, commit(moves={A: B}), {"content/en/a/c.md": ONE}],
        {"b": ["0 en!"], "a/c": ["2 en!"]},
        [moved_line("a", "b")],
        redirects={"a": "b"},
    ),
    Case(
        "a section at a redirect gets a text",
        [{A: LONG_A}, commit(moves={A: B}), {"content/en/a/c.md": ONE}, {"content/en/a/_index.md": TWO}],
        {"a": ["3 en!"], "a/c": ["2 en!"], "b": ["0 en!"]},
        [moved_line("a", "b"), "Redirect removed because a page has its address now: /a/"],
    ),
]

DRAFTS = [
    Case(
        "a draft stays a draft when another language is added",
        [{A: ONE}, {A: markdown("A", "One", draft="true")}, {RU: TWO}],
        {"a": ["0 en!", "2 ru!"]},
        ["Withdrawn: /a/: the source does not publish its texts any more", BACK, draft_line(A)],
    ),
]

INVALID_YAML = "---\ntitle: A: b\n---\n\nOne\n"


def invalid_yaml_line(path):
    """Return the line of the report on a text that is INVALID_YAML, in the first commit."""
    reason = "The front matter is not valid YAML: line 2: mapping values are not allowed in this context."
    return f"Skipped: {path}: {reason} (commit #0)"


# Histories where an interrupted import could have another result than an uninterrupted one.
RESUMED = [
    Case(
        "a text with an error does not occupy its address",
        [{"content/en/a b.md": INVALID_YAML}, {"content/en/a-b.md": ONE}],
        {"a-b": ["1 en!"]},
        [invalid_yaml_line("content/en/a b.md")],
        1,
    ),
    Case(
        "a page is restored after another page got its address",
        [
            {"content/ru/a b.md": ONE},
            {"content/ru/a b.md": None},
            {"content/ru/a-b.md": TWO},
            {"content/de/a b.md": ONE},
        ],
        {"a-b": ["2 ru!"], "a-b-2": ["0 ru!", "3 de!"]},
        [
            moved_line("a-b", "a-b-former"),
            moved_line("a-b-former", "a-b-2"),
            WITHDRAWN.replace("/a/", "/a-b/"),
            "Brought back: /a-b-2/",
            "Renamed: content/de/a b.md → /a-b-2/, because another page has /a-b/",
            "Redirect removed because a page has its address now: /a-b/",
            not_served_line("de"),
        ],
        redirects={"a-b-former": "a-b-2"},
    ),
    Case(
        "a page gets the address that it claims when the page with that address is deleted",
        [
            {"content/en/a b.md": LONG_A, "content/en/a-b.md": ONE, RU: ONE},
            {"content/en/a b.md": None},
            {"content/en/a-b.md": TWO},
            {"content/en/a b.md": LONG_A},
        ],
        {"a": ["0 ru!"], "a-b": ["0 en!", "2 en!"], "a-b-2": ["0 en!"]},
        [
            moved_line("a-b", "a-b-former"),
            moved_line("a-b-2", "a-b"),
            moved_line("a-b-former", "a-b-2"),
            WITHDRAWN.replace("/a/", "/a-b-former/"),
            "Brought back: /a-b-2/",
            "Renamed: content/en/a-b.md → /a-b-2/, because another page has /a-b/",
            "Renamed: content/en/a b.md → /a-b-2/, because another page has /a-b/",
            "Redirect removed because a page has its address now: /a-b-2/",
        ],
        redirects={"a-b-former": "a-b-2"},
    ),
    Case(
        "of two pages that claim a free address, the first by name gets it",
        [
            {f"content/en/{name}.md": text for name, text in (("a  b", ONE), ("a b", TWO), ("a-b", LONG_A))},
            {"content/ru/a b.md": LONG_B},
            {"content/en/a  b.md": None},
        ],
        {"a-b": ["0 en!", "1 en= ru!"], "a-b-3": ["0 en!"], "a-b-former": ["0 en!"]},
        [
            moved_line("a-b", "a-b-former"),
            moved_line("a-b-2", "a-b"),
            WITHDRAWN.replace("/a/", "/a-b-former/"),
            *(
                f"Renamed: content/en/{name}.md → /{address}/, because another page has /a-b/"
                for name, address in (("a b", "a-b-2"), ("a-b", "a-b-3"))
            ),
        ],
        redirects={"a-b-2": "a-b"},
        withdrawn={"a-b-former": 2},
    ),
    Case(
        "names that only differ by case are one page",
        [
            {"content/en/Foo_Bar.md": LONG_A, "content/ru/Foo_Bar.md": LONG_B},
            {"content/ru/foo_bar.md": LONG_B},
            {"content/ru/foo_bar.md": ONE},
            {"content/ru/Foo_Bar.md": None, "content/en/foo_bar.md": ONE},
        ],
        {"foo_bar": ["0 en! ru!", "2 en= ru!", "3 en! ru="]},
        [
            "Skipped: content/en/Foo_Bar.md: content/en/foo_bar.md already has the text of this page. (commit #3)",
        ],
        1,
    ),
    Case(
        "the files of a page had two names",
        [{B: LONG_B, "content/ru/b.md": LONG_A}, commit(moves={"content/ru/b.md": RU}), {B: None, RU: None}, {A: ONE}],
        {"a": ["3 en!"], "b": ["0 en! ru!"]},
        [WITHDRAWN.replace("/a/", "/b/")],
        withdrawn={"b": 2},
    ),
    Case(
        "an index in another language than the pages of its section",
        [
            {"content/en/s/a.md": LONG_A},
            {"content/de/s/_index.md": ONE},
            {"content/en/s/_index.md": markdown("S", "One", url="b")},
        ],
        {"s": ["1 de!", "2 de= en!"], "s/a": ["0 en!"]},
        [not_served_line("de")],
        redirects={"b": "s"},
    ),
    Case(
        "the index of a section is renamed, and the section has pages in two languages",
        [
            {"content/en/s/a.md": LONG_A},
            {"content/en/s/_index.md": LONG_B},
            {"content/de/s/b.md": ONE},
            commit(moves={"content/en/s/_index.md": C}),
        ],
        {"c": ["1 en!"], "s/a": ["0 en!"], "s/b": ["2 de!"]},
        [moved_line("s", "c"), not_served_line("de")],
        redirects={"s": "c"},
    ),
    Case(
        "two deleted pages had the same name",
        [{B: LONG_B}, {"content/de/a.md": ONE}, commit({"content/de/a.md": None}, moves={B: A}), {A: None}, {RU: TWO}],
        {"a": ["0 en!", "4 ru!"], "a-former": ["1 de!"]},
        [
            moved_line("b", "a"),
            moved_line("a", "a-former"),
            "Withdrawn: /a-former/: its last text was deleted",
            WITHDRAWN,
            "Brought back: /a/",
            not_served_line("de"),
        ],
        redirects={"b": "a"},
        withdrawn={"a-former": 2},
    ),
    Case(
        "the source language gets another code",
        [
            {"content/en-US/a.md": ONE, RU: ONE, "content/de/a.md": TWO},
            {"content/en-US/a.md": TWO, RU: TWO},
            commit(moves={"content/en-US/a.md": A}),
        ],
        {"a": ["0 de! en-us! ru!", "1 de= en-us! ru!", "2 de= en! ru="]},
        [not_served_line("de"), not_configured_line("en-us")],
        options=["--language-map", "en-us=en-us"],
    ),
]

CASES = [*LANGUAGES, *NAMES, *ADDRESSES, *OTHER_FILES, *MERGES, *SECTIONS, *DRAFTS, *RESUMED]
