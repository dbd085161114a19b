"""Import of a Hugo tree without history."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pages.history.verification import find_problems
from pages.hugo.importing.tree_import import import_tree
from pages.models import Page, Picture, PublicationRecord, Revision, SiteCounter, Version
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.page_tree import set_position
from pages.publishing.redactions import redact
from pages.publishing.reverts import revert
from pages.text.source import digest
from tests.building import EDITOR, make_fields, texts_by_language
from tests.reports import reasons, summarised, summary
from tests.trees import SVG, markdown, write_tree

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2024, 6, 2, 12, tzinfo=UTC)


def write_and_import(root, files=(), now=NOW):
    """Add files to a tree and import the tree."""
    return import_tree(write_tree(root, dict(files)), by=system_actor("import"), now=now)


def everything():
    """Return everything that an import can change."""
    models = (Page, Revision, Version, PublicationRecord, Picture, SiteCounter)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_import_publishes_texts_with_their_dates_and_weights(tmp_path):
    files = {
        "content/en/privacy.md": markdown("Privacy", "One", date="2023-05-15", lastmod="2024-04-29"),
        "content/ru/privacy.md": markdown("Приватность", "Один", date="2024-04-29", weight="4"),
        "content/en/terms/_index.md": markdown("Terms", "Terms", weight="7"),
    }
    report = write_and_import(tmp_path, files)
    assert summary(report) == summarised(pages=2, versions=2)
    assert report.is_complete
    privacy, terms = Page.objects.order_by("path")
    assert (privacy.path, privacy.weight, terms.path, terms.weight) == ("privacy", 0, "terms", 7)
    version = privacy.versions.get()
    assert (version.published_at, sorted(texts_by_language(version))) == (
        datetime(2024, 4, 29, tzinfo=UTC),
        ["en", "ru"],
    )
    assert terms.versions.get().published_at == NOW


def test_date_without_a_time_is_midnight_in_the_sites_time_zone(tmp_path, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    write_and_import(tmp_path, {"content/en/privacy.md": markdown("Privacy", "One", lastmod="2024-04-29")})
    assert Version.objects.get().published_at == datetime(2024, 4, 28, 22, tzinfo=UTC)


def test_languages_with_different_dates_become_successive_versions(tmp_path):
    files = {
        "content/en/privacy.md": markdown("Privacy", "One", lastmod="2024-04-29"),
        "content/ru/privacy.md": markdown("Приватность", "Один", lastmod="2024-05-01"),
    }
    assert summary(write_and_import(tmp_path, files)) == summarised(pages=1, versions=2)
    first, second = (texts_by_language(version) for version in Version.objects.order_by("number"))
    assert (sorted(first), sorted(second), second["ru"].based_on) == (["en"], ["en", "ru"], 2)


def test_second_import_changes_nothing(tmp_path):
    files = {
        "content/en/_index.md": markdown("Home", "![a](/a.svg)"),
        "content/en/privacy.md": markdown("Privacy", "One", lastmod="2024-04-29", weight="3"),
        "content/ru/privacy.md": markdown("Приватность", "Один", draft="true"),
        "content/en/legal/history.md": markdown("History", "Two"),
        "static/a.svg": SVG,
    }
    write_and_import(tmp_path, files)
    before = everything()
    again = write_and_import(tmp_path, now=LATER)
    assert everything() == before
    renamed = "renamed: content/en/legal/history.md: → /legal/history-page/, because the name is reserved"
    draft = "draft: content/ru/privacy.md: its front matter has draft: true."
    assert summary(again) == summarised(renamed, draft, unchanged=3)


def test_changed_file_makes_a_new_version_of_its_page_only(tmp_path):
    names = ("content/en/privacy.md", "content/en/terms.md")
    write_and_import(tmp_path, {name: markdown("Title", "One", date="2024-01-01") for name in names})
    report = write_and_import(tmp_path, {names[0]: markdown("Title", "Two", date="2024-01-01")}, now=LATER)
    assert summary(report) == summarised(versions=1, unchanged=1)
    versions = Version.objects.order_by("page__path", "number").values_list("page__path", "number", "published_at")
    new_year = datetime(2024, 1, 1, tzinfo=UTC)
    assert list(versions) == [("privacy", 1, new_year), ("privacy", 2, LATER), ("terms", 1, new_year)]


def test_removed_file_changes_nothing(tmp_path):
    write_and_import(tmp_path, {"content/en/privacy.md": "One", "content/en/terms.md": "Two"})
    (tmp_path / "content/en/privacy.md").unlink()
    before = everything()
    assert summary(write_and_import(tmp_path, now=LATER)) == summarised(unchanged=1)
    assert everything() == before


def test_missing_sections_are_created_as_pages_without_versions(tmp_path, client):
    assert summary(write_and_import(tmp_path, {"content/ru/legal/eu/privacy.md": "Один"})) == summarised(
        pages=1, versions=1
    )
    page = Page.objects.get(path="legal/eu/privacy")
    assert (page.parent.path, page.parent.parent.path, page.parent.parent.parent) == ("legal/eu", "legal", None)
    assert [client.get(f"/ru/{path}/").status_code for path in ("legal", "legal/eu", "legal/eu/privacy")] == [
        404,
        404,
        200,
    ]


def test_section_that_gets_a_text_later_stays_the_same_page(tmp_path):
    write_and_import(tmp_path, {"content/en/legal/privacy.md": "One"})
    section = Page.objects.get(path="legal")
    assert summary(write_and_import(tmp_path, {"content/en/legal/_index.md": "Legal"})) == summarised(
        versions=1, unchanged=1
    )
    assert section.versions.count() == 1


def test_index_of_the_language_folder_becomes_the_home_page(tmp_path, client):
    write_and_import(tmp_path, {"content/en/_index.md": markdown("Home", "Welcome")})
    assert Page.objects.get().slug == ""
    assert client.get("/index.md").content.endswith(b"Welcome\n")


@pytest.mark.parametrize(
    ("config", "languages", "expected"),
    [
        ('defaultContentLanguage = "ru"', ["de", "en", "ru"], "ru"),
        ('defaultContentLanguage = "fr"', ["de", "en", "ru"], "en"),
        ("", ["de", "en", "ru"], "en"),
        ("", ["ru", "de"], "de"),
        ("", ["ru", "de", "en-US", "fr"], "en-us"),
    ],
)
def test_source_language_is_the_configs_default_else_the_first_served_else_the_first(
    tmp_path, config, languages, expected
):
    files = {f"content/{language}/privacy.md": "Text" for language in languages}
    write_and_import(tmp_path, {"hugo.toml": config, **files})
    assert Page.objects.get().source_language == expected


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("admin.md", "/admin-page/"),
        ("ru.md", "/ru-page/"),
        ("history/_index.md", "/history-page/"),
        ("legal/v/index.md", "/legal/v-page/"),
        ("changes/upcoming.md", "/changes-page/upcoming-page/"),
        ("v1.0.md", "/v1-0-page/"),
    ],
)
def test_reserved_name_gets_a_suffix_and_is_reported(tmp_path, client, name, address):
    report = write_and_import(tmp_path, {f"content/en/{name}": "Text"})
    assert summary(report) == summarised(
        f"renamed: content/en/{name}: → {address}, because the name is reserved", pages=1, versions=1
    )
    assert client.get(address).status_code == 200


def test_name_with_a_dot_is_only_reserved_at_the_root(tmp_path, client):
    assert write_and_import(tmp_path, {"content/en/legal/v1.0.md": "Text"}).lines == []
    assert client.get("/legal/v1.0/").status_code == 200


def test_files_with_errors_are_skipped_and_the_others_are_imported(tmp_path):
    files = {
        "content/en/broken.md": "---\ntitle: [\n---\n",
        "content/en/empty.md": "",
        "content/en/+.md": "Text",
        "content/en/privacy.md": "Text",
        "content/ru/privacy.md": f"{'ж' * 131072}!",
    }
    report = write_and_import(tmp_path, files)
    assert not report.is_complete
    assert reasons(report) == {
        "content/en/broken.md": ["The front matter is not valid YAML: line 3: did not find expected node content."],
        "content/en/empty.md": ["it is empty."],
        "content/en/+.md": ["'+' has no characters that are allowed in an address."],
        "content/ru/privacy.md": ["its text has 262145 bytes; the limit is 262144."],
    }
    assert [page.path for page in Page.objects.all()] == ["privacy"]
    assert sorted(texts_by_language(Version.objects.get())) == ["en"]


def test_second_file_of_a_text_is_skipped(tmp_path):
    names = ["privacy/_index.md", "privacy/index.md", "privacy.md", "v-page.md", "v.md"]
    report = write_and_import(tmp_path, {f"content/en/{name}": f"Text of {name}" for name in names})
    assert reasons(report) == {
        "content/en/privacy.md": ["content/en/privacy/_index.md already has the text of this page."],
        "content/en/privacy/index.md": ["content/en/privacy/_index.md already has the text of this page."],
    }
    assert [page.path for page in Page.objects.order_by("path")] == ["privacy", "v-page", "v-page-2"]
    assert reasons(report, LineKind.RENAMED)["content/en/v.md"][-1] == "→ /v-page-2/, because another page has /v-page/"


def test_pictures_are_stored_byte_for_byte_and_shown(tmp_path, client):
    files = {"content/en/privacy/index.md": "![a](/a.svg) ![b](b.svg)", "static/a.svg": SVG}
    assert write_and_import(tmp_path, {**files, "content/en/privacy/b.svg": SVG + b"\n"}).is_complete
    pictures = texts_by_language(Version.objects.get())["en"].pictures
    assert sorted(pictures) == ["/a.svg", "b.svg"]
    response = client.get(f"/media/{pictures['b.svg']}")
    assert (response.content, response["Content-Type"]) == (SVG + b"\n", "image/svg+xml")
    assert f'src="/media/{pictures["b.svg"]}"' in client.get("/privacy/").content.decode()


def test_missing_or_invalid_picture_is_reported_and_its_text_is_imported(tmp_path):
    body = "![a](/missing.svg) ![b](/page.html) ![c](https://example.org/c.svg) ![d](/d.svg)"
    report = write_and_import(tmp_path, {"content/en/privacy.md": body, "static/page.html": "<p>", "static/d.svg": SVG})
    assert reasons(report) == {
        "content/en/privacy.md": [
            "picture /missing.svg: there is no such file in the tree.",
            "picture /page.html: it is not a picture that browsers can show.",
            "picture https://example.org/c.svg: it is on another host, and readers see its description instead.",
        ]
    }
    assert (report.counts["versions"], report.is_complete) == (1, False)
    assert list(texts_by_language(Version.objects.get())["en"].pictures) == ["/d.svg"]


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


def test_file_that_is_stored_elsewhere_is_named(tmp_path):
    annexed = "../.git/annex/objects/x1/y2/SHA256E-s1--a.md/SHA256E-s1--a.md"
    files = {"content/en/a.md": "![a](/a.svg)", "static/a.svg": POINTER, "content/en/b.md": POINTER}
    report = write_and_import(tmp_path, {**files, "content/en/c.md": annexed, "content/en/d.md": f"See {annexed}"})
    reason = "its content is stored elsewhere, by Git LFS or git-annex, and is not imported."
    assert reasons(report) == {
        "content/en/a.md": [f"picture /a.svg: {reason}"],
        "content/en/b.md": [reason],
        "content/en/c.md": [reason],
    }
    assert [page.path for page in Page.objects.order_by("path")] == ["a", "d"]


HUGO_DATES = "[frontmatter]\nlastmod = ['checked', ':default']\ndate = [':filename', 'created']\n"


@pytest.mark.parametrize(
    ("front_matter", "config", "day"),
    [
        ({"modified": "2021-01-02"}, {}, 2),
        ({"modified": "2021-01-02", "lastmod": "2021-01-03"}, {}, 3),
        ({"modified": "2021-01-02", "date": "2021-01-03"}, {}, 2),
        ({"publishDate": "2021-01-02"}, {}, 2),
        ({"published": "true", "date": "2021-01-03"}, {}, 3),
        ({"updated": "2021-01-02", "date": "2021-01-03"}, {}, 2),
        ({"last_modified_at": "2021-01-02", "date": "2021-01-03"}, {"_config.yml": "title: x"}, 2),
        ({"updated": "version 2", "date": "2021-01-03"}, {}, 3),
        ({"updated": "2021-01-02", "date": "2021-01-03"}, {"hugo.toml": ""}, 3),
        ({"updated": "2021-01-02", "date": "2021-01-03"}, {"config.toml": "base_url = '/'"}, 2),
        ({"checked": "2021-01-02", "lastmod": "2021-01-03"}, {"hugo.toml": HUGO_DATES}, 2),
        ({"lastmod": "2021-01-03"}, {"hugo.toml": HUGO_DATES}, 3),
        ({"created": "2021-01-02"}, {"hugo.toml": HUGO_DATES}, 4),
        ({"weight": "1"}, {"hugo.toml": HUGO_DATES}, 4),
    ],
)
def test_text_is_dated_by_the_keys_of_its_generator(tmp_path, front_matter, config, day):
    write_and_import(tmp_path, {"content/2021-01-04-a.md": markdown("A", "Text.", **front_matter), **config})
    assert Version.objects.get().effective_at == datetime(2021, 1, day, tzinfo=UTC)


def test_unreadable_picture_is_reported_and_its_text_is_imported(tmp_path, monkeypatch):
    read_bytes = Path.read_bytes

    def refuse_pictures(path):
        if path.suffix == ".svg":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse_pictures)
    files = {"content/en/a.md": "![a](/a.svg)", "content/en/b.md": "Text", "static/a.svg": SVG}
    report = write_and_import(tmp_path, files)
    reason = "picture /a.svg: it cannot be read: it is too long, or missing."
    assert reasons(report) == {"content/en/a.md": [reason]}
    assert [page.path for page in Page.objects.order_by("path")] == ["a", "b"]


def test_changed_picture_makes_a_new_version_and_the_old_version_keeps_its_picture(tmp_path, client):
    files = {f"content/{language}/privacy.md": "![a](/a.svg)" for language in ("en", "ru")}
    write_and_import(tmp_path, {**files, "content/en/terms.md": "Text", "static/a.svg": SVG})
    assert summary(write_and_import(tmp_path, {"static/a.svg": SVG + b"\n"}, now=LATER)) == summarised(
        versions=1, unchanged=1
    )
    for number, content in ((1, SVG), (2, SVG + b"\n")):
        version = texts_by_language(Version.objects.get(page__path="privacy", number=number))
        assert {client.get(f"/media/{row.pictures['/a.svg']}").content for row in version.values()} == {content}


def test_draft_is_not_published_but_reported(tmp_path, client):
    report = write_and_import(tmp_path, {"content/en/privacy.md": markdown("Privacy", "One", draft="true")})
    assert summary(report) == summarised("draft: content/en/privacy.md: its front matter has draft: true.", pages=1)
    assert (report.is_complete, client.get("/privacy/").status_code) == (True, 404)
    assert Page.objects.get().draft_text("en")["body"] == "One"


def test_page_that_was_edited_on_this_site_gets_a_draft_revision_and_is_reported(tmp_path, client):
    write_and_import(tmp_path, {"content/en/privacy.md": "One"})
    save_draft(Page.objects.get(), {"en": make_fields("Here")}, by=system_actor("Ann"), now=NOW)
    report = write_and_import(tmp_path, {"content/en/privacy.md": "Two"}, now=LATER)
    assert summary(report) == summarised("draft revision: content/en/privacy.md")
    assert not report.is_complete
    assert client.get("/privacy/index.md").content == b"One"
    assert bytes(Revision.objects.get(is_draft_head=False).source) == b"Two"


def test_import_of_unchanged_files_after_a_revert_changes_nothing(tmp_path, client):
    write_and_import(tmp_path, {"content/en/privacy.md": "One"})
    write_and_import(tmp_path, {"content/en/privacy.md": "Two"})
    page, first = Page.objects.get(), Version.objects.get(number=1)
    revert(page, first, ["en"], by=system_actor("Ann"), now=NOW, significance={"en": "major"}, notes={"en": "Back."})
    before = everything()
    assert summary(write_and_import(tmp_path, now=LATER)) == summarised(unchanged=1)
    assert everything() == before
    assert client.get("/privacy/index.md").content == b"One"


@pytest.mark.parametrize("language", ["de", "eo"])
def test_language_that_is_not_served_is_imported_and_reported(tmp_path, client, language):
    content = markdown("Titolo", "Unu").encode()
    report = write_and_import(tmp_path, {"content/en/privacy.md": "One", f"content/{language}/privacy.md": content})
    assert list(reasons(report, LineKind.LANGUAGE)) == [language]
    assert report.counts == {"pages": 1, "versions": 1, "changed": 1, "unchanged": 0}
    assert report.is_complete
    assert bytes(texts_by_language(Version.objects.get())[language].revision.source) == content
    assert [client.get(f"{start}/privacy/").status_code for start in ("", f"/{language}")] == [200, 302]
    assert client.get(f"/{language}/privacy/v/1/index.md").content == content


@pytest.mark.parametrize("language", ["de", "eo"])
def test_page_in_a_language_that_is_not_served_is_shown_in_that_language(tmp_path, client, language):
    write_and_import(tmp_path, {f"content/{language}/privacy.md": markdown("Titolo", "Unu")})
    assert client.get("/privacy/history/").status_code == 200
    for address in ("/privacy/", "/ru/privacy/", "/"):
        assert f'lang="{language}"' in client.get(address).content.decode()


def test_weight_set_by_an_editor_stays_until_the_file_changes(tmp_path):
    name = "content/en/privacy.md"
    write_and_import(tmp_path, {name: markdown("Privacy", "One", weight="3")})
    set_position(Page.objects.get(), weight=9, by=EDITOR, now=NOW)
    write_and_import(tmp_path, now=LATER)
    assert Page.objects.get().weight == 9
    write_and_import(tmp_path, {name: markdown("Privacy", "Two", weight="3")}, now=LATER)
    assert Page.objects.get().weight == 3


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"---\r\ntitle: Privacy\r\n---\r\n\r\nOne\r\nTwo", id="CRLF"),
        pytest.param(b"\xef\xbb\xbf---\ntitle: Privacy\n---\n\nOne\n", id="byte order mark"),
        pytest.param(b"---\ntitle: Privacy\n---\n\nOne \x00\n", id="NUL"),
        pytest.param(b"\n\nOne  \n\n\n", id="blank lines without front matter"),
        pytest.param(b"---\rtitle: Privacy\r---\r\rOne\r", id="CR only"),
    ],
)
def test_index_md_returns_the_imported_bytes(tmp_path, client, content):
    write_and_import(tmp_path, {"content/en/privacy.md": content, "content/ru/privacy/index.md": content + b"!"})
    for address, expected in (("/privacy", content), ("/ru/privacy", content + b"!"), ("/privacy/v/1", content)):
        response = client.get(f"{address}/index.md")
        assert (response.status_code, response.content) == (200, expected)
        assert response["Content-Type"] == "text/markdown; charset=utf-8"


def test_notes_are_stored_with_the_versions(tmp_path):
    import_tree(
        write_tree(tmp_path, {"content/en/a.md": "One"}),
        by=system_actor("import"),
        now=NOW,
        notes={"en": "The first."},
    )
    assert texts_by_language(Version.objects.get())["en"].change_note == "The first."


def test_author_and_actor_are_those_of_the_import(tmp_path):
    write_and_import(tmp_path, {"content/en/a.md": "One"})
    assert (Revision.objects.get().author, PublicationRecord.objects.get(kind="publish").actor_name) == (
        "import",
        "import",
    )


def test_uploaded_picture_is_imported_with_its_digest(tmp_path, client):
    png = b"\x89PNG\r\n\x1a\n and so on"
    name = digest(png)
    report = write_and_import(tmp_path, {"content/en/privacy.md": f"![a](/media/{name})", f"static/media/{name}": png})
    assert report.is_complete
    response = client.get(f"/media/{name}")
    assert (response.content, response["Content-Type"]) == (png, "image/png")


def test_pages_with_negative_weights_are_the_first_of_their_siblings(tmp_path, client):
    write_and_import(
        tmp_path,
        {
            "content/en/a.md": markdown("A", "One", weight="1"),
            "content/en/b.md": markdown("B", "One", weight="-5"),
            "content/en/c.md": markdown("C", "One"),
            "content/en/d.md": markdown("D", "One", weight="-50"),
        },
    )
    assert [page.path for page in Page.objects.in_sibling_order()] == ["d", "b", "a", "c"]
    html = client.get("/").content.decode()
    assert sorted("abcd", key=lambda slug: html.index(f'href="/{slug}/"')) == ["d", "b", "a", "c"]


CONTENTS = """See <!-- internal: ask the lawyers --> below

