"""Every event is a record of one chain, which contains what was published."""

import hashlib
import json

import pytest
from django.utils.translation import override

from pages.history import verification
from pages.history.hash_chain import ChainLink, first_broken_link
from pages.models import Blob, Page, PublicationRecord, SiteCounter, Version
from pages.publishing.actors import system_actor
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement, cancel
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.records import ClockBehind, ClockNotBehind, accept_clock, effective_now
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language

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
    publish_bodies(page, {"en": "One"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(0, -5))
    record = PublicationRecord.objects.get(number=3)
    payload = json.loads(record.canonical)
    assert (payload["at"], payload["recorded_at"]) == ("2024-03-01T12:00:00.000000Z", "2024-03-01T11:59:55.000000Z")
    assert (record.at, record.recorded_at) == (moment(), moment(0, -5))


def test_record_contains_no_fractional_numbers(moment):
    publish_bodies(make_page(), {"en": "One"}, moment(seconds=0.5))
    json.loads(PublicationRecord.objects.get(kind="publish").canonical, parse_float=pytest.fail)


def test_time_of_an_operation_is_never_before_the_pages_last_record(moment):
    page, other = make_page("one"), make_page("two")
    publish_bodies(page, {"en": "One"}, moment(5))
    assert effective_now(page, moment(5, -5)) == moment(5)
    assert effective_now(page, moment(6)) == moment(6)
    assert effective_now(other, moment(5, -5)) == moment(5, -5)


def test_clock_more_than_five_seconds_behind_the_last_record_is_refused_with_the_reason(moment, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    page, other = make_page("one"), make_page("two")
    publish_bodies(page, {"en": "One"}, moment(5))
    for any_page in (page, other):
        with pytest.raises(ClockBehind) as error:
            effective_now(any_page, moment(5, -6))
    (text,) = error.value.messages
    assert "shows 2024-03-06 12:59:54 CET, but the last record" in text
    assert "written at 2024-03-06 13:00:00 CET. Nothing was changed." in text
    assert "“manage.py accept_clock”" in text
    with override("ru"), pytest.raises(ClockBehind) as error:
        effective_now(page, moment(5, -6))
    assert "Часы этого сервера показывают 2024-03-06 12:59:54 CET" in error.value.messages[0]


def test_last_record_is_the_one_with_the_highest_number(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment(5))
    cancel(publish_bodies(page, {"en": "Two"}, moment(6)), by=EDITOR, now=moment())
    # The records of both versions are stamped ahead of the clock now.
    assert effective_now(page, moment(0, -5)) == moment()
    assert effective_now(page, moment(1)) == moment(1)


def test_version_that_a_clock_stamped_ahead_is_cancelled_at_once_and_then_changes_are_possible(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    ahead = publish_bodies(page, {"en": "Two"}, moment(2))
    save_bodies(page, moment(0, 60), en="Three")
    with pytest.raises(ClockBehind):
        publish_bodies(page, {"en": "Three"}, moment(0, 60))
    assert PublicationRecord.objects.count() == 3
    cancel(ahead, by=EDITOR, now=moment(0, 61))
    version = publish_bodies(page, {"en": "Three"}, moment(0, 62))
    assert (version.number, version.published_at, version.effective_at) == (3, moment(0, 62), moment(0, 62))
    assert Version.objects.in_force(moment(0, 62)).get() == Version.objects.in_force(moment(3)).get() == version


def test_announcement_made_while_the_clock_was_ahead_is_cancelled_at_once(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    announced = publish_bodies(page, {"en": "Two"}, moment(2), effective_at=moment(9))
    cancel(announced, by=EDITOR, now=moment(1))
    assert PublicationRecord.objects.get(number=4).at == moment(1)
    assert not Version.objects.upcoming(moment(1)).exists()


def test_page_whose_withdrawal_is_stamped_ahead_is_brought_back_at_once(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=moment(2))
    bring_back(page, by=EDITOR, now=moment(0, 60))
    assert PublicationRecord.objects.get(number=4).at == moment(0, 60)
    assert [Page.objects.public(moment(day)).exists() for day in (1, 2, 3)] == [True, True, True]


def test_page_whose_return_is_stamped_ahead_is_brought_back_at_once(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=moment(1))
    bring_back(page, by=EDITOR, now=moment(9))
    accept_clock(by=EDITOR, now=moment(2))
    bring_back(page, by=EDITOR, now=moment(3))
    assert [Page.objects.public(moment(day)).exists() for day in (2, 3, 10)] == [False, True, True]


def test_announcement_that_was_cancelled_while_the_clock_was_ahead_stays_cancelled(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    announced = publish_bodies(page, {"en": "Two"}, moment(1), effective_at=moment(20))
    cancel(announced, by=EDITOR, now=moment(9))
    accept_clock(by=EDITOR, now=moment(2))
    version = publish_bodies(page, {"ru": "Три"}, moment(3))
    assert texts_by_language(version)["en"].revision.fields.body == "One"
    assert not Version.objects.upcoming(moment(3)).exists()


def test_withdrawal_is_possible_again_while_another_one_is_stamped_ahead(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=moment(2))
    accept_clock(by=EDITOR, now=moment(1))
    withdraw(page, reasons={"en": "Wrong."}, by=EDITOR, now=moment(1, 1))
    assert not Page.objects.public(moment(1, 1)).exists()
    bring_back(page, by=EDITOR, now=moment(1, 2))
    assert [Page.objects.public(moment(day, 2)).exists() for day in (1, 2, 3)] == [True, True, True]


def test_accepted_clock_makes_changes_possible_and_keeps_the_stamped_version_upcoming(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment())
    ahead = publish_bodies(page, {"en": "Two"}, moment(2))
    accept_clock(by=EDITOR, now=moment(1))
    record = PublicationRecord.objects.get(number=4)
    assert (record.kind, record.at, record.recorded_at, record.actor_name) == ("clock", moment(1), moment(1), "Ann")
    assert (record.page, record.version, record.reasons) == (None, None, {})
    payload = json.loads(record.canonical)
    assert (payload["at"], payload["recorded_at"]) == ("2024-03-02T12:00:00.000000Z", "2024-03-02T12:00:00.000000Z")
    assert not payload.get("page")
    with pytest.raises(SupersedesAnnouncement) as error:
        publish_bodies(page, {"en": "Three"}, moment(1))
    assert error.value.versions == [ahead]
    published = publish_bodies(page, {"en": "Three"}, moment(1), announcement_action=AnnouncementAction.REANNOUNCE)
    again = page.versions.get(number=4)
    assert (published.published_at, again.published_at, again.effective_at) == (moment(1), moment(1), moment(2))
    assert not list(verification.find_problems())


@pytest.mark.parametrize("seconds", [0, -5, 60])
def test_clock_that_is_not_behind_cannot_be_accepted(moment, seconds):
    publish_bodies(make_page(), {"en": "One"}, moment())
    with pytest.raises(ClockNotBehind):
        accept_clock(by=EDITOR, now=moment(0, seconds))
    assert PublicationRecord.objects.count() == 2


def test_drafts_are_saved_whatever_the_clock_shows(moment):
    page = make_page()
    publish_bodies(page, {"en": "One"}, moment(5))
    save_bodies(page, moment(), en="Two")
    assert page.revisions.drafts().get().fields.body == "Two"


def test_records_of_all_pages_form_one_chain_that_ends_at_the_head(moment):
    for number, slug in enumerate(("one", "two", "three")):
        publish_bodies(make_page(slug), {"en": "One"}, moment(number))
    records = PublicationRecord.objects.order_by("number")
    counter = SiteCounter.objects.get()
    links = [ChainLink(record.number, record.canonical, record.hash) for record in records]
    assert [link.number for link in links] == [1, 2, 3, 4]
    assert first_broken_link(links, head=counter.head) is None
    assert (counter.last_record, counter.value, counter.changed_at) == (4, 3, moment(2))
