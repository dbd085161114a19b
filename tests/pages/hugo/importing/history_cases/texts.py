"""Histories whose texts have unusual bytes, front matter and dates, and texts that cannot be imported."""

from tests.histories import Case, commit, draft_line
from tests.trees import markdown

EN, RU = "content/en/a.md", "content/ru/a.md"
ONE, TWO = markdown("A", "One"), markdown("A", "Two")
HTML = "<div>\n<p>Word &amp; word</p>\n</div>\n" * 6000

# The findings of the texts with unusual characters.
NOTE, ALWAYS = f"Note: {EN}", " (2 commits, #0 to #1)"
TURNED = "Hidden characters change the order in which readers see this line:"
UNSEEN = "Characters that readers do not see: {}. They stay in the text, and a search may miss the words."
UNREADABLE = "1 character could not be read, and readers see a question mark (U+FFFD) instead."
SPLIT = "Letters are written as several characters: “Café”. Readers see the same, but a search may miss the words."


def raw(name, content, *lines, title="A", status=0, **expected):
    """Return the case of a file that is imported byte for byte, and of the same file with one more line."""
    content = content.encode() if isinstance(content, str) else content
    more = content + b"\nMore.\n"
    return Case(
        name,
        [{EN: content}, {EN: more}],
        {"a": ["0 en!", "1 en!"]},
        [*lines],
        status,
        titles={("a", "en"): title},
        bytes={("a", "en"): more},
        **expected,
    )


def same(name, before, after):
    """Return the case of a file and another one that looks the same to readers."""
    return Case(name, [{EN: before}, {EN: after}], {"a": ["0 en!", "1 en~"]}, bytes={("a", "en"): after})


def skipped(name, content, reason):
    """Return the case of a text that is skipped, between two that are imported."""
    lines = [f"Skipped: {EN}: {reason} (commit #1)"]
    return Case(name, [{EN: ONE}, {EN: content}, {EN: TWO}], {"a": ["0 en!", "2 en!"]}, lines, 1)