<!--more-->

## Rights {.no_toc}

## R {.x #right}

Text
{: #top .x}

H<sub>2</sub>O<br>and https://example.org, mail@example.org <b>bold</b> {{< x >}}

- [ ] a

Term
: text

> [!NOTE]
> Body

<table><tr><td colspan=2>cell</td></tr></table>

<details><summary>More</summary>hidden</details>
"""


def test_contents_are_shown_as_on_the_source_site_and_the_rest_is_named(tmp_path, client):
    log = write_and_import(
        tmp_path, {"content/en/a.md": markdown("A", CONTENTS), "content/ru/a.md": markdown("A", CONTENTS)}
    )
    page = client.get("/a/").content.decode()
    for part in (
        '<h2 id="rights">',
        '<h2 id="right">',
        '<a id="top"></a>Text',
        "H<sub>2</sub>O<br>",
        '<a href="https://example.org">https://example.org</a>',
        '<a href="mailto:mail@example.org">mail@example.org</a> bold',
        '<li class="task">☐ a</li>',
        "<dt>Term</dt>\n<dd>text</dd>",
        '<blockquote class="alert-note">\n<p><strong>Note</strong></p>',
        '<td colspan="2">cell</td>',
        "<details>\n<summary>More</summary>\n<p>hidden</p>",
    ):
        assert part in page
    for part in ("internal", "more--", "{.", "{:", "{{", "[!", "[ ]"):
        assert part not in page
    assert "<strong>Примечание</strong>" in client.get("/ru/a/").content.decode()
    notes = [line.message for line in log.lines if line.subject == "content/en/a.md"]
    assert notes == [
        "2 comments are hidden from readers, except in the file that they can download: line 5, line 7",
        "1 Hugo shortcode is left out: x (line 16)",
        "1 HTML tag is left out, but not its text: b (line 16)",
        "3 attribute lists have no effect, apart from ids: .no_toc (line 9), .x #right (line 11), #top .x (line 14)",
    ]


@pytest.mark.parametrize(
    "date",
    [
        *("2021-03-04 10:00:00 UTC", "04 Mar 2021 ", "Thu, 04 Mar 2021 10:00:00 GMT", "Thu Mar  4 10:00:00 2021"),
        *("1614852000", "2021-03-04T10:00:00+00:00", "0001-01-01\nlastmod: 2021-03-04"),
    ],
)
def test_dates_of_hugo_and_jekyll_date_the_version(tmp_path, date):
    write_and_import(tmp_path, {"content/en/a.md": markdown("A", "One", date=date)})
    assert str(Version.objects.get().published_at.date()) == "2021-03-04"


def test_date_that_means_none_is_that_of_the_import(tmp_path):
    write_and_import(tmp_path, {"content/en/a.md": markdown("A", "One", date="0001-01-01T00:00:00Z")})
    assert Version.objects.get().published_at == NOW


def test_text_that_is_mounted_below_the_content_is_named(tmp_path):
    mount = "[[module.mounts]]\nsource = '{}'\ntarget = '{}'\n"
    files = {
        "hugo.toml": mount.format("content", "content") + mount.format("legal", "content/legal"),
        "content/a.md": markdown("A", "One"),
        "legal/b.md": markdown("B", "Two"),
    }
    log = write_and_import(tmp_path, files)
    assert ("legal/b.md", "the config mounts it below the content, where it is not read.") in [
        (line.subject, str(line.message)) for line in log.lines
    ]


def test_text_that_was_redacted_is_not_stored_again(tmp_path):
    secret = {"content/en/privacy.md": markdown("Secret title", "Secret words")}
    write_and_import(tmp_path, secret)
    write_and_import(tmp_path, {"content/en/privacy.md": markdown("Privacy", "One")}, LATER)
    texts = texts_by_language(Version.objects.get(number=1))
    redact([texts["en"].revision.digest], reasons={"en": "A name."}, by=EDITOR, now=LATER)
    write_and_import(tmp_path, secret, LATER)
    newest = texts_by_language(Version.objects.get(number=3))["en"].revision
    assert (newest.digest, newest.is_redacted, newest.title) == (texts["en"].revision.digest, True, "")
    assert "Secret" not in str(everything())
    assert list(find_problems()) == []
