"""Notes and reasons that readers see: no hidden characters that change what they read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page, PublicationRecord
from tests.building import make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import visible_text

pytestmark = pytest.mark.django_db
FIELDS = {
    "publish": ([], "note_en"),
    "correct_record": ([2, "en"], "note_en"),
    "remove_language": (["ru"], "note_en"),
    "withdraw": ([], "reason_ru"),
}
TURNED, CONTROL = "price \u202e001", "price \x1b001"


@pytest.fixture
def page():
    page, published_at = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, published_at, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, published_at + timedelta(days=1))
    save_bodies(page, timezone.now(), en="Three.")
    Page.objects.filter(pk=page.pk).update(notice_days=30)
    return page


def send(client, page, name: str, arguments, **typed):
    address = reverse(f"admin:pages_page_{name}", args=[page.pk, *arguments])
    form = client.get(address).context["form"]
    values = {field: form[field].value() for field in form.fields}
    values = {field: value for field, value in values.items() if value is not None and value is not False}
    return client.post(address, values | {"significance": "major", "reason_en": "Old."} | typed)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("text", [TURNED, CONTROL])
def test_characters_that_readers_do_not_see_are_refused_and_the_text_is_kept(admin_client, page, name, text):
    before = PublicationRecord.objects.count()
    arguments, field = FIELDS[name]
    response = send(admin_client, page, name, arguments, **{field: text})
    assert "U+202E" in visible_text(response) or "U+001B" in visible_text(response)
    assert response.context["form"][field].value() == text
    assert PublicationRecord.objects.count() == before


def test_reason_for_a_short_notice_is_checked_too(admin_client, page):
    response = send(admin_client, page, "publish", [], note_en="New.", notice_reason=TURNED)
    assert "U+202E" in visible_text(response)


@pytest.mark.parametrize("text", ["soft\u00adhyphen", "שלום\u200f world", "a\nb", "2 < 3"])
def test_other_notes_are_published(admin_client, page, text):
    assert send(admin_client, page, "publish", [], note_en=text, notice_reason="Urgent.").status_code == 302
