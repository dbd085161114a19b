"""The publish page: the question that cannot be skipped, and what its answer does to dates."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from tests.building import draft_revision, make_fields, make_page, publish_bodies, save_bodies, texts_by_language

pytestmark = pytest.mark.django_db
QUESTION = "Do readers have to know the content has changed?"


@pytest.fixture
def page():
    """Return a page published a day ago in English and Russian, whose Russian has been edited since."""
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, timezone.now() - timedelta(days=1), confirmed=["ru"])
    save_bodies(page, timezone.now(), ru="Иначе.")
    return page


def address(page) -> str:
    return reverse("admin:pages_page_publish", args=[page.pk])


def opened(client, page) -> dict:
    """Return what a browser would post, as the form was opened; a box that is not ticked is not sent."""
    form = client.get(address(page)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def post(client, page, **answers):
    return client.post(address(page), opened(client, page) | answers)


def errors(response) -> dict:
    return response.context["form"].errors


def test_a_major_edit_of_russian_moves_its_date_and_not_that_of_english(admin_client, page):
    before = texts_by_language(page.versions.get(number=1))
    assert post(admin_client, page, significance="major", note_ru="Главное.").status_code == 302
    after = texts_by_language(page.versions.get(number=2))
    assert after["ru"].modified_at > before["ru"].modified_at
    assert after["en"].modified_at == before["en"].modified_at
    assert (after["ru"].change_note, after["ru"].based_on) == ("Главное.", 2)
    assert "Иначе." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_a_minor_edit_moves_no_date_and_the_text_does_change(admin_client, page):
    before = texts_by_language(page.versions.get(number=1))
    post(admin_client, page, significance="minor")
    after = texts_by_language(page.versions.get(number=2))
    assert {name: row.modified_at for name, row in after.items()} == {n: row.modified_at for n, row in before.items()}
    assert "Иначе." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_the_question_cannot_be_skipped(admin_client, page):
    assert QUESTION in admin_client.get(address(page)).content.decode()
    response = post(admin_client, page)
    assert errors(response)["significance"] == ["This field is required."]
    assert page.versions.count() == 1


def test_a_major_change_needs_a_note_and_a_minor_one_does_not(admin_client, page):
    response = post(admin_client, page, significance="major")
    assert errors(response)["note_ru"] == ["Describe the change for readers."]
    assert post(admin_client, page, significance="minor").status_code == 302


def test_a_change_that_readers_cannot_see_is_not_asked_about(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "* one\n* two"}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="- one\n- two")
    html = admin_client.get(address(page)).content.decode()
    assert QUESTION not in html
    assert "the change is minor by itself" in html
    post(admin_client, page)
    assert texts_by_language(page.versions.get(number=2))["en"].significance == "minor"


def test_the_first_version_asks_for_neither_significance_nor_note(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="First.")
    html = admin_client.get(address(page)).content.decode()
    assert QUESTION not in html
    assert "published for the first time" in html
    assert post(admin_client, page).status_code == 302
    assert page.versions.get().number == 1


def test_a_language_that_joins_a_page_is_told_of(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), ru="Перевод.")
    assert errors(post(admin_client, page))["note_ru"] == ["Describe the change for readers."]
    assert post(admin_client, page, note_ru="Добавлен перевод.").status_code == 302
    assert texts_by_language(page.versions.get(number=2))["ru"].based_on == 2


def test_languages_can_be_left_out_and_answered_apart(admin_client, page):
    save_bodies(page, timezone.now(), en="English, anew.")
    answers = opened(admin_client, page) | {"significance": "minor", "significance_ru": "major", "note_ru": "Главное."}
    del answers["include_en"]
    admin_client.post(address(page), answers)
    second = texts_by_language(page.versions.get(number=2))
    assert (second["en"].significance, second["ru"].significance) == ("unchanged", "major")
    post(admin_client, page, significance="minor")
    assert texts_by_language(page.versions.get(number=3))["en"].significance == "minor"


def test_a_typed_date_makes_a_warning_that_says_why(admin_client, page):
    save_bodies(page, timezone.now(), ru="**Последнее обновление: 15 мая 2023 г.**\n\nИначе.")
    html = admin_client.get(address(page)).content.decode()
    assert "The text says by hand when it last changed: “Последнее обновление: 15 мая 2023 г.”" in html
    assert "the two will disagree sooner or later" in html
    assert post(admin_client, page, significance="minor").status_code == 302


def test_a_later_moment_announces(admin_client, page):
    later = timezone.now().replace(microsecond=0, second=0) + timedelta(days=3)
    post(admin_client, page, significance="major", note_ru="Скоро.", effective_at=f"{later:%Y-%m-%dT%H:%M}")
    assert page.versions.get(number=2).effective_at == later
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_a_moment_that_has_passed_is_refused(admin_client, page):
    response = post(admin_client, page, significance="minor", effective_at="2020-01-01T00:00")
    assert errors(response)["effective_at"] == ["The moment has passed: an announcement needs one in the future."]
    assert page.versions.count() == 1


def test_an_announcement_that_waits_is_asked_about(admin_client, page):
    later = timezone.now() + timedelta(days=3)
    publish_bodies(page, {"ru": "Объявлено."}, timezone.now(), effective_at=later)
    save_bodies(page, timezone.now(), en="English, mended.")
    response = post(admin_client, page, significance="minor", effective_at="", announcement_action="")
    assert errors(response)["announcement_action"] == ["An announced version waits: say what becomes of it."]
    post(admin_client, page, significance="minor", effective_at="", announcement_action="again")
    assert list(page.versions.not_cancelled(timezone.now()).order_by("number").values_list("number", flat=True)) == [
        1,
        3,
        4,
    ]
    assert page.versions.get(number=4).effective_at == later


def test_what_is_published_is_what_was_looked_at(admin_client, page):
    answers = opened(admin_client, page) | {"significance": "minor"}
    save_draft(page, {"ru": make_fields("Подменено.")}, by=system_actor("Bea"), now=timezone.now())
    response = admin_client.post(address(page), answers)
    assert "Somebody did something to this page" in str(errors(response))
    assert page.versions.count() == 1
    # The answers are kept, and the form now speaks of the new text.
    assert response.context["form"]["significance"].value() == "minor"
    assert "Подменено." in response.content.decode()
    assert response.context["form"]["revision_ru"].value() == str(draft_revision(page, "ru").pk)


def test_a_version_made_meanwhile_stops_the_second(admin_client, page):
    answers = opened(admin_client, page) | {"significance": "minor"}
    publish_bodies(page, {"en": "Published meanwhile."}, timezone.now())
    response = admin_client.post(address(page), answers)
    assert "Somebody did something to this page" in str(errors(response))


def test_a_page_without_changes_says_so(admin_client, page):
    post(admin_client, page, significance="minor")
    assert "Nothing has changed since the last version" in admin_client.get(address(page)).content.decode()


def test_publishing_needs_its_permission_and_a_forged_post_is_refused(client, page):
    editor = get_user_model().objects.create_user("editor", is_staff=True)
    names = ["view_page", "change_page"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(editor)
    assert client.get(address(page)).status_code == 403
    assert client.post(address(page), {"significance": "minor", "base": 1}).status_code == 403
    html = client.get(reverse("admin:pages_page_change", args=[page.pk])).content.decode()
    assert "_publish" not in html
    assert page.versions.count() == 1


def test_saving_can_go_on_to_publishing(admin_client, page):
    change = reverse("admin:pages_page_change", args=[page.pk])
    form = admin_client.get(change).context["adminform"].form
    posted = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    response = admin_client.post(change, posted | {"_publish": "1"})
    assert response.headers["Location"] == address(page)


def test_the_binding_language_is_recorded(admin_client, page):
    post(admin_client, page, significance="minor", binding_language="en")
    assert page.versions.get(number=2).binding_language == "en"


def test_a_page_that_does_not_exist_is_not_found(admin_client):
    assert admin_client.get("/admin/pages/page/999/publish/").status_code == 404


def test_moments_are_in_the_sites_time_zone(admin_client, page, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    post(admin_client, page, significance="minor", effective_at="2099-01-01T00:00")
    assert page.versions.get(number=2).effective_at == datetime.fromisoformat("2098-12-31T21:00:00+00:00")


def test_the_publish_page_compares_with_what_is_in_force(admin_client, page):
    html = admin_client.get(address(page)).content.decode()
    assert "What changes for readers, compared with what is in force" in html
    assert 'data-kind="removed"' in html
    assert "Русский." in html


def test_while_an_announcement_waits_the_draft_takes_its_place(admin_client, page):
    later = timezone.now().replace(microsecond=0, second=0) + timedelta(days=3)
    publish_bodies(page, {"ru": "Объявлено."}, timezone.now(), effective_at=later)
    save_bodies(page, timezone.now(), ru="Объявлено лучше.")
    html = admin_client.get(address(page)).content.decode()
    assert "Compared with what is announced" in html
    post(admin_client, page, significance="minor")
    assert [one.number for one in page.versions.not_cancelled(timezone.now())] == [3, 1]
    assert page.versions.get(number=3).effective_at == later
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_a_language_is_taken_away_and_its_draft_stays(admin_client, page):
    save_bodies(page, timezone.now(), en="English, anew.", ru="Русский.")
    post(admin_client, page, significance="minor", remove_ru="on")
    assert set(texts_by_language(page.versions.get(number=2))) == {"en"}
    assert draft_revision(page, "ru").title


def test_an_emptied_draft_offers_to_take_its_language_away(admin_client, page):
    save_bodies(page, timezone.now(), ru="")
    response = admin_client.get(address(page))
    assert response.context["form"]["remove_ru"].value() is True
    assert "The draft of this language was emptied" in response.content.decode()
    assert post(admin_client, page).status_code == 302
    assert set(texts_by_language(page.versions.get(number=2))) == {"en"}


def test_the_note_of_a_version_is_translated_where_the_text_stays(admin_client, page):
    save_bodies(page, timezone.now(), en="English, anew.", ru="Русский.")
    post(admin_client, page, significance="major", note_en="New.", note_ru="Новое.", reflects_ru="on")
    second = texts_by_language(page.versions.get(number=2))
    assert (second["ru"].significance, second["ru"].change_note, second["ru"].based_on) == ("unchanged", "Новое.", 2)


def test_what_is_found_in_a_text_is_said_with_its_reason(admin_client, page):
    save_bodies(page, timezone.now(), ru="[x](/nowhere/)")
    html = admin_client.get(address(page)).content.decode()
    assert "A link leads to no page of this site that readers can open: /nowhere/" in html


def test_who_may_publish_one_language_alone_publishes_that_one(client, page):
    save_bodies(page, timezone.now(), en="English, anew.")
    publisher = get_user_model().objects.create_user("publisher", is_staff=True)
    names = ["view_page", "publish_page", "publish_text_ru"]
    publisher.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(publisher)
    assert client.get(address(page)).context["form"].fields["include_en"].disabled
    answers = opened(client, page) | {"significance": "minor", "include_en": "on", "note_en": "Forged."}
    assert client.post(address(page), answers).status_code == 302
    second = texts_by_language(page.versions.get(number=2))
    assert second["en"].change_note == ""
    assert (second["en"].significance, second["ru"].significance) == ("unchanged", "minor")


def test_reverting_goes_through_the_same_page(admin_client, page):
    post(admin_client, page, significance="minor")
    back = reverse("admin:pages_page_revert", args=[page.pk, 1])
    form = admin_client.get(back).context["form"]
    assert [text.language for text in form.changed_texts] == ["ru"]
    answers = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert errors(admin_client.post(back, answers))["significance"] == ["This field is required."]
    assert admin_client.post(back, answers | {"significance": "minor"}).status_code == 302
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()
    assert draft_revision(page, "ru").digest == texts_by_language(page.versions.get(number=1))["ru"].revision.digest


@pytest.mark.parametrize("number", [1, 9])
def test_there_is_no_way_back_to_what_is_there_or_never_was(admin_client, number):
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now())
    response = admin_client.get(reverse("admin:pages_page_revert", args=[page.pk, number]))
    assert response.status_code == (200 if number == 1 else 404)
    assert number != 1 or "there is nothing to go back to" in response.content.decode()


def test_a_draft_that_cannot_be_published_says_why_and_keeps_the_answers(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), ru="Перевод без исходного текста.")
    response = post(admin_client, page)
    assert response.status_code == 400
    assert "A version needs the text in the source language." in str(errors(response))
    assert page.versions.count() == 0
