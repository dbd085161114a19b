"""Tests of the structured data: the text shown, its dates and its translations."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.models import SiteSettings
from pages.presentation.page_presentation import read_in_force, read_numbered
from pages.presentation.site_state import SiteState, read_site_state
from pages.public.machine_readable.structured_data import structured_data
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.text.fields import Fields
from tests.building import make_page, publish, publish_bodies, texts_to_publish

pytestmark = pytest.mark.django_db
ROOT = "https://policies.example.org"


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def _now() -> SiteState:
    return read_site_state(timezone.now())


def _data(presentation, **options) -> dict:
    return structured_data(presentation, root=ROOT, **options)


@pytest.fixture
def page():
    """Return a page in two languages, with a major change of Russian."""
    page = make_page("policy")
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, _day(1), confirmed=["ru"])
    publish_bodies(page, {"ru": "Русский, иначе."}, _day(11), confirmed=["ru"])
    return page


def test_source_text_has_version_dates_and_translations(page):
    assert _data(read_in_force("policy", "en", _now()), licence_url="https://example.org/cc0") == {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": f"{ROOT}/policy/",
        "name": "Privacy policy",
        "inLanguage": "en",
        "version": 2,
        "datePublished": "2024-03-01T12:00:00.000000Z",
        "dateModified": "2024-03-01T12:00:00.000000Z",
        "license": "https://example.org/cc0",
        "workTranslation": [
            {
                "@type": "WebPage",
                "@id": f"{ROOT}/ru/policy/",
                "url": f"{ROOT}/ru/policy/",
                "inLanguage": "ru",
            }
        ],
    }


def test_translation_has_its_source_and_its_own_date(page):
    data = _data(read_in_force("policy", "ru", _now()))
    assert data["inLanguage"] == "ru"
    assert data["dateModified"] == "2024-03-11T12:00:00.000000Z"
    assert data["translationOfWork"]["url"] == f"{ROOT}/policy/"
    assert "workTranslation" not in data
    assert "license" not in data


def test_missing_translation_is_described_as_the_fallback_text(db):
    publish_bodies(make_page("policy"), {"en": "English."}, _day(1))
    data = _data(read_in_force("policy", "ru", _now()))
    assert (data["url"], data["inLanguage"]) == (f"{ROOT}/policy/", "en")
    assert "workTranslation" not in data


def test_version_not_in_force_has_the_address_with_its_number(page):
    now = timezone.now()
    assert _data(read_numbered("policy", 1, "ru", read_site_state(now)))["url"] == f"{ROOT}/ru/policy/v/1/"
    assert _data(read_numbered("policy", 2, "ru", read_site_state(now)))["url"] == f"{ROOT}/ru/policy/"


def test_description_of_the_text_is_included(db):
    described = make_page("policy")
    now = timezone.now() - timedelta(days=1)
    save_draft(
        described,
        {"en": Fields(title="Policy", description="What we keep.", body="x")},
        by=system_actor("Ann"),
        now=now,
    )
    publish(described, texts_to_publish(described, ["en"]), by=system_actor("Ann"), now=now)
    assert _data(read_in_force("policy", "en", _now()))["description"] == "What we keep."


def test_site_is_the_publisher(client, page):
    assert "publisher" not in _data(read_in_force("policy", "en", _now()))
    SiteSettings(name_en="Policies of Ann", name_ru="Правила Анны").save()
    html = client.get("/ru/policy/").content.decode()
    data = json.loads(re.search(r'<script type="application/ld.json">(.*?)</script>', html)[1])
    assert data["publisher"] == {"@type": "Organization", "name": "Правила Анны", "url": "http://testserver/"}


def test_translation_not_served_is_left_out(page, settings):
    settings.LANGUAGES = [("en", "English")]
    assert "workTranslation" not in _data(read_in_force("policy", "en", _now()))
