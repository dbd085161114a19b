"""The versions of one page at a time are those that the QuerySet of versions has."""

from datetime import timedelta

import pytest

from pages.history.page_versions import newest_version, upcoming_versions, version_in_force
from pages.models.publication_record import END_OF_TIME
from pages.publishing.announcements import cancel
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db


def test_versions_at_a_time_are_those_of_the_queryset_with_all_their_columns(moment, django_assert_num_queries):
    page, other = make_page("policy"), make_page("other")
    publish_bodies(other, {"en": "Other."}, moment())
    assert (version_in_force(page, moment()), upcoming_versions(page, moment()), newest_version(page)) == (
        None,
        [],
        None,
    )
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, moment(), binding_language="en")
    for number, day in ((2, 5), (3, 9), (4, 12)):
        publish_bodies(page, {"en": f"Text {number}."}, moment(1), effective_at=moment(day))
    cancel(newest_version(page), by=EDITOR, now=moment(2))
    for days in range(-1, 14):
        at = moment() + timedelta(days=days)
        expected = page.versions.in_force(at).first()
        version = version_in_force(page, at)
        assert version == expected
        assert version is None or version.__dict__ | {"_state": 0} == expected.__dict__ | {"_state": 0}
        assert upcoming_versions(page, at) == list(page.versions.upcoming(at).order_by("number"))
    newest = newest_version(page)
    assert newest == page.versions.not_cancelled(END_OF_TIME).order_by("-number").first()
    with django_assert_num_queries(0):
        assert newest.page == page
