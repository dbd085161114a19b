"""Texts and pictures that were redacted, at every public endpoint and in every export: their words appear nowhere."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pages.models import Blob, Revision, VersionText
from pages.presentation.sized_cache import SizedCache
from pages.publishing.announcements import cancel
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import withdraw
from pages.publishing.pictures.storage import store_picture
from pages.publishing.redactions import redact
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from pages.text.fields import Fields
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_to_publish
from tests.pages.public.endpoints import (
    EXPORTS,
    PAGE_ENDPOINTS,
    VERSION_ENDPOINTS,
    Endpoint,
    address_of,
    body_and_headers,
)

WORDS = ("secrettitle", "secretlink", "secretdescription", "secretword")
ENDPOINTS = [
    *PAGE_ENDPOINTS,
    *VERSION_ENDPOINTS,
    Endpoint("the same text later", "/{prefix}policy/v/2/"),
    Endpoint("comparison of redacted texts", "/{prefix}policy/compare/1...2/"),
    Endpoint("comparison with a later text", "/{prefix}policy/compare/2...3/"),
    Endpoint("comparison back", "/{prefix}policy/compare/3...1/"),
    Endpoint("day of the text", "/{prefix}policy/as-of/{since}/"),
    Endpoint("part of the log", "/publication-log-after-1.json"),
]
# Where readers see words of the text before, and afterwards that it was redacted.
SHOWING = {
    *("version", "comparison", "changes", "feed", "feed of the site", "the same text later"),
    *("comparison with a later text", "comparison back"),
}


def build_page() -> int:
    """Build a page of which two versions have a text in two languages that is to be redacted; return its key."""
    start, page = timezone.now() - timedelta(days=10), make_page("policy")
    text = Fields(title="secrettitle", link_title="secretlink", description="secretdescription", body="A secretword.")
    save_draft(page, {"en": text, "ru": text}, by=EDITOR, now=start)
    publish(page, texts_to_publish(page, ["en", "ru"]), by=EDITOR, now=start, notes={"en": "First.", "ru": "First."})
    picture = store_picture(b"\x89PNG\0secretpicture", "png", now=start)
    reference, now = f"/media/{picture}", start + timedelta(days=1)
    save_bodies(page, now, en=f"![A sign]({reference})")
    texts = {"en": replace(texts_to_publish(page, ["en"])["en"], pictures={reference: picture})}
    publish(page, texts, by=EDITOR, now=now, notes={"en": "With a sign."})
    publish_bodies(page, {"en": "In force.", "ru": "Действует."}, start + timedelta(days=2), note="Without numbers.")
    announced, later = {"en": "Announced.", "ru": "Объявлено."}, timezone.now() + timedelta(days=30)
    publish_bodies(page, announced, start + timedelta(days=3), effective_at=later, note="Again.")
    return page.pk


def redact_all(page) -> None:
    """Redact the first text, which two languages share, and the picture."""
    texts = VersionText.objects.filter(version__page=page, version__number__lt=3)
    first = texts.get(version__number=1, language="ru")
    assert first.revision.digest == texts.get(version__number=1, language="en").revision.digest
    pictures = texts.get(version__number=2, language="en").pictures.values()
    redact([first.revision.digest, *pictures], reasons={"en": "A number."}, by=EDITOR, now=timezone.now())


@pytest.mark.parametrize("prefix", ["", "ru/"])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_redacted_words_appear_at_no_endpoint(client, page, endpoint, prefix):
    # Asked for before, so that whatever is kept in memory is kept.
    before = body_and_headers(client.get(address_of(endpoint, prefix)))
    redact_all(page)
    response = client.get(address_of(endpoint, prefix))
    after = body_and_headers(response)
    assert response.status_code == (
        410 if endpoint.name == "version source" else 302 if "day of" in endpoint.name else 200
    )
    assert not [word for word in WORDS if word in after]
    if any(word in before for word in WORDS) and endpoint.name in SHOWING:
        assert ("изъят" if prefix else "redacted") in after


@pytest.mark.parametrize("prefix", ["", "ru/"])
def test_no_endpoint_fails_if_an_import_brought_a_redacted_text_into_force(client, page, prefix):
    digests = list(VersionText.objects.filter(version__number=3).values_list("revision__blob", flat=True))
    now = timezone.now()
    with writing(EDITOR, now) as writer:
        writer.record("redact", at=now, details={"digests": digests}, reasons={"en": "A number."})
    Blob.objects.filter(pk__in=digests).update(content=None)
    Revision.objects.filter(blob__in=digests).update(title="", link_title="", description="", salt=b"")
    answers = {endpoint.name: client.get(address_of(endpoint, prefix, 3)).status_code for endpoint in ENDPOINTS}
    refused = {name for name, status in answers.items() if status not in (200, 302)}
    assert {name: answers[name] for name in refused} == {"source": 410, "version source": 410, "fragment": 404}
    assert ("изъят" if prefix else "redacted") in client.get(f"/{prefix}policy/").content.decode()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_redacted_words_appear_in_no_export(page, tmp_path, export):
    assert export.shows == "in force" or "secretword" in export.run(tmp_path / "before", timezone.now())
    redact_all(page)
    written = export.run(tmp_path / "after", timezone.now())
    assert not [word for word in WORDS if word in written]
    assert export.shows == "in force" or "redacted" in written


def test_baked_copy_of_before_is_brought_up_to_date(page, tmp_path):
    bake_site = EXPORTS[-1].run
    assert "secretword" in bake_site(tmp_path, timezone.now())
    redact_all(page)
    assert "secretword" not in bake_site(tmp_path, timezone.now())
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"secretpicture" in path.read_bytes()]


def test_version_with_a_redacted_text_says_so_in_the_language_of_the_page(client, page):
    redact_all(page)
    html = client.get("/policy/v/1/").content.decode()
    assert '<h1 lang="en" dir="ltr">Redacted text</h1>' in html
    assert "The text of this version was redacted: it was removed from this site for ever." in html
    assert "minute read" not in html
    compared = client.get("/ru/policy/compare/1...2/").content.decode()
    assert '<a href="/ru/policy/" lang="ru" dir="ltr">Изъятый текст</a>' in compared
    assert "Оба текста изъяты" in compared
    assert "Exact text (Markdown)" not in html
    assert '<h1 lang="ru" dir="ltr">Изъятый текст</h1>' in client.get("/ru/policy/v/1/").content.decode()


def test_source_and_picture_that_were_redacted_answer_410(client, page):
    picture = next(iter(VersionText.objects.get(version__number=2, language="en").pictures.values()))
    assert client.get(f"/media/{picture}").status_code == 200
    redact_all(page)
    for url in ("/policy/v/1/index.md", f"/media/{picture}"):
        response = client.get(url)
        assert (response.status_code, response.headers["Content-Type"]) == (410, "text/plain; charset=utf-8")
        assert "This was redacted: it was removed from this site for ever." in response.content.decode()
    assert "A picture in this text was redacted" in client.get("/policy/v/2/").content.decode()
    assert "A picture in this text was redacted" not in client.get("/policy/v/3/").content.decode()


def test_history_names_the_texts_that_were_redacted(client, page):
    redact_all(page)
    html = client.get("/policy/history/").content.decode()
    assert (html.count(", redacted)"), html.count('<span class="badge">redacted</span>')) == (3, 2)
    versions = json.loads(client.get("/policy/history.json").content)["versions"]
    redacted = {(version["number"], code) for version in versions for code in version["texts"]}
    redacted = {key for key in redacted if _text(versions, *key).get("redacted")}
    assert redacted == {(1, "en"), (1, "ru"), (2, "ru")}
    assert _text(versions, 1, "en")["fields"] == {"values": {}, "salt": ""}


def _text(versions, number, language) -> dict:
    return next(version for version in versions if version["number"] == number)["texts"][language]


def test_withdrawn_page_of_which_the_last_text_was_redacted(client, page):
    now = timezone.now()
    withdraw(page, reasons={"en": "Closed."}, by=EDITOR, now=now)
    save_draft(page, {"en": Fields(title="Draft", body="Draft.")}, by=EDITOR, now=now)
    cancel(page.versions.get(number=4), by=EDITOR, now=now)
    digest = VersionText.objects.get(version__number=3, language="en").revision.digest
    redact([digest], reasons={"en": "A number."}, by=EDITOR, now=now)
    response = client.get("/policy/")
    assert response.status_code == 410
    assert '<h1><span lang="en" dir="ltr">Redacted text</span>' in response.content.decode()
    for url in ("/policy/history/", "/policy/v/3/", "/policy/compare/2...3/", "/policy/compare/earliest...live/", "/"):
        assert client.get(url).status_code == 200


def test_processes_forget_the_bodies_that_they_keep(page):
    Client().get("/policy/v/1/")
    assert "secretword" in _in_memory()
    redact_all(page)
    Client().get("/")
    assert "secretword" not in _in_memory()


def _in_memory() -> str:
    return repr([entry for cache in SizedCache.caches for entry in cache._entries.values()])
