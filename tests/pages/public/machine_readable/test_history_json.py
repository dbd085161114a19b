"""Tests of `history.json`: it repeats what the records say, and is the same in every language."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.history import hash_chain
from pages.history.record_format import mapping_digest
from pages.models import Blob, PublicationRecord, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


@pytest.fixture
def page():
    """Return a page: both languages, a major change of Russian, a cancelled and an announced version."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, _day(1), confirmed=["ru"], note="First.")
    publish_bodies(page, {"ru": "Два."}, _day(11), confirmed=["ru"], note="Второе.")
    later = timezone.now() + timedelta(days=9)
    cancel(publish_bodies(page, {"en": "Three."}, _day(12), effective_at=later), by=system_actor("Ann"), now=_day(13))
    publish_bodies(page, {"en": "Four."}, _day(14), effective_at=later)
    return page


def _history(client, address="/policy/history.json") -> dict:
    response = client.get(address)
    assert response.status_code == 200
    return json.loads(response.content)


def test_document_starts_with_format_and_page(client, page):
    history = _history(client)
    assert history["format"] == 1
    assert history["page"] == {
        "uuid": str(page.uuid),
        "path": "policy",
        "source_language": "en",
        "url": f"{SITE}/policy/",
        "withdrawn_at": None,
        "withdrawn_reasons": {},
        "records": [],
    }


def test_version_in_force_has_all_fields(client, page):
    version = _history(client)["versions"][2]
    row = texts_by_language(Version.objects.get(number=2))
    record = PublicationRecord.objects.get(number=3)
    assert version == {
        "number": 2,
        "url": f"{SITE}/policy/v/2/",
        "published_at": "2024-03-11T12:00:00.000000Z",
        "effective_at": "2024-03-11T12:00:00.000000Z",
        "binding_language": None,
        "state": "in force",
        "in_force_since": "2024-03-11T12:00:00.000000Z",
        "in_force_until": None,
        "cancelled_at": None,
        "reviewed_at": None,
        "recorded_at": "2024-03-11T12:00:00.000000Z",
        "commit": None,
        "records": [{"number": 3, "kind": "publish", "hash": record.hash}],
        "texts": {
            "en": {
                "digest": row["en"].revision.digest,
                "fields": {"values": {"title": "Privacy policy"}, "salt": row["en"].revision.salt.hex()},
                "significance": "unchanged",
                "corrected_significance": None,
                "change_note": None,
                "corrected_note": None,
                "based_on": None,
                "confirmed_to_reflect": [],
                "modified_at": "2024-03-01T12:00:00.000000Z",
                "pictures": {},
                "url": f"{SITE}/policy/v/2/",
                "source_url": f"{SITE}/policy/v/2/index.md",
            },
            "ru": {
                "digest": row["ru"].revision.digest,
                "fields": {"values": {"title": "Privacy policy"}, "salt": row["ru"].revision.salt.hex()},
                "significance": "major",
                "corrected_significance": None,
                "change_note": {"text": "Второе.", "salt": row["ru"].note.salt.hex()},
                "corrected_note": None,
                "based_on": 2,
                "confirmed_to_reflect": [],
                "modified_at": "2024-03-11T12:00:00.000000Z",
                "pictures": {},
                "url": f"{SITE}/ru/policy/v/2/",
                "source_url": f"{SITE}/ru/policy/v/2/index.md",
            },
        },
    }


def test_every_published_version_has_a_state(client, page):
    states = {version["number"]: version["state"] for version in _history(client)["versions"]}
    assert states == {4: "upcoming", 3: "never in force", 2: "in force", 1: "past"}


def test_cancelled_version_has_the_time_and_the_records(client, page):
    version = next(version for version in _history(client)["versions"] if version["number"] == 3)
    assert version["cancelled_at"] == "2024-03-13T12:00:00.000000Z"
    assert [(record["number"], record["kind"]) for record in version["records"]] == [(4, "publish"), (5, "cancel")]


def test_digests_match_the_bytes_at_the_source_urls(client, page):
    sources = [text for version in _history(client)["versions"] for text in version["texts"].values()]
    assert len(sources) == 8
    for text in sources:
        assert hashlib.sha256(client.get(text["source_url"]).content).hexdigest() == text["digest"]


def test_pictures_are_listed_by_their_reference_in_the_text(client):
    illustrated = make_page("maps")
    save_bodies(illustrated, _day(1), en="![Map](map.png)")
    choice = TextToPublish(draft_revision(illustrated, "en"), "major", pictures={"map.png": "a" * 64})
    publish(illustrated, {"en": choice}, by=system_actor("Ann"), now=_day(1))
    text = _history(client, "/maps/history.json")["versions"][0]["texts"]["en"]
    assert text["pictures"] == {"map.png": "a" * 64}
    recorded = hash_chain.parse_record(PublicationRecord.objects.get(kind="publish").canonical)["version"]["texts"][
        "en"
    ]
    assert mapping_digest(text["pictures"]) == recorded["pictures"]


