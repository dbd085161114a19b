"""Tests of `publication-log.json`: the whole chain can be verified from outside, without records of the future."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.history import hash_chain
from pages.history.hash_chain import ChainLink, first_broken_link
from pages.history.record_format import canonical_json, format_timestamp
from pages.models import PublicationRecord
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db
FIRST = "/publication-log.json"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _log(client, address=FIRST) -> dict:
    response = client.get(address)
    assert response.status_code == 200
    return json.loads(response.content)


def _links(log: dict) -> list[ChainLink]:
    return [ChainLink(record["number"], record["canonical"], record["hash"]) for record in log["records"]]


@pytest.fixture
def page():
    """Return a page of three records: published, announced, cancelled. The record before them starts the site."""
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, _day(1))
    cancel(
        publish_bodies(page, {"en": "Two."}, _day(2), effective_at=_day(9)),
        by=system_actor("Ann Editor"),
        now=_day(3),
    )
    return page


def test_log_contains_every_record_and_the_latest_hash(client, page):
    log, rows = _log(client), list(PublicationRecord.objects.order_by("number"))
    assert (log["format"], log["count"], log["head"], log["next"]) == (1, 4, rows[-1].hash, None)
    assert [record["canonical"] for record in log["records"]] == [row.canonical for row in rows]
    assert [record["kind"] for record in log["records"]] == ["start", "publish", "publish", "cancel"]
    assert log["records"][3]["at"] == "2024-03-03T12:00:00.000000Z"
    assert [record["previous"] for record in log["records"]] == ["", *(row.hash for row in rows[:-1])]
    assert first_broken_link(_links(log), head=log["head"]) is None


def test_log_lists_the_pages_with_their_history(client, page):
    make_page("draft")
    assert _log(client)["pages"] == [{"uuid": str(page.uuid), "history": "/policy/history.json"}]


def test_log_contains_page_events_but_no_reasons_or_names(client, page):
    by = system_actor("Ann Editor")
    publish_bodies(page, {"ru": "Два."}, _day(4))
    confirm(page.versions.get(number=3), "ru", 1, by=by, now=_day(5))
    withdraw(page, reasons={"en": "Because of Ann."}, by=by, now=_day(6))
    bring_back(page, by=by, now=_day(7))
    move(page, slug="moved", parent=None, by=by, now=_day(8))
    log = _log(client)
    assert [record["kind"] for record in log["records"][5:]] == ["confirm", "withdraw", "bring back", "place"]
    payloads = [json.loads(record["canonical"]) for record in log["records"][5:]]
    assert (payloads[0]["language"], payloads[0]["version"]) == ("ru", 1)
    assert list(payloads[1]["reasons"]) == ["en"]
    assert payloads[3]["before"] == {"path": "policy", "source_language": "en"}
    assert payloads[3]["after"] == {"path": "moved", "source_language": "en"}
    assert first_broken_link(_links(log), head=log["head"]) is None
    assert b"Ann" not in client.get(FIRST).content
    assert log["pages"] == [{"uuid": str(page.uuid), "history": "/moved/history.json"}]


def test_log_contains_no_names(client, page):
    assert b"Ann" not in client.get(FIRST).content


def test_empty_log_has_an_empty_hash(client, db):
    assert _log(client) == {"format": 1, "count": 0, "head": "", "records": [], "next": None, "pages": []}


def test_records_are_public_whatever_their_time_says(client, page):
    publish_bodies(page, {"en": "Later."}, timezone.now() + timedelta(days=1))
    last = PublicationRecord.objects.get(number=5)
    log = _log(client)
    assert (log["count"], log["head"], len(log["records"])) == (5, last.hash, 5)
    assert first_broken_link(_links(log), head=log["head"]) is None
    assert _log(client, "/publication-log-after-5.json")["records"] == []
    version = json.loads(client.get("/policy/history.json").content)["versions"][0]
    assert (version["state"], version["records"]) == ("upcoming", [{"number": 5, "kind": "publish", "hash": last.hash}])


def test_history_shows_every_event_that_is_in_the_log(client, page):
    tomorrow = timezone.now() + timedelta(days=1)
    cancel(
        publish_bodies(page, {"en": "A"}, tomorrow, effective_at=tomorrow + timedelta(days=1)),
        by=system_actor("Ann"),
        now=tomorrow,
    )
    withdraw(page, reasons={"en": "Wrong."}, by=system_actor("Ann"), now=tomorrow)
    history = json.loads(client.get("/policy/history.json").content)
    timestamp = format_timestamp(tomorrow)
    assert history["versions"][0]["cancelled_at"] == timestamp
    assert history["page"]["withdrawn_at"] == timestamp
    assert history["page"]["withdrawn_reasons"]["en"]["text"] == "Wrong."


def test_long_log_is_split_into_linked_parts(client, page):
    _lengthen(2500)
    parts, address = [], FIRST
    while address:
        parts.append(_log(client, address))
        address = parts[-1]["next"]
    assert [part["next"] for part in parts] == [
        "/publication-log-after-1000.json",
        "/publication-log-after-2000.json",
        None,
    ]
    assert {(part["count"], part["head"]) for part in parts} == {(2500, parts[-1]["records"][-1]["hash"])}
    links = [link for part in parts for link in _links(part)]
    assert first_broken_link(links, head=parts[0]["head"]) is None


def _lengthen(count: int) -> None:
    """Append records to the chain until there are `count`."""
    last, page = PublicationRecord.objects.latest("number"), PublicationRecord.objects.latest("number").page
    rows, previous = [], last.hash
    for number in range(last.number + 1, count + 1):
        canonical = canonical_json({"record": number, "previous": previous})
        previous = hash_chain.record_hash(canonical)
        rows.append(
            PublicationRecord(
                number=number,
                kind="publish",
                at=_day(4),
                recorded_at=_day(4),
                canonical=canonical,
                hash=previous,
                page=page,
                actor=last.actor,
            )
        )
    PublicationRecord.objects.bulk_create(rows)


def test_log_after_a_record_contains_only_later_ones(client, page):
    assert [record["number"] for record in _log(client, "/publication-log-after-2.json")["records"]] == [3, 4]
    assert _log(client, "/publication-log-after-4.json")["records"] == []


@pytest.mark.parametrize("after", ["5", "0", "-1", "x", "99999999999999999999", ""])
def test_log_after_a_missing_record_answers_404(client, page, after):
    assert client.get(f"/publication-log-after-{after}.json", follow=True).status_code == 404


def test_log_is_revalidated_and_refuses_post(client, page):
    first = client.get(FIRST)
    assert not first.cookies
    assert first.headers["Link"] == '</publication-log.json>; rel="canonical"'
    assert client.get(FIRST, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert client.head(FIRST).status_code == 200
    assert client.post(FIRST).status_code == 405
