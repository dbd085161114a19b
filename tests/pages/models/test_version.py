"""The state of versions at a time, down to the microsecond."""

import pytest
from django.db import IntegrityError, transaction

from pages.models import Blob, PublicationRecord, Version
from tests.building import make_page

pytestmark = pytest.mark.django_db

# The rows are created directly, because an import can create what an editor cannot.


@pytest.fixture
def page():
    return make_page()


@pytest.fixture
def add(page, moment):
    def add(number, published, effective, *, cancelled=None, page=page):
        version = Version.objects.create(
            page=page, number=number, published_at=moment(published), effective_at=moment(effective)
        )
        if cancelled is not None:
            last = PublicationRecord.objects.count()
            actor = Blob.of_text("Ann")
            actor.save()
            PublicationRecord.objects.create(
                number=last + 1,
                kind="cancel",
                at=moment(cancelled),
                recorded_at=moment(cancelled),
                actor=actor,
                canonical="{}",
                hash="",
                page=page,
                version=version,
            )
        return version

    return add


def numbers(versions):
    return sorted(version.number for version in versions)


def in_force(at):
    return numbers(Version.objects.in_force(at))


def upcoming(at):
    return numbers(Version.objects.upcoming(at))


def test_version_is_in_force_from_its_effective_time_to_the_microsecond(add, moment):
    add(1, 0, 5)
    assert (in_force(moment(5, -0.000001)), in_force(moment(5))) == ([], [1])


def test_highest_number_is_in_force_among_equal_effective_times(add, moment):
    add(1, 0, 5), add(2, 0, 5), add(3, 0, 5)
    assert in_force(moment(5)) == [3]


def test_higher_number_with_an_earlier_effective_time_stays_in_force(add, moment):
    add(1, 0, 9), add(2, 1, 3)
    assert (in_force(moment(4)), in_force(moment(9))) == ([2], [2])


def test_announced_version_is_not_in_force_before_its_effective_time(add, moment):
    add(1, 0, 0), add(2, 1, 9)
    assert (in_force(moment(8)), in_force(moment(9))) == ([1], [2])


def test_cancelled_version_is_not_upcoming_even_if_the_clock_was_ahead_when_it_was_cancelled(add, moment):
    add(1, 0, 0), add(2, 1, 9, cancelled=8)
    assert (in_force(moment(2)), upcoming(moment(2))) == ([1], [])


def test_cancelled_version_does_not_count(add, moment):
    add(1, 0, 0), add(2, 1, 9, cancelled=5)
    assert (in_force(moment(9)), upcoming(moment(5))) == ([1], [])


def test_nothing_is_in_force_if_the_only_version_is_cancelled(add, moment):
    add(1, 0, 9, cancelled=5)
    assert in_force(moment(20)) == []


def test_each_page_has_its_own_version_in_force(add, moment):
    other = make_page("other")
    add(1, 0, 0), add(2, 1, 1), add(1, 0, 0, page=other)
    assert sorted(Version.objects.in_force(moment(2)).values_list("page__path", "number")) == [
        ("other", 1),
        ("privacy-policy", 2),
    ]


def test_announced_version_is_upcoming_until_it_takes_effect(add, moment):
    add(1, 2, 5)
    assert [upcoming(moment(day)) for day in (2, 4, 5)] == [[1], [1], []]


def test_version_published_while_the_clock_was_ahead_is_upcoming_until_then(add, moment):
    add(1, 0, 0), add(2, 5, 5)
    assert [(in_force(moment(day)), upcoming(moment(day))) for day in (1, 5)] == [([1], [2]), ([2], [])]


def test_announcement_superseded_by_a_higher_number_is_not_upcoming(add, moment):
    add(1, 0, 9)
    assert upcoming(moment(2)) == [1]
    add(2, 1, 9), add(3, 2, 12)
    assert upcoming(moment(2)) == [2, 3]


def test_cancelled_version_supersedes_nothing(add, moment):
    add(1, 0, 9), add(2, 1, 9, cancelled=3)
    assert upcoming(moment(3)) == [1]


def test_cancelled_depends_on_the_time(add, moment):
    add(1, 0, 9, cancelled=5)
    versions = Version.objects
    assert [numbers(versions.cancelled(moment(day))) for day in (4, 5)] == [[], [1]]
    assert [numbers(versions.not_cancelled(moment(day))) for day in (4, 5)] == [[1], []]


@pytest.mark.parametrize(("number", "published", "effective"), [(1, 5, 4), (0, 0, 0)])
def test_database_refuses_a_retroactive_version_and_number_zero(add, number, published, effective):
    with pytest.raises(IntegrityError), transaction.atomic():
        add(number, published, effective)


def test_database_refuses_the_same_number_twice(add):
    add(1, 0, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        add(1, 1, 1)