WRITTEN = [
    raw("a BOM", b"\xef\xbb\xbf" + ONE.encode()),
    same("a BOM is added", ONE.encode(), b"\xef\xbb\xbf" + ONE.encode()),
    same("line endings change to CRLF", ONE.encode(), ONE.replace("\n", "\r\n").encode()),
    raw("CRLF", ONE.replace("\n", "\r\n")),
    raw("CR line endings", ONE.replace("\n", "\r")),
    raw("a stray CR", markdown("A", "One\rtwo\n\r\nthree")),
    raw("a NUL in the body", markdown("A", "One\0two"), f"{NOTE}: {UNREADABLE} (line 5){ALWAYS}"),
    raw("a NUL in the title", markdown("A\0B", "One"), f"{NOTE}: title: {UNREADABLE}{ALWAYS}", title="A\ufffdB"),
    raw(
        "control characters in the body",
        markdown("A", "One\x01\x08\x0b\x0c\x1b\x7f\x85two"),
        f"{NOTE}: Control characters that readers do not get: U+0001, U+0008, U+000B, U+000C, U+001B, …. (line 5)"
        f"{ALWAYS}",
    ),
    raw(
        "bidi and zero-width characters",
        markdown("A\u202eB\u2066\u200b", "One\u202etwo\u200b\ufeff\u061c"),
        f"{NOTE}: title: {TURNED} U+202E, U+2066.{ALWAYS}",
        f"{NOTE}: title: {UNSEEN.format('U+200B')}{ALWAYS}",
        f"{NOTE}: {TURNED} U+202E, U+061C. (line 5){ALWAYS}",
        f"{NOTE}: {UNSEEN.format('U+200B, U+FEFF')} (line 5){ALWAYS}",
        title="A\u202eB\u2066\u200b",
    ),
    raw(
        "U+2028 and U+2029",
        markdown("A", "One\u2028two\u2029three"),
        f"{NOTE}: {UNSEEN.format('U+2028, U+2029')} (line 5){ALWAYS}",
    ),
    raw("U+2028 in a title", markdown('"A\u2028B"', "One"), title="A B"),
    raw(
        "text that is not NFC",
        markdown("Cafe\u0301", "Cafe\u0301 au lait"),
        f"{NOTE}: title: {SPLIT}{ALWAYS}",
        f"{NOTE}: {SPLIT} (line 5){ALWAYS}",
        title="Cafe\u0301",
    ),
    Case(
        "a text is normalised to NFC",
        [{EN: markdown("A", "Cafe\u0301")}, {EN: markdown("A", "Caf\u00e9")}],
        {"a": ["0 en!", "1 en~"]},
        lines=[f"{NOTE}: {SPLIT} (line 5) (commit #0; until #1)"],
    ),
    raw("one byte", b"x"),
    raw("no title and no heading", "One\n"),
    raw("a heading and no title", "# The heading\n\nOne\n", title="The heading"),
    raw(
        "224 KB of HTML",
        markdown("A", HTML),
        f"Note: {EN}: 12000 HTML tags are left out, but not their text: div (line 5), p (line 6)",
    ),
    raw("four-dash fences", "----\ntitle: B\n----\n\nOne\n"),
    raw("the title no", "---\ntitle: no\n---\n\nOne\n", title="no"),
    raw("the title 010", "---\ntitle: 010\n---\n\nOne\n", title="010"),
    raw("TOML", '+++\ntitle = "Terms"\n+++\n\nOne\n', title="Terms"),
    raw(
        "shortcodes",
        markdown("A", '{{< ref "b" >}} {{% x %}}'),
        f"Note: {EN}: 1 Hugo shortcode is left out: x (line 5)",
        f'Note: {EN}: Readers see the name of a page as text, without a link: {{{{< ref "b" >}}}} (line 5)',
    ),
    raw(
        "template code",
        markdown("A", "{{ .Site.Title }}"),
        f"Note: {EN}: 1 piece of template code is left out: {{{{ .Site.Title }}}} (line 5)",
    ),
    raw("only front matter", "---\ntitle: A\n---\n"),
    raw("empty front matter", "---\n---\n\nOne\n"),
    raw(
        "an invalid date",
        markdown("A", "One", date="soon"),
        f"Note: {EN}: its date is not a date, and has no effect: 'soon'.",
    ),
    raw(
        "an invalid lastmod",
        markdown("A", "One", lastmod="whenever"),
        f"Note: {EN}: its lastmod is not a date, and has no effect: 'whenever'.",
    ),
]

EMPTY = f"Skipped: {EN}: it is empty. (commit #1)"
WITHDRAWN = "Withdrawn: /a/: its last text was deleted"
EMPTIED = [
    *(
        Case(
            f"a text that is {name}",
            [{EN: ONE}, {EN: content}],
            {"a": ["0 en!"]},
            [EMPTY, WITHDRAWN],
            1,
            withdrawn={"a": 1},
        )
        for name, content in (("emptied", b""), ("only a newline", b"\n"), ("only empty front matter", b"---\n---\n"))
    ),
    Case(
        "a text that is emptied and comes back",
        [{EN: ONE}, {EN: b""}, {EN: TWO}],
        {"a": ["0 en!", "2 en!"]},
        [EMPTY, WITHDRAWN, "Brought back: /a/"],
        1,
    ),
    Case(
        "a translation that is emptied",
        [{EN: ONE, RU: TWO}, {RU: b""}, {EN: TWO}],
        {"a": ["0 en! ru!", "1 en=", "2 en!"]},
        [f"Skipped: {RU}: it is empty. (commit #1)"],
        1,
    ),
    Case(
        "a text that was always empty",
        [{EN: b"", RU: ONE}, {RU: TWO}],
        {"a": ["0 ru!", "1 ru!"]},
        [f"Skipped: {EN}: it is empty. (commit #0)"],
        1,
    ),
]

