"""Several people publish at the same time: version numbers have no gaps, and the log stays one chain."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from pages.history.hash_chain import ChainLink, first_broken_link
from pages.models import PublicationRecord, SiteCounter, Version
from pages.publishing.records import PublicationConflict
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db(transaction=True)

PUBLISHERS = 4


def at_once(call):
    """Call the function from several threads at the same time, each with its number; return the results."""
    barrier = Barrier(PUBLISHERS)

    def call_when_ready(number):
        try:
            barrier.wait()
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PUBLISHERS) as pool:
        return list(pool.map(call_when_ready, range(PUBLISHERS)))


def check_chain():
    records = PublicationRecord.objects.order_by("number")
    links = [ChainLink(record.number, record.canonical, record.hash) for record in records]
    counter = SiteCounter.objects.get()
    assert first_broken_link(links, head=counter.head) is None
    assert counter.value == PUBLISHERS
    # The log begins with the start of the site.
    assert len(links) == counter.last_record == PUBLISHERS + 1


def test_publishers_of_one_page_get_numbers_without_gaps(moment):
    page = make_page()
    languages = ["en", "ru", "ar", "fr"]
    versions = at_once(
        lambda number: publish_bodies(page, {"en": "One", languages[number]: str(number)}, moment(0, number))
    )
    assert sorted(version.number for version in versions) == list(range(1, PUBLISHERS + 1))
    newest = Version.objects.get(number=PUBLISHERS)
    assert set(newest.texts.values_list("language", flat=True)) == set(languages)
    times = list(Version.objects.order_by("number").values_list("published_at", flat=True))
    assert times == sorted(times)
    check_chain()


def test_publishers_of_different_pages_share_one_chain(moment):
    pages = [make_page(f"page-{number}") for number in range(PUBLISHERS)]
    at_once(lambda number: publish_bodies(pages[number], {"en": "One"}, moment(0, number)))
    assert list(Version.objects.values_list("number", flat=True)) == [1] * PUBLISHERS
    check_chain()


def test_only_one_of_the_publishers_who_saw_the_same_version_succeeds(moment):
    page = make_page()

    def publish_first(number):
        try:
            return publish_bodies(page, {"en": f"Text {number}"}, moment(), expected_base=0)
        except PublicationConflict:
            return None

    assert len([version for version in at_once(publish_first) if version]) == 1
    assert Version.objects.get().number == 1