def test_language_that_is_no_longer_served_keeps_its_addresses(client, settings, page):
    before = _history(client)["versions"]
    settings.LANGUAGES = [("en", "English")]
    assert _history(client)["versions"] == before
    for text in (version["texts"]["ru"] for version in before):
        assert client.get(text["url"]).status_code == 200
        assert hashlib.sha256(client.get(text["source_url"]).content).hexdigest() == text["digest"]
    assert len(text["digest"]) == 64


def test_withdrawn_page_has_time_reasons_and_records(client, page):
    withdraw(page, reasons={"en": "Wrong.", "ru": "Ошибка."}, by=system_actor("Ann"), now=_day(20))
    fields = _history(client)["page"]
    assert fields["withdrawn_at"] == "2024-03-20T12:00:00.000000Z"
    record = PublicationRecord.objects.get(kind="withdraw")
    salts = {language: Blob.objects.get(pk=digest).salt.hex() for language, digest in record.reason_digests.items()}
    reasons = {"en": {"text": "Wrong.", "salt": salts["en"]}, "ru": {"text": "Ошибка.", "salt": salts["ru"]}}
    assert fields["withdrawn_reasons"] == reasons
    assert fields["records"] == [
        {
            "number": record.number,
            "kind": "withdraw",
            "hash": record.hash,
            "at": "2024-03-20T12:00:00.000000Z",
            "reasons": reasons,
        }
    ]
    digests = {
        language: hashlib.sha256(bytes.fromhex(reason["salt"]) + reason["text"].encode()).hexdigest()
        for language, reason in reasons.items()
    }
    assert hash_chain.parse_record(record.canonical)["reasons"] == digests


def test_page_brought_back_and_moved_keeps_its_records(client, page):
    withdraw(page, reasons={"en": "Wrong."}, by=system_actor("Ann"), now=_day(20))
    bring_back(page, by=system_actor("Ann"), now=_day(21))
    move(page, slug="moved", parent=None, by=system_actor("Ann"), now=_day(22))
    fields = _history(client, "/moved/history.json")["page"]
    assert (fields["withdrawn_at"], fields["withdrawn_reasons"]) == (None, {})
    assert [record["kind"] for record in fields["records"]] == ["withdraw", "bring back", "place"]


def test_text_lists_the_versions_it_was_confirmed_to_reflect(client, page):
    publish_bodies(page, {"en": "Five."}, _day(15), announcement_action="cancel")
    confirm(page.versions.get(number=5), "ru", 5, by=system_actor("Ann"), now=_day(16))
    confirmed = {
        version["number"]: version["texts"]["ru"]["confirmed_to_reflect"] for version in _history(client)["versions"]
    }
    # A confirmation does not count in versions before the one that the text reflects.
    assert confirmed == {5: [5], 4: [], 3: [], 2: [], 1: []}


def test_document_is_the_same_in_every_language_with_one_canonical_address(client, page):
    english, russian = client.get("/policy/history.json"), client.get("/ru/policy/history.json")
    assert english.content == russian.content
    assert russian.headers["Link"] == '</policy/history.json>; rel="canonical"'
    assert russian.headers["X-Robots-Tag"] == "noindex"
    assert russian.headers["Content-Type"] == "application/json"


def test_addresses_are_those_of_the_public_site(client, page, settings):
    _history(client)
    settings.SITE_URL = "https://policies.example.org"
    history = _history(client)
    assert history["publication_log"] == "https://policies.example.org/publication-log.json"
    assert history["versions"][0]["url"] == "https://policies.example.org/policy/v/4/"


def test_page_without_a_version_answers_404(client, db):
    save_bodies(make_page("empty"), _day(1), en="Draft.")
    assert client.get("/empty/history.json").status_code == 404
    assert client.get("/nowhere/history.json").status_code == 404
    assert client.get("/history.json").status_code == 404


def test_history_of_the_home_page_is_at_the_root(client, db):
    publish_bodies(make_page(""), {"en": "Welcome."}, _day(1))
    history = _history(client, "/history.json")
    assert history["page"]["url"] == f"{SITE}/"
    assert history["versions"][0]["texts"]["en"]["source_url"] == f"{SITE}/v/1/index.md"


def test_number_of_queries_does_not_grow_with_the_versions(client, page, django_assert_max_num_queries):
    for day in range(15, 30):
        publish_bodies(page, {"ru": f"Текст {day}."}, _day(day), announcement_action="again")
    with django_assert_max_num_queries(18):
        client.get("/policy/history.json")


def test_document_is_revalidated_and_refuses_post(client, page):
    first = client.get("/policy/history.json")
    assert not first.cookies
    assert client.get("/policy/history.json", headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert client.head("/policy/history.json").status_code == 200
    assert client.post("/policy/history.json").status_code == 405
