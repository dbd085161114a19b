"""The site's settings: one row, and readers see each change."""

import pytest

from pages.models import SiteCounter, SiteSettings

pytestmark = pytest.mark.django_db


def value():
    return SiteCounter.objects.get().value


def test_saving_raises_the_counter():
    row = SiteSettings(name_en="Policies")
    row.save()
    row.notice_en = "Moved."
    row.save()
    assert value() == 2


def test_saving_a_second_time_keeps_one_row():
    SiteSettings(name_en="One").save()
    SiteSettings(name_en="Two").save()
    assert SiteSettings.objects.get().name_en == "Two"


def test_deleting_raises_the_counter():
    row = SiteSettings()
    row.save()
    row.delete()
    assert (SiteSettings.objects.count(), value()) == (0, 2)
