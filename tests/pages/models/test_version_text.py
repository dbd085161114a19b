"""The significance that counts, and when a text was last updated, with and without corrections."""

import pytest

from pages.history.last_updates import last_updates
from pages.models import PublicationRecord
from pages.publishing.announcements import cancel
from tests.building import EDITOR, correct_significance, make_page, publish_bodies, texts_by_language

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return make_page()


def last_update(version, language="en", **options):
    """Return when a text was last updated; the rule for one version and the rule for all must agree."""
    text = texts_by_language(version, **options)[language]
    versions = list(version.page.versions.order_by("number"))
    texts = {version.pk: texts_by_language(version, **options).values() for version in versions}
    cancelled = dict(PublicationRecord.objects.filter(kind="cancel").values_list("version", "at"))
    assert last_updates(versions, texts, cancelled)[version.pk][language] == text.modified_at
    return text.modified_at


@pytest.mark.parametrize(("significance", "day"), [("minor", 0), ("major", 2)])
def test_minor_change_keeps_the_date_and_a_major_one_gets_the_effective_date(page, moment, significance, day):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    options = {"significance": significance, "effective_at": moment(2)}
    version = publish_bodies(page, {"en": "Two"}, moment(1), **options)
    assert (last_update(version), last_update(version, "ru")) == (moment(day), moment())


def test_date_of_a_cancelled_version_does_not_count_for_later_ones(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    announced = publish_bodies(page, {"en": "Two"}, moment(1), effective_at=moment(9))
    cancel(announced, by=EDITOR, now=moment(2))
    version = publish_bodies(page, {"en": "One."}, moment(3), significance="minor")
    assert (last_update(announced), last_update(version)) == (moment(9), moment())


def test_cancellation_after_the_next_version_does_not_change_its_date(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    announced = publish_bodies(page, {"en": "Two"}, moment(1), effective_at=moment(8))
    next_announced = publish_bodies(page, {"en": "Two."}, moment(2), significance="minor", effective_at=moment(9))
    cancel(next_announced, by=EDITOR, now=moment(3))
    cancel(announced, by=EDITOR, now=moment(4))
    assert last_update(next_announced) == moment(8)


def test_language_that_was_removed_starts_again(page, moment):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    publish_bodies(page, {"en": "Two"}, moment(1), removed=["ru"])
    publish_bodies(page, {"ru": "Один"}, moment(2))
    version = publish_bodies(page, {"ru": "Один."}, moment(3), significance="minor")
    assert (last_update(version, "ru"), last_update(version)) == (moment(2), moment(1))


@pytest.mark.parametrize(
    ("published", "corrected", "before", "after"), [("major", "minor", 1, 0), ("minor", "major", 0, 1)]
)
def test_correction_counts_from_its_time_on_for_its_language_and_later_versions(
    page, moment, published, corrected, before, after
):
    publish_bodies(page, {"en": "One", "ru": "Один"}, moment())
    version = publish_bodies(page, {"en": "Two", "ru": "Два"}, moment(1), significance=published)
    later = publish_bodies(page, {"en": "Two."}, moment(2), significance="minor")
    correct_significance(version, "en", corrected, moment(3))
    for changed in (version, later):
        assert last_update(changed, at=moment(2)) == moment(before)
        assert last_update(changed, at=moment(3)) == moment(after)
        assert last_update(changed, "ru", at=moment(3)) == moment(before)


def test_newest_correction_with_a_significance_counts(page, moment):
    publish_bodies(page, {"en": "One"}, moment())
    version = publish_bodies(page, {"en": "Two"}, moment(1))
    for day, significance in enumerate(("minor", "major", "minor", ""), 2):
        correct_significance(version, "en", significance, moment(day))
    text = texts_by_language(version)["en"]
    assert (text.significance, text.counted_significance, text.is_corrected) == ("major", "minor", True)
    assert [last_update(version, at=moment(day)) for day in (1, 2, 3, 4, 5)] == [moment(day) for day in (1, 0, 1, 0, 0)]


def test_first_text_has_the_date_of_its_version_whatever_its_corrected_significance(page, moment):
    version = publish_bodies(page, {"en": "One"}, moment())
    correct_significance(version, "en", "minor", moment(1))
    later = publish_bodies(page, {"en": "One."}, moment(2), significance="minor")
    assert (last_update(version), last_update(later)) == (moment(), moment())
