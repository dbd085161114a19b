"""The site settings are one row, and every change advances the site counter."""

import pytest

from pages.models import SiteCounter, SiteSettings

pytestmark = pytest.mark.django_db


def value():
    return SiteCounter.objects.get().value


def test_saving_advances_the_counter():
    row = SiteSettings(name_en="Policies")
    row.save()
    row.notice_en = "Moved."
    row.save()
    assert value() == 2


def test_saving_a_second_object_keeps_one_row():
    SiteSettings(name_en="One").save()
    SiteSettings(name_en="Two").save()
    assert SiteSettings.objects.get().name_en == "Two"


def test_deleting_advances_the_counter():
    row = SiteSettings()
    row.save()
    row.delete()
    assert (SiteSettings.objects.count(), value()) == (0, 2)
