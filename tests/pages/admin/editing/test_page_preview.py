"""The preview of drafts in the public templates, for editors only."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.publishing.page_events import withdraw
from pages.publishing.versions import publish
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_to_publish

pytestmark = pytest.mark.django_db
BODY = "Text *drafttoken*.\n\n## First\n\n[Away](other/)\n\n## Second\n\n- one\n- two"


@pytest.fixture
def page():
    """Return a published page with a newer English draft and no Russian text."""
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en=BODY)
    return page


def preview_url(page, language: str = "en", query: str = "") -> str:
    return reverse("admin:pages_page_draft_preview", args=[page.pk, language]) + query


def article(html: str) -> str:
    """Return the article without its version and the notices about it, which a draft does not have."""
    match = re.search(r"<article.*?</article>", html, re.DOTALL)[0]
    return re.sub(r'(data-version="\d+")|(<div class="(version-line|notices)".*?</div>)', "", match, flags=re.DOTALL)


def test_preview_is_what_readers_get_after_publishing(admin_client, client, page):
    save_bodies(page, timezone.now(), ru="Перевод.\n\n## Раз\n\n## Два")
    child = make_page("child", parent=page)
    publish_bodies(child, {"en": "Child."}, timezone.now())
    shown = {language: admin_client.get(preview_url(page, language)).content.decode() for language in ("en", "ru")}
    publish(page, texts_to_publish(page, ["en", "ru"]), by=EDITOR, now=timezone.now(), notes={"en": "n", "ru": "n"})
    for language, prefix in (("en", ""), ("ru", "/ru")):
        html = client.get(f"{prefix}/privacy-policy/").content.decode()
        assert article(shown[language]) == article(html)
        assert f'<html lang="{language}"' in shown[language]
        # So are the lists and the navigation around the article.
        for part in ('<ul class="page-list">', '<nav class="section-nav"', '<nav class="breadcrumb"'):
            assert re.search(f"{part}.*?</(ul|nav)>", shown[language], re.DOTALL)[0] in html


def test_preview_has_a_banner_and_is_neither_cached_nor_indexed(admin_client, page):
    response = admin_client.get(preview_url(page))
    html = response.content.decode()
    assert "Draft: readers do not see this." in html
    assert '<meta name="robots" content="noindex">' in html
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers
    conditional = admin_client.get(preview_url(page), headers={"if-none-match": "*", "if-modified-since": "x"})
    assert conditional.status_code == 200


def test_language_without_a_draft_shows_the_source_text(admin_client, page):
    html = admin_client.get(preview_url(page, "ru")).content.decode()
    assert "drafttoken" in html
    assert '<article lang="en"' in html
    assert "На этом языке текста страницы нет" in html
    assert admin_client.get(preview_url(page, "ru")).headers["Content-Language"] == "ru"


def test_banner_is_in_the_editors_language(admin_client, page):
    html = admin_client.get(preview_url(page, "en"), headers={"accept-language": "ru"}).content.decode()
    assert "Черновик: читатели этого не видят." in html
    assert '<html lang="en"' in html


def test_earlier_revision_can_be_previewed(admin_client, page):
    first = page.revisions.order_by("pk").first()
    html = admin_client.get(preview_url(page, query=f"?revision={first.pk}")).content.decode()
    assert "<p>English.</p>" in html
    assert "drafttoken" not in html
    assert f"Draft r{first.pk}, saved by Ann" in html


def test_revisions_of_other_pages_and_languages_are_not_found(admin_client, page):
    other = make_page("terms")
    save_bodies(other, timezone.now(), en="Other.", ru="Другое.")
    save_bodies(page, timezone.now(), ru="Перевод.")
    wrong_keys = [draft_revision(other, "en").pk, draft_revision(page, "ru").pk, "x", "9" * 30, "", "0"]
    for key in wrong_keys:
        assert admin_client.get(preview_url(page, query=f"?revision={key}")).status_code == 404
    assert admin_client.get(preview_url(page, "de")).status_code == 404
    assert admin_client.get(preview_url(page, "xx")).status_code == 404


def test_never_published_page_is_shown_with_its_navigation(admin_client, page):
    child = make_page("child", parent=page)
    save_bodies(child, timezone.now(), en="Child.")
    html = admin_client.get(preview_url(child)).content.decode()
    assert '<span aria-current="page" lang="en" dir="ltr">Privacy policy</span>' in html
    assert f'<a href="{page.get_absolute_url()}"' in html


def test_page_without_texts_gets_a_message(admin_client):
    response = admin_client.get(preview_url(make_page()))
    assert response.status_code == 404
    html = response.content.decode()
    assert "This page has no text yet." in html
    assert '<html lang="en" dir="ltr">' in html
    assert '<h1 dir="auto">Preview</h1>' in html


@pytest.mark.parametrize("is_published", [True, False])
def test_home_page_has_a_preview(admin_client, is_published):
    home = make_page("")
    save_bodies(home, timezone.now(), en="Welcome.")
    if is_published:
        publish(home, texts_to_publish(home, ["en"]), by=EDITOR, now=timezone.now())
    assert "<p>Welcome.</p>" in admin_client.get(preview_url(home)).content.decode()


def test_withdrawn_page_has_a_preview(admin_client, page):
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=timezone.now())
    assert "drafttoken" in admin_client.get(preview_url(page)).content.decode()


def test_tool_bar_links_to_the_preview_in_the_source_language(admin_client, page):
    history = admin_client.get(reverse("admin:pages_page_history", args=[page.pk])).content.decode()
    form = admin_client.get(reverse("admin:pages_page_change", args=[page.pk])).content.decode()
    for html in (history, form):
        assert reverse("admin:pages_page_default_draft_preview", args=[page.pk]) in html
    response = admin_client.get(reverse("admin:pages_page_default_draft_preview", args=[page.pk]))
    assert response.headers["Location"] == preview_url(page)


def test_users_without_permission_get_a_message_and_no_draft(client, page, log_in):
    for prepare in (lambda: None, log_in):
        prepare()
        response = client.get(preview_url(page))
        assert response.status_code == 403
        assert "You are logged out, or do not have permission to see drafts." in response.content.decode()
        assert "no-store" in response.headers["Cache-Control"]
        assert client.get("/admin/pages/page/9999/preview/en/").status_code == 403


def test_preview_refuses_post(admin_client, page):
    assert admin_client.post(preview_url(page)).status_code == 405


def test_drafts_appear_at_no_public_endpoint(client, page):
    for target in ("preview/en/", "preview/", "draft/", "history/?kind=draft", "v/draft/", "compare/live...draft/"):
        assert "drafttoken" not in client.get(f"/privacy-policy/{target}").content.decode()
        assert "drafttoken" not in client.get(f"/privacy-policy/?revision=2&{target}").content.decode()
