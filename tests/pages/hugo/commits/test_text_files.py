"""Reading the file of a text. No database is needed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pages.hugo.commits.text_files import parse_text, read_text
from pages.hugo.site_structure.structure import SiteStructure, TextLocation
from pages.hugo.withholding.withheld import Withholding
from pages.text.fields import Fields
from pages.text.messages import Message
from tests.building import HEAVY_BODY
from tests.trees import markdown

BERLIN = ZoneInfo("Europe/Berlin")


def read(content, name="content/en/policy.md"):
    content = content.encode() if isinstance(content, str) else content
    return read_text(name, SiteStructure("en", languages=frozenset({"en"})).locate_text(name), content)


def reason(content):
    with pytest.raises(ValueError, match=r".") as error:
        read(content)
    return str(error.value)


def test_fields_are_read_and_the_bytes_are_kept():
    lines = ["---", 'title: "Privacy"', "linkTitle: Short", "description: What we do.", "weight: 30", "---"]
    content = "\r\n".join([*lines, "", "One", "Two", ""]).encode()
    text = read(content)
    fields = (text.fields.title, text.fields.link_title, text.fields.description, text.fields.body)
    assert fields == ("Privacy", "Short", "What we do.", "One\nTwo")
    assert (text.content, text.weight) == (content, 30)


def test_toml_front_matter_is_read():
    lines = [
        "+++",
        'title = "Privacy"',
        "linkTitle = 'Short'",
        "weight = 30",
        "Date = 2024-04-29T10:30:00Z",
        "draft = true",
    ]
    text = read("\n".join([*lines, "[params]", "weight = 1", "+++", "Text."]))
    assert text.fields == Fields("Privacy", "Short", body="Text.")
    assert (text.weight, text.keys["draft"]) == (30, "true")
    assert text.modified_at(UTC) == datetime(2024, 4, 29, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf---\ntitle: Privacy\n---\nText.\n", id="byte order mark"),
        pytest.param(b"---\rtitle: Privacy\r---\rText.\r", id="only CR"),
        pytest.param(b"---\ntitle: Privacy\n---\nText \x00.\n", id="NUL"),
        pytest.param(b"---\ntitle: Privacy\n---\nText.", id="no newline at the end"),
    ],
)
def test_unusual_bytes_are_kept(content):
    text = read(content)
    assert (text.fields.title, text.content) == ("Privacy", content)


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("content/en/privacy-policy.md", "# Our promise\n\nText.", "Our promise"),
        ("content/en/privacy-policy.md", "Text.", "Privacy policy"),
        ("content/en/privacy-policy/_index.md", "Text.", "Privacy policy"),
        ("content/en/privacy-policy.md", "---\ntitle: ''\n---\nText.", "Privacy policy"),
        ("content/en/_index.md", "Text.", "en"),
    ],
)
def test_missing_title_is_taken_from_the_first_heading_or_the_file_name(name, content, title):
    assert read(content, name).fields.title == title


@pytest.mark.parametrize(
    ("front_matter", "expected"),
    [
        ({"lastmod": "2024-04-29T10:30:00+02:00", "date": "2023-05-15"}, datetime(2024, 4, 29, 8, 30, tzinfo=UTC)),
        ({"lastmod": "2024-04-29 10:30:00Z"}, datetime(2024, 4, 29, 10, 30, tzinfo=UTC)),
        ({"lastmod": "''", "date": "2023-05-15"}, datetime(2023, 5, 15, tzinfo=BERLIN)),
        ({"date": "2023-05-15"}, datetime(2023, 5, 14, 22, tzinfo=UTC)),
        ({"date": "2023-05-15T06:00:00"}, datetime(2023, 5, 15, 4, tzinfo=UTC)),
        ({"Date": "2023-05-15"}, datetime(2023, 5, 15, tzinfo=BERLIN)),
        # Hugo writes the year 1 for "no date".
        ({"lastmod": "0001-01-01", "date": "2023-05-15"}, datetime(2023, 5, 15, tzinfo=BERLIN)),
        ({"date": "0001-01-01T00:00:00Z"}, None),
        ({}, None),
    ],
)
def test_modified_at_is_lastmod_or_date_with_dates_at_midnight_in_the_time_zone(front_matter, expected):
    assert read(markdown("Title", "Text.", **front_matter)).modified_at(BERLIN) == expected


@pytest.mark.parametrize("value", ["soon", "2024-02-30", "15.05.2023", "2024-04-29T25:00:00Z"])
def test_invalid_date_is_refused(value):
    with pytest.raises(ValueError, match=f"its lastmod is not a date: {value!r}."):
        read(markdown("Title", "Text.", lastmod=value)).modified_at(UTC)


def test_keys_of_publishing_are_read_with_their_nested_values():
    text = read("---\nDraft: True\n_build:\n  Render: never\noutputs: [html]\n---\nText.")
    assert text.keys == {"draft": "True", "_build": {"render": "never"}, "outputs": ["html"]}


@pytest.mark.parametrize(
    "content",
    [
        "\n---\ndraft: true\n---\nText.",
        "<!-- a licence -->\n---\ndraft: true\n---\nText.",
        "<!--\n---\ndraft: true\n---\n-->\nText.",
        "---draft: true\n---\nText.",
        "#+draft: true\nText.",
        '\n{"draft": true}\nText.',
    ],
)
def test_front_matter_that_only_hugo_finds_is_refused(content):
    with pytest.raises(ValueError, match="does not begin with --- or \\+\\+\\+ in its first line"):
        read(content)


@pytest.mark.parametrize(
    "content", ["----\nTitle\n----\nText.", "\n---\nText.", "- a\n- b\n", "# A\n\n---\n\nB: c\n\n---\n"]
)
def test_horizontal_lines_and_lists_are_no_front_matter(content):
    assert read(content).keys == {}


@pytest.mark.parametrize("content", ["---\ndraft: true\nDraft: false\n---\nText.", "---\nDate: 1\ndate: 2\n---\nText."])
def test_keys_that_differ_only_in_case_are_refused(content):
    with pytest.raises(ValueError, match=r"its front matter has the key (draft|date) twice"):
        read(content)


@pytest.mark.parametrize(
    ("value", "weight"),
    [("7", 7), ("-7", -7), ("+7", 7), ("heavy", 0), ("99999999999", 0), ("٣", 0)],
)
def test_weight_is_a_whole_number_or_zero(value, weight):
    assert read(markdown("Title", "Text.", weight=value)).weight == weight


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("---\ntitle: [\n---\nText.", "The front matter is not valid YAML: line 3:"),
        ("---\ntitle: Privacy\nText.", "The front matter begins with --- in line 1, but no line closes it."),
        ("---\n- title\n---\nText.", "The front matter is not a list of keys with values."),
        ("---\ntitle: A\ntitle: B\n---\nText.", "The front matter has the key 'title' twice: line 3."),
        ("+++\ntitle = 'A'\ndraft =\n+++\nText.", "The front matter is not valid TOML: line 3: Invalid value."),
        ("+++\ntitle = 'A'\nText.", "The front matter begins with +++ in line 1, but no line closes it."),
        ('+++\ntitle = "A\\u0000B"\n+++\nText.', "its front matter contains NUL, which cannot be stored."),
        ('{\n"title": "A",\n"draft": true\n}\nText.', "its front matter is JSON; only YAML and TOML are supported."),
        ('---\ntitle: "A\\0B"\n---\nText.', "its front matter contains NUL, which cannot be stored."),
        (markdown("T" * 301, "Text."), "its title has 301 characters; the limit is 300."),
        (markdown("T", "Text.", linkTitle="L" * 301), "its linkTitle has 301 characters; the limit is 300."),
        (markdown("T", "x" * 262145), "its text has 262145 bytes; the limit is 262144."),
        (markdown("T", HEAVY_BODY), "its Markdown takes too long to render: the limit is reached in line"),
        ("", "it is empty."),
        ("\ufeff\n \n", "it is empty."),
        ("---\n---\n", "it is empty."),
    ],
)
def test_invalid_text_is_refused_with_the_reason(content, message):
    assert reason(content).startswith(message)


def test_longest_text_is_accepted():
    text = read(markdown("T" * 300, "ж" * 131072, linkTitle="L" * 300))
    assert (len(text.fields.title), len(text.fields.body)) == (300, 131072)


@pytest.mark.parametrize(
    ("front_matter", "aliases"),
    [
        ({"aliases": "/old/"}, ("/old/",)),
        ({"aliases": "[/old/, 'older']", "redirect_from": "/oldest"}, ("/old/", "older", "/oldest")),
        ({"Aliases": "''"}, ()),
    ],
)
def test_aliases_are_a_string_or_a_list(front_matter, aliases):
    assert read(markdown("Title", "Text.", **front_matter)).aliases == aliases


def test_slug_and_url_are_read():
    assert read(markdown("Title", "Text.", slug="a b", URL="/c/")).slug_and_url == ("a b", "/c/")


NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("withholding", "warnings"),
    [
        (
            Withholding(since=datetime(2024, 7, 1, tzinfo=UTC)),
            ["it expires on 2024-07-01; this site does not withdraw it then."],
        ),
        (Withholding(since=datetime(2024, 5, 1, tzinfo=UTC), since_reason=Message("it has expired.")), []),
        (Withholding(since=datetime(2024, 7, 1, tzinfo=UTC), reason=Message("it is a draft.")), []),
        (Withholding(), []),
    ],
)
def test_expiry_that_is_still_ahead_causes_a_warning(withholding, warnings):
    text = parse_text(b"Text.").at("a.md", TextLocation("en", "a"), withholding)
    assert text.warnings(NOW) == warnings


@pytest.mark.parametrize(
    ("content", "line"), [(b"\xff\xfea\0", 1), (b"---\ntitle: T\xe4t\n---\na", 2), ("a\n\nТекст".encode("cp1251"), 3)]
)
def test_text_that_is_not_utf_8_is_refused_with_the_line(content, line):
    assert reason(content) == f"it is not UTF-8: the first byte that cannot be read is in line {line}."


def test_markup_that_readers_do_not_get_is_counted_and_named():
    body = "{{< note >}}a{{< /note >}}\n\n{{% b %}}\n\n{{ .Title }} <b>c</b> <i>d</i> <b>e</b>\n<!-- f -->\n\n"
    body += "## G {.h}\n\n<!-- i"
    assert read(body).findings == [
        "1 comment is hidden from readers, except in the file that they can download: line 6",
        "1 comment has no end (-->), and the text after it is hidden: line 10",
        "2 Hugo shortcodes are left out: note (line 1), b (line 3)",
        "1 piece of template code is left out: {{ .Title }} (line 5)",
        "3 HTML tags are left out, but not their text: b (line 5), i (line 5)",
        "1 attribute list has no effect, apart from an id: .h (line 8)",
    ]
    assert read("Text <https://example.org> {a}").findings == []


def test_lines_of_markup_are_those_of_the_file():
    for front in ("---\ntitle: A\n---\n\n", "+++\r\ntitle = 'A'\r\n+++\r\n\r\n", "---\n---\n\n\n"):
        assert read(f"{front}a\n<!-- b -->").findings == [
            "1 comment is hidden from readers, except in the file that they can download: "
            f"line {front.count(chr(10)) + 2}"
        ]


def test_message_about_dropped_markup_lists_at_most_five_names():
    [message] = read("".join(f"{{{{< s{number} >}}}} " for number in range(7))).findings
    assert (
        message == "7 Hugo shortcodes are left out: " + ", ".join(f"s{number} (line 1)" for number in range(5)) + ", …"
    )


def test_reference_to_a_page_outside_of_a_link_is_named():
    assert read('---\ntitle: A\n---\n\nSee {{< ref "terms.md" >}}, [Terms]({{< ref "terms.md" >}}).').findings == [
        'Readers see the name of a page as text, without a link: {{< ref "terms.md" >}} (line 5)'
    ]


def test_findings_of_a_file_are_those_of_the_publish_page_with_lines_of_the_file():
    found = read(
        "---\ntitle: A\n---\n\nprice \u202e001\n\n**a **b\n\n•\tone\n\n**d **e [x](foo:1)\n\n<!-- c -->"
    ).findings
    assert found == [
        "1 comment is hidden from readers, except in the file that they can download: line 13",
        "Hidden characters change the order in which readers see this line: U+202E. (line 5)",
        "Readers see the marks of an emphasis that did not work: “**a **b”. (lines 7, 11)",
        "This looks like a list, but readers get it as running text: “• one”. Begin each item with “- ” or “1. ”, or "
        "put an empty line between them. (line 9)",
        "Readers get the text, but no link, because this site does not know its kind of address: foo:1 (line 11)",
    ]
