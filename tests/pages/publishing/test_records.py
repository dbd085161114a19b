"""Every event is a record of one chain, which contains what was published."""

import hashlib
import json

import pytest

from pages.history.hash_chain import ChainLink, first_broken_link
from pages.models import Blob, PublicationRecord, SiteCounter
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.records import effective_now
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db


def sha256(content):
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()


def salted(blob, text):
    """Return the digest of a text with the salt of its blob, which has a salt of 16 bytes."""
    assert len(blob.salt) == 16
    return sha256(bytes(blob.salt) + text.encode())


def test_record_contains_what_was_published(moment):
    page = make_page()
    save_bodies(page, moment(), en="![Map](map.png)")
    text = TextToPublish(draft_revision(page, "en"), "major", pictures={"map.png": "a" * 64})
    options = {"notes": {"en": "First."}, "binding_language": "en", "effective_at": moment(9)}
    version = publish(page, {"en": text}, by=system_actor("Ann"), now=moment(), **options)
    start, record = PublicationRecord.objects.order_by("number")
    assert (record.number, record.kind, record.at, record.actor_name, record.page) == (
        2,
        "publish",
        moment(),
        "Ann",
        page,
    )
    assert (record.version, record.hash) == (version, sha256(record.canonical))
    row = texts_by_language(version)["en"]
    assert json.loads(record.canonical) == {
        "format": 1,
        "record": 2,
        "kind": "publish",
        "actor": salted(record.actor, "Ann"),
        "at": "2024-03-01T12:00:00.000000Z",
        "recorded_at": "2024-03-01T12:00:00.000000Z",
        "page": str(page.uuid),
        "path": "privacy-policy",
        "source_language": "en",
        "previous": start.hash,
        "version": {
            "number": 1,
            "effective_at": "2024-03-10T12:00:00.000000Z",
            "binding_language": "en",
            "carries": None,
            "texts": {
                "en": {
                    "text": row.revision.digest,
                    "fields": sha256(bytes(row.revision.salt) + b'{"title":"Privacy policy"}'),
                    "pictures": sha256('{"map.png":"' + "a" * 64 + '"}'),
                    "note": salted(row.note, "First."),
                    "significance": "major",
                    "based_on": None,
                }
            },
        },
    }


def test_record_contains_the_digest_of_the_reason_but_neither_its_text_nor_the_actor(moment):
    version = publish_bodies(make_page(), {"en": "One"}, moment(), effective_at=moment(9))
    cancel(version, by=system_actor("Ben"), now=moment(1), reasons={"en": "A secret reason."})
    record = PublicationRecord.objects.get(kind="cancel")
    payload = json.loads(record.canonical)
    reason = Blob.objects.get(pk=record.reason_digests["en"])
    assert (payload["reasons"], payload["version"]) == ({"en": salted(reason, "A secret reason.")}, 1)
    assert "secret" not in record.canonical
    assert "Ben" not in record.canonical


def test_record_contains_both_the_effective_time_and_the_clock_time(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment(5))
    publish_bodies(page, {"en": "Two"}, moment(1))
    payload = json.loads(PublicationRecord.objects.get(number=3).canonical)
    assert (payload["at"][:10], payload["recorded_at"][:10]) == ("2024-03-06", "2024-03-02")


def test_record_contains_no_fractional_numbers(moment):
    publish_bodies(make_page(), {"en": "One"}, moment(seconds=0.5))
    json.loads(PublicationRecord.objects.get(kind="publish").canonical, parse_float=pytest.fail)


def test_time_of_an_operation_is_never_before_the_pages_last_record(moment):
    page, other = make_page("one"), make_page("two")
    publish_bodies(page, {"en": "One"}, moment(5))
    assert effective_now(page, moment(1)) == moment(5)
    assert effective_now(page, moment(6)) == moment(6)
    assert effective_now(other, moment(1)) == moment(1)


def test_records_of_all_pages_form_one_chain_that_ends_at_the_head(moment):
    for number, slug in enumerate(("one", "two", "three")):
        publish_bodies(make_page(slug), {"en": "One"}, moment(number))
    records = PublicationRecord.objects.order_by("number")
    counter = SiteCounter.objects.get()
    links = [ChainLink(record.number, record.canonical, record.hash) for record in records]
    assert [link.number for link in links] == [1, 2, 3, 4]
    assert first_broken_link(links, head=counter.head) is None
    assert (counter.last_record, counter.value, counter.changed_at) == (4, 3, moment(2))
