"""Links between the files of an imported site lead to the pages, wherever these are now."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pages.hugo.importing.tree_import import import_tree
from pages.models import Page
from pages.publishing.actors import system_actor
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, make_page, publish_bodies
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
TERMS = "content/en/legal/terms.md"


def publish(root, files, **options):
    texts = {
        name: content if content.startswith("---") else markdown("Title", content) for name, content in files.items()
    }
    return import_tree(write_tree(root, texts), by=system_actor("import_hugo"), now=NOW, **options)


def links(client, address):
    article = re.search("<article.*?</article>", client.get(address).content.decode(), re.DOTALL)[0]
    return [
        href for href in re.findall('<a href="([^"]*)"', article) if not href.startswith(("#", f"{address}history"))
    ]


def link(client, root, reference, *, name="content/en/legal/privacy.md", address="/legal/privacy/", files=()):
    """Return where a link in a text leads, next to files with the texts of other pages."""
    publish(root, {name: f"[x]({reference})", TERMS: "Terms.", "content/en/imprint.md": "Imprint.", **dict(files)})
    return links(client, address)[-1]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("terms.md", "/legal/terms/"),
        ("./terms.md", "/legal/terms/"),
        ("../legal/terms.md#rights", "/legal/terms/#rights"),
        ("../imprint.md", "/imprint/"),
        ("/legal/terms.md", "/legal/terms/"),
        ("/imprint.md", "/imprint/"),
        ("../imprint.md?x=1", "/imprint/"),
        ('{{< ref "terms.md" >}}', "/legal/terms/"),
        ('{{< relref "/legal/terms.md#a" >}}', "/legal/terms/#a"),
        ('{{% ref "terms" %}}', "/legal/terms/"),
        ('{{< ref "imprint.md" >}}', "/imprint/"),
        ('{{< ref "/imprint" >}}', "/imprint/"),
        ("terms.pdf", "/legal/privacy/terms.pdf"),
        ("missing.md", "/legal/privacy/missing.md"),
        ("../missing.md", "/legal/missing.md"),
        ("https://example.org/terms.md", "https://example.org/terms.md"),
        ("//example.org/terms.md", "//example.org/terms.md"),
        ("terms/", "/legal/privacy/terms/"),
    ],
)
def test_link_to_a_file_leads_to_its_page(tmp_path, client, reference, expected):
    assert link(client, tmp_path, reference) == expected


@pytest.mark.parametrize(
    ("name", "address", "reference", "expected"),
    [
        ("content/en/legal/_index.md", "/legal/", "terms.md", "/legal/terms/"),
        ("content/en/a/index.md", "/a/", "../legal/terms.md", "/legal/terms/"),
        ("content/en/a b.md", "/a-b/", "legal/terms.md", "/legal/terms/"),
        ("content/en/x.md", "/x/", "%D1%8F%20b.md", "/%D1%8F-b/"),
        ("content/en/x.md", "/x/", "own.md", "/elsewhere/"),
        ("content/en/x.md", "/x/", "section/_index.md", "/section/"),
    ],
)
def test_file_names_follow_the_rules_of_hugo(tmp_path, client, name, address, reference, expected):
    files = {
        "content/en/я b.md": "Text.",
        "content/en/own.md": markdown("Own", "Text.", url="/elsewhere/"),
        "content/en/section/_index.md": "Section.",
    }
    assert link(client, tmp_path, reference, name=name, address=address, files=files) == expected


def test_link_leads_to_the_page_in_the_language_of_the_reader(tmp_path, client):
    files = {
        "content/privacy.en.md": "[x](terms.md)",
        "content/privacy.ru.md": "[x](terms.md) [y](terms.ru.md)",
        "content/terms.en.md": "Terms.",
        "content/terms.ru.md": "Условия.",
    }
    publish(tmp_path, files)
    assert links(client, "/privacy/")[-1] == "/terms/"
    assert links(client, "/ru/privacy/")[-2:] == ["/ru/terms/", "/ru/terms/"]


def test_link_follows_the_page_and_stays_after_an_edit_on_this_site(tmp_path, client):
    assert link(client, tmp_path, "terms.md") == "/legal/terms/"
    terms, privacy = (Page.objects.get(path=f"legal/{slug}") for slug in ("terms", "privacy"))
    move(terms, slug="tos", parent=None, by=EDITOR, now=NOW)
    assert links(client, "/legal/privacy/")[-1] == "/tos/"
    publish_bodies(terms, {"en": "New terms."}, NOW + timedelta(days=1))
    publish_bodies(privacy, {"en": "New text. [x](terms.md)"}, NOW + timedelta(days=1))
    assert links(client, "/legal/privacy/")[-1] == "/tos/"
    assert links(client, "/legal/privacy/v/1/")[-1] == "/tos/"


def test_link_leads_to_a_page_as_soon_as_it_is_public(tmp_path, client):
    assert link(client, tmp_path, "later.md") == "/legal/privacy/later.md"
    publish(tmp_path, {"content/en/legal/later.md": "Later."})
    assert links(client, "/legal/privacy/")[-1] == "/legal/later/"
    withdraw(Page.objects.get(path="legal/later"), by=EDITOR, now=NOW, reasons={"en": "Gone."})
    assert links(client, "/legal/privacy/")[-1] == "/legal/privacy/later.md"


def test_link_does_not_reveal_the_address_of_a_draft(tmp_path, client):
    draft = markdown("Draft", "Secret.", draft="true", url="/secret/")
    assert link(client, tmp_path, "draft.md", files={"content/en/legal/draft.md": draft}) == "/legal/privacy/draft.md"
    assert Page.objects.filter(path="secret").exists()


def test_name_that_several_pages_have_is_not_resolved(tmp_path, client):
    files = {"content/en/a/other.md": "A.", "content/en/b/other.md": "B."}
    assert link(client, tmp_path, '{{< ref "other.md" >}}', files=files) == "/legal/privacy/other.md"


def test_text_that_was_never_in_a_file_has_no_files_next_to_it(client):
    publish_bodies(make_page("policy"), {"en": "[x](terms.md)"}, NOW)
    assert links(client, "/policy/")[-1] == "/policy/terms.md"


def test_source_keeps_its_bytes_and_the_preview_shows_the_same_link(tmp_path, client, admin_client):
    link(client, tmp_path, "terms.md")
    assert b"[x](terms.md)" in client.get("/legal/privacy/index.md").content
    page = Page.objects.get(path="legal/privacy")
    preview = admin_client.get(f"/admin/pages/page/{page.pk}/preview/en/").content.decode()
    assert 'href="/legal/terms/">x</a>' in preview


def test_text_without_such_links_costs_no_query(tmp_path, client):
    publish(tmp_path, {"content/en/a.md": "Text.", "content/en/b.md": "[x](a.md)"})
    numbers = []
    for address in ("/a/", "/b/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        numbers.append(sum('."file_name" IN (' in query["sql"] for query in queries))
    assert numbers[0] == 0 < numbers[1]
