"""Tests of the checks of a text before it is published."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pages.models import Page
from pages.presentation.editors.publishing_checks import CheckedText, find_draft_findings, find_findings
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.text.checks.findings import FindingKind
from tests.building import EDITOR, add_revision, draft_revision, make_fields, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def page():
    """Return a public page; there are also another public page, one that moved, and one without a version."""
    page = make_page()
    publish_bodies(page, {"en": "## Here\n\nText.", "ru": "## Тут\n\nТекст."}, NOW - timedelta(days=1))
    publish_bodies(make_page("other"), {"en": "## There\n\nText."}, NOW - timedelta(days=1))
    moved = make_page("moved")
    publish_bodies(moved, {"en": "Text."}, NOW - timedelta(days=1))
    move(moved, slug="new", parent=None, by=EDITOR, now=NOW - timedelta(hours=1))
    make_page("draft")
    return page


def find(page, body, *, language="en", pictures=None, at=NOW):
    """Return the findings in a draft that was just saved."""
    save_bodies(page, at, **{language: body})
    revision = draft_revision(page, language)
    if pictures is None:
        return find_draft_findings(page, revision, source_text=None, at=at)
    text = CheckedText(page=page, revision=revision, pictures=pictures, before=None, source_text=None, at=at)
    return find_findings(text)


def findings(page, body, **options):
    return [
        (finding.kind, finding.subject)
        for finding in find(page, body, **options)
        if finding.kind != FindingKind.VANISHED_ANCHOR
    ]


@pytest.mark.parametrize(
    "link",
    [
        "/other/", "/other", "/other/#there", "/ru/other/", "../other/", "/moved/", "/new/", "/", "#here", "/ru/",
        "/privacy-policy/#here", "/privacy-policy/v/1/", "/other/history/", "/feed.atom", "/robots.txt",
        "https://example.org/x", "mailto:a@example.org",
        "#top", "/other/#Top", "/verify/", "/ru/verify/", "https://other.example/nowhere/",
    ],
)  # fmt: skip
def test_link_to_an_existing_address_is_no_finding(page, link):
    assert findings(page, f"## Here\n\n[x]({link})") == []


@pytest.mark.parametrize(
    "link",
    ["/nowhere/", "/draft/", "../nowhere/", "/ru/nowhere/", "/other/v/9/", "/other/nothing/", "/media/" + "0" * 64],
)
def test_broken_link_is_found(page, link):
    resolved = link if link.startswith("/") else "/nowhere/"
    assert findings(page, f"[x]({link})") == [(FindingKind.BROKEN_LINK, resolved)]


@pytest.mark.parametrize(
    "link", ["https://policies.example/nowhere/", "//policies.example/nowhere/", "http://POLICIES.example/nowhere/"]
)
def test_link_with_the_address_of_the_site_is_checked_as_its_path(page, settings, link):
    settings.SITE_URL = "https://policies.example"
    assert findings(page, f"[x]({link})")[0][0] == FindingKind.BROKEN_LINK
    assert findings(page, f"[x]({link.replace('nowhere', 'other')})") == []


def test_link_to_the_page_itself_in_another_language_is_no_finding_before_it_is_published():
    page = make_page("new-page")
    assert findings(page, "[x](/ru/new-page/) [y](/new-page/)") == []
    assert findings(page, "[x](/new-page/v/1/)") == [(FindingKind.BROKEN_LINK, "/new-page/v/1/")]


@pytest.mark.parametrize("link", ["#nowhere", "/other/#nowhere", "/privacy-policy/#nowhere"])
def test_broken_anchor_is_found(page, link):
    assert findings(page, f"[x]({link})") == [(FindingKind.BROKEN_ANCHOR, link)]


def test_link_to_a_file_of_an_imported_site_is_that_to_its_page(page):
    for name, body in (("imported", "## There"), ("target", "## There")):
        content = f"---\ntitle: A\n---\n\n{body}\n".encode()
        options = {"by": EDITOR, "now": NOW, "file_name": f"content/en/{name}.md"}
        imported = make_page(name)
        revision = add_revision(imported, "en", content, make_fields(body), **options)
        publish(imported, {"en": TextToPublish(revision)}, by=EDITOR, now=NOW)
    imported = Page.objects.get(path="imported")
    body = "[a](target.md) [b](target.md#there) [c](target.md#none) [d](absent.md)"
    found = [(finding.kind, finding.subject) for finding in find(imported, body, at=NOW + timedelta(minutes=1))]
    assert (FindingKind.BROKEN_ANCHOR, "/target/#none") in found
    broken = [subject for kind, subject in found if kind == FindingKind.BROKEN_LINK]
    assert broken == ["/imported/absent.md"]


def test_link_to_a_stored_picture_is_no_finding(page):
    digest = store_picture(b"png", "png", now=NOW)
    assert findings(page, f"[x](/media/{digest})") == []


def test_removed_anchors_are_found():
    page = make_page()
    publish_bodies(page, {"en": '## One\n\n## Two\n\n<a name="x"></a>a[^1]\n\n[^1]: b'}, NOW - timedelta(days=1))
    found = find(page, "## Three\n")
    assert [(finding.kind, finding.subject) for finding in found] == [(FindingKind.VANISHED_ANCHOR, "#one, #two, #x")]
    assert [finding.subject for finding in find(page, "## Renamed {#one}\n\n## Two\n")] == ["#x"]


def test_anchor_that_leads_to_another_section_is_found_in_its_line(page):
    section = "## Cookies\n\nOn this site we set one cookie for the session.\n\n"
    publish_bodies(page, {"en": section}, NOW - timedelta(hours=1))
    found = find(page, "Text.\n\n## Cookies\n\nIn the app there are none at all.\n\n" + section)
    assert [(finding.kind, finding.line, finding.subject) for finding in found] == [
        (FindingKind.MOVED_ANCHOR, 3, "#cookies")
    ]


@pytest.mark.parametrize("link", ["/other/", "../../other/", "/other", "/other/#there"])
def test_link_to_another_language_is_found_with_the_right_address(page, link):
    other = Page.objects.get(path="other")
    assert findings(page, f"[x]({link})", language="ru") == []
    publish_bodies(other, {"ru": "## There\n\nТекст."}, NOW - timedelta(hours=1))
    [finding] = [found for found in find(page, f"a\n[x]({link})", language="ru") if found.line]
    assert (finding.kind, finding.line) == (FindingKind.OTHER_LANGUAGE, 2)
    assert "Readers of this text can have /ru/other/." in finding.message


def test_links_to_ones_own_language_and_to_translations_of_the_page_are_no_finding(page):
    other = Page.objects.get(path="other")
    publish_bodies(other, {"ru": "## There\n\nТекст."}, NOW - timedelta(hours=1))
    body = "[a](/ru/other/) [b](../other/) [in English](/privacy-policy/)"
    assert findings(page, body, language="ru") == []


def test_findings_have_their_lines(page):
    body = "Last updated: 3 May 2024\n\n![](/a.png) ![far](/b.png)\n[x](/nowhere/)\n\n<!-- a -->\n"
    found = find(page, body, pictures={"/a.png": "1" * 64})
    assert [(finding.kind, finding.line, finding.subject) for finding in found] == [
        (FindingKind.MISSING_PICTURE, 3, "/b.png"),
        (FindingKind.BROKEN_LINK, 4, "/nowhere/"),
        (FindingKind.COMMENT, 6, ""),
        (FindingKind.MISSING_ALTERNATIVE, 3, "/a.png"),
        (FindingKind.HARD_CODED_DATE, 1, "Last updated: 3 May 2024"),
    ]


@pytest.mark.parametrize(
    ("body", "line"), [("a\n\nDescribe this policy in one sentence.\n\nb", 3), ("price \u202e001", 1)]
)
def test_starter_text_and_changed_direction_prevent_publishing(page, body, line):
    [finding] = [finding for finding in find(page, body) if finding.blocks]
    assert finding.line == line
    with pytest.raises(ValidationError):
        publish_bodies(page, {"en": body}, NOW)


def test_translation_is_compared_with_the_source_text_that_it_reflects(page):
    source = save_bodies(page, NOW, en="## Here\n\nWe keep logs for 30 days.")["en"]
    save_bodies(page, NOW, ru="## Тут\n\nМы храним журналы 14 дней.")
    [finding] = find_draft_findings(page, draft_revision(page, "ru"), source_text=source, at=NOW)
    assert (finding.kind, finding.line, finding.blocks) == (FindingKind.PARITY, 3, False)
    assert finding.message == "In this section the source text has “30 days”, and the translation has “14 дней”."