SKIPPED = [
    skipped(
        "invalid UTF-8",
        b"---\ntitle: A\n---\n\nOne \xff\xc3\x28\n",
        "it is not UTF-8: the first byte that cannot be read is in line 5.",
    ),
    skipped(
        "invalid UTF-8 in the title",
        b"---\ntitle: A\xff\n---\n\nOne\n",
        "it is not UTF-8: the first byte that cannot be read is in line 2.",
    ),
    skipped("UTF-16", ONE.encode("utf-16"), "it is not UTF-8: the first byte that cannot be read is in line 1."),
    skipped(
        "a title with a colon",
        "---\ntitle: Terms: v2\n---\n\nOne\n",
        "The front matter is not valid YAML: line 2: mapping values are not allowed in this context.",
    ),
    skipped(
        "duplicate keys",
        "---\ntitle: A\ntitle: B\n---\n\nOne\n",
        "The front matter has the key 'title' twice: line 3.",
    ),
    skipped(
        "two thousand hyphens",
        "---\ntitle: A\nx: " + "- " * 2000 + "\n---\n\nOne\n",
        "The front matter is not valid YAML: line 3: block sequence entries are not allowed in this context.",
    ),
    skipped(
        "two thousand nested lists",
        "---\ntitle: A\nx:\n  " + "- " * 2000 + "\n---\n\nOne\n",
        "The front matter is nested too deep: line 4.",
    ),
    skipped(
        "unclosed front matter",
        "---\ntitle: A\n\nOne\n",
        "The front matter begins with --- in line 1, but no line closes it.",
    ),
    skipped(
        "front matter of JSON", '{"title": "A"}\n\nOne\n', "its front matter is JSON; only YAML and TOML are supported."
    ),
    skipped(
        "a text that is too long",
        markdown("A", "Word " * 60_000),
        "its text has 299999 bytes; the limit is 262144.",
    ),
    skipped("a title that is too long", markdown("A" * 301, "One"), "its title has 301 characters; the limit is 300."),
]

DATES = [
    Case(
        "dates that run backwards",
        [commit({EN: ONE}, at=1_700_000_000), commit({EN: TWO}, at=1_600_000_000), commit({EN: ONE}, at=1_650_000_000)],
        {"a": ["0 en!", "1 en!", "2 en!"]},
        [
            "Note: /a/: the commit is dated earlier than what it follows; its version has the date of that "
            "(2 commits, #1 to #2)"
        ],
        timestamps={("a", 2): 1_700_000_000, ("a", 3): 1_700_000_000},
    ),
    Case(
        "dates that run backwards between pages",
        [commit({EN: ONE}, at=1_700_000_000), commit({"content/en/b.md": ONE}, at=1_600_000_000)],
        {"a": ["0 en!"], "b": ["1 en!"]},
    ),
    Case(
        "several commits in one second",
        [commit({EN: body}, at=1_700_000_000) for body in (ONE, TWO, ONE)],
        {"a": ["0 en!", "1 en!", "2 en!"]},
    ),
    Case("a commit without a year", [commit({EN: ONE}, at=0)], {"a": ["0 en!"]}),
    Case("a commit before 1970", [commit({EN: ONE}, options={"date": "-86400 +0000"}, at=-86400)], {"a": ["0 en!"]}),
    Case(
        "author and committer with different dates",
        [
            commit(
                {EN: ONE}, options={"date": "1500000000 +0000", "committer_date": "1600000000 +0000"}, at=1_600_000_000
            )
        ],
        {"a": ["0 en!"]},
    ),
]

DRAFTS = [
    Case(
        "a draft becomes a text",
        [{EN: markdown("A", "One", draft="true")}, {EN: ONE}],
        {"a": ["1 en!"]},
        [draft_line(EN)],
    ),
    Case(
        "a text becomes a draft, then a text again",
        [{EN: ONE, RU: ONE}, {EN: markdown("A", "One", draft="true")}, {EN: TWO}],
        {"a": ["0 en! ru!", "1 ru=", "2 en! ru="]},
        [draft_line(EN)],
    ),
    Case(
        "the last text becomes a draft, then a text again",
        [{EN: ONE}, {EN: markdown("A", "One", Draft="True")}, {EN: TWO}],
        {"a": ["0 en!", "2 en!"]},
        [
            "Withdrawn: /a/: the source does not publish its texts any more",
            "Brought back: /a/",
            draft_line(EN, "its front matter has draft: True."),
        ],
    ),
]

CASES = [*WRITTEN, *EMPTIED, *SKIPPED, *DATES, *DRAFTS]
