"""The publish page: significance, change notes, announcements, edit conflicts and reverting."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from pages.presentation.as_of import format_day, format_moment
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import set_position
from tests.building import (
    EDITOR,
    draft_revision,
    make_fields,
    make_page,
    publish_bodies,
    save_bodies,
    texts_by_language,
)

pytestmark = pytest.mark.django_db
SIGNIFICANCE_QUESTION = "Do readers have to know that the content has changed?"


@pytest.fixture
def page():
    """Return a page that was published a day ago in English and Russian, with a newer Russian draft."""
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, timezone.now() - timedelta(days=1), confirmed=["ru"])
    save_bodies(page, timezone.now(), ru="Иначе.")
    return page


def publish_url(page) -> str:
    return reverse("admin:pages_page_publish", args=[page.pk])


def form_data(client, page) -> dict:
    """Return what a browser would send for the form as it was opened; unchecked boxes are left out."""
    form = client.get(publish_url(page)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def post(client, page, **answers):
    return client.post(publish_url(page), form_data(client, page) | answers)


def errors(response) -> dict:
    return response.context["form"].errors


def test_major_change_moves_the_last_updated_date_of_its_language_only(admin_client, page):
    before = texts_by_language(page.versions.get(number=1))
    assert post(admin_client, page, significance="major", note_ru="Главное.", reflects_ru="on").status_code == 302
    after = texts_by_language(page.versions.get(number=2))
    assert after["ru"].modified_at > before["ru"].modified_at
    assert after["en"].modified_at == before["en"].modified_at
    assert (after["ru"].change_note, after["ru"].based_on) == ("Главное.", 2)
    assert "Иначе." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_minor_change_moves_no_date(admin_client, page):
    before = texts_by_language(page.versions.get(number=1))
    post(admin_client, page, significance="minor")
    after = texts_by_language(page.versions.get(number=2))
    assert {name: row.modified_at for name, row in after.items()} == {
        name: row.modified_at for name, row in before.items()
    }
    assert "Иначе." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_significance_is_required(admin_client, page):
    assert SIGNIFICANCE_QUESTION in admin_client.get(publish_url(page)).content.decode()
    response = post(admin_client, page)
    assert errors(response)["significance"] == ["This field is required."]
    assert page.versions.count() == 1


def test_questions_without_an_answer_are_linked_from_the_top(admin_client, page):
    html = post(admin_client, page).content.decode()
    assert '<li><a href="#id_significance">' in html
    assert 'id="id_significance"' in html


def test_major_change_needs_a_note_and_a_minor_one_does_not(admin_client, page):
    response = post(admin_client, page, significance="major")
    assert errors(response)["note_ru"] == ["Describe the change for readers."]
    assert post(admin_client, page, significance="minor").status_code == 302


def test_invisible_change_is_minor_without_a_question(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "* one\n* two"}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), en="- one\n- two")
    html = admin_client.get(publish_url(page)).content.decode()
    assert SIGNIFICANCE_QUESTION not in html
    assert "the change counts as minor" in html
    post(admin_client, page)
    assert texts_by_language(page.versions.get(number=2))["en"].significance == "minor"


@pytest.mark.parametrize(
    ("changed", "label"),
    [({"description": "New."}, "Description"), ({"link_title": "New."}, "Link title"), ({"title": "New."}, "Title")],
)
def test_change_of_a_field_that_only_lists_show_asks_for_its_significance(admin_client, changed, label):
    page = make_page()
    publish_bodies(page, {"en": "One."}, timezone.now() - timedelta(days=1))
    save_draft(page, {"en": replace(make_fields("One."), **changed)}, by=EDITOR, now=timezone.now())
    html = admin_client.get(publish_url(page)).content.decode()
    assert SIGNIFICANCE_QUESTION in html
    assert "the change counts as minor" not in html
    assert re.search(rf'<p>{label}: (<del [^>]*>[^<]*</del>)? <ins lang="en" dir="auto">New.</ins></p>', html)
    post(admin_client, page, significance="major", note_en="Another description.")
    assert texts_by_language(page.versions.get(number=2))["en"].significance == "major"


def test_first_version_needs_neither_significance_nor_note(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="First.")
    html = admin_client.get(publish_url(page)).content.decode()
    assert SIGNIFICANCE_QUESTION not in html
    assert "published for the first time" in html
    assert post(admin_client, page).status_code == 302
    assert page.versions.get().number == 1


def test_new_language_needs_a_change_note(admin_client):
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now() - timedelta(days=1))
    save_bodies(page, timezone.now(), ru="Перевод.")
    assert errors(post(admin_client, page))["note_ru"] == ["Describe the change for readers."]
    assert post(admin_client, page, note_ru="Добавлен перевод.", reflects_ru="on").status_code == 302
    assert texts_by_language(page.versions.get(number=2))["ru"].based_on == 2


def test_language_can_be_excluded_or_get_its_own_significance(admin_client, page):
    save_bodies(page, timezone.now(), en="English, new.")
    answers = form_data(admin_client, page) | {
        "significance": "minor",
        "significance_ru": "major",
        "note_ru": "Главное.",
    }
    del answers["include_en"]
    admin_client.post(publish_url(page), answers)
    second = texts_by_language(page.versions.get(number=2))
    assert (second["en"].significance, second["ru"].significance) == ("unchanged", "major")
    post(admin_client, page, significance="minor")
    assert texts_by_language(page.versions.get(number=3))["en"].significance == "minor"


def test_hard_coded_date_gives_a_warning_with_the_reason(admin_client, page):
    save_bodies(page, timezone.now(), ru="**Последнее обновление: 15 мая 2023 г.**\n\nИначе.")
    html = admin_client.get(publish_url(page)).content.decode()
    assert "The text contains a date typed by hand: “Последнее обновление: 15 мая 2023 г.”" in html
    assert "the two dates will differ" in html
    assert post(admin_client, page, significance="minor").status_code == 302


def test_future_effective_date_announces_the_version(admin_client, page):
    later = timezone.now().replace(microsecond=0, second=0) + timedelta(days=3)
    post(admin_client, page, significance="major", note_ru="Скоро.", effective_at=f"{later:%Y-%m-%dT%H:%M}")
    assert page.versions.get(number=2).effective_at == later
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_past_effective_date_is_refused(admin_client, page):
    response = post(admin_client, page, significance="minor", effective_at="2020-01-01T00:00")
    assert errors(response)["effective_at"] == ["This time is in the past: an announcement needs a time in the future."]
    assert page.versions.count() == 1


def test_action_for_an_announced_version_is_required(admin_client, page):
    later = timezone.now() + timedelta(days=3)
    publish_bodies(page, {"ru": "Объявлено."}, timezone.now(), effective_at=later)
    save_bodies(page, timezone.now(), en="English, corrected.")
    response = post(admin_client, page, significance="minor", effective_at="", announcement_action="")
    assert errors(response)["announcement_action"] == ["A version is announced: choose what happens to it."]
    post(admin_client, page, significance="minor", effective_at="", announcement_action="again")
    assert list(page.versions.not_cancelled(timezone.now()).order_by("number").values_list("number", flat=True)) == [
        1,
        3,
        4,
    ]
    assert page.versions.get(number=4).effective_at == later


def test_draft_saved_since_the_form_was_opened_is_an_edit_conflict(admin_client, page):
    answers = form_data(admin_client, page) | {"significance": "minor"}
    save_draft(page, {"ru": make_fields("Подменено.")}, by=system_actor("Bea"), now=timezone.now())
    response = admin_client.post(publish_url(page), answers)
    assert "This page was changed after you opened this form" in str(errors(response))
    assert page.versions.count() == 1
    # The answers are kept, and the form shows the new text.
    assert response.context["form"]["significance"].value() == "minor"
    assert "Подменено." in response.content.decode()
    assert response.context["form"]["revision_ru"].value() == str(draft_revision(page, "ru").pk)


def test_version_published_since_the_form_was_opened_is_an_edit_conflict(admin_client, page):
    answers = form_data(admin_client, page) | {"significance": "minor"}
    publish_bodies(page, {"en": "Published in between."}, timezone.now())
    response = admin_client.post(publish_url(page), answers)
    assert "This page was changed after you opened this form" in str(errors(response))


def test_page_without_changes_says_so(admin_client, page):
    post(admin_client, page, significance="minor")
    assert "Nothing has changed since the last version" in admin_client.get(publish_url(page)).content.decode()


def test_editor_without_the_permission_cannot_publish(client, page):
    editor = get_user_model().objects.create_user("editor", is_staff=True)
    names = ["view_page", "change_page"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(editor)
    assert client.get(publish_url(page)).status_code == 403
    assert client.post(publish_url(page), {"significance": "minor", "base": 1}).status_code == 403
    html = client.get(reverse("admin:pages_page_change", args=[page.pk])).content.decode()
    assert "_publish" not in html
    assert page.versions.count() == 1


def test_save_and_publish_redirects_to_the_publish_page(admin_client, page):
    change = reverse("admin:pages_page_change", args=[page.pk])
    form = admin_client.get(change).context["adminform"].form
    posted = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    response = admin_client.post(change, posted | {"_publish": "1"})
    assert response.headers["Location"] == publish_url(page)


def test_binding_language_is_stored(admin_client, page):
    post(admin_client, page, significance="minor", binding_language="en")
    assert page.versions.get(number=2).binding_language == "en"


def test_missing_page_is_not_found(admin_client):
    assert admin_client.get("/admin/pages/page/999/publish/").status_code == 404


def test_effective_date_is_in_the_sites_time_zone(admin_client, page, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    post(admin_client, page, significance="minor", effective_at="2099-01-01T00:00")
    assert page.versions.get(number=2).effective_at == datetime.fromisoformat("2098-12-31T21:00:00+00:00")


@pytest.mark.parametrize(
    ("local", "stored"),
    [
        ("2099-03-29T01:59", "2099-03-29T00:59"),
        ("2099-03-29T03:00", "2099-03-29T01:00"),
        ("2099-10-25T01:59", "2099-10-24T23:59"),
        ("2099-10-25T03:00", "2099-10-25T02:00"),
    ],
)
def test_effective_date_around_a_clock_change_is_shown_as_it_was_chosen(admin_client, page, settings, local, stored):
    settings.TIME_ZONE = "Europe/Berlin"
    post(admin_client, page, significance="minor", effective_at=local)
    announced = page.versions.get(number=2)
    assert announced.effective_at == datetime.fromisoformat(f"{stored}:00+00:00")
    html = admin_client.get(reverse("admin:pages_page_announcement", args=[page.pk, 2])).content.decode()
    assert f'value="{local}"' in html


@pytest.mark.parametrize("local", ["2099-03-29T02:30", "2099-10-25T02:30"])
def test_time_that_does_not_exist_or_exists_twice_is_refused(admin_client, page, settings, local):
    settings.TIME_ZONE = "Europe/Berlin"
    response = post(admin_client, page, significance="minor", effective_at=local)
    (message,) = errors(response)["effective_at"]
    assert "couldn’t be interpreted in time zone Europe/Berlin; it may be ambiguous or it may not exist" in message
    assert response.context["form"]["effective_at"].value() == local
    assert page.versions.count() == 1


@pytest.mark.parametrize("hour", [0, 1])
def test_announcement_in_the_repeated_hour_does_not_move_by_an_hour(admin_client, page, settings, hour):
    settings.TIME_ZONE = "Europe/Berlin"
    effective_at = datetime(2099, 10, 25, hour, 30, tzinfo=UTC)
    publish_bodies(page, {"ru": "Объявлено."}, timezone.now(), effective_at=effective_at)
    url = reverse("admin:pages_page_announcement", args=[page.pk, 2])
    response = admin_client.get(url)
    assert 'value="2099-10-25T02:30"' in response.content.decode()
    data = {"record": response.context["form"]["record"].value(), "effective_at": "2099-10-25T02:30"}
    assert "ambiguous" in str(admin_client.post(url, data).context["form"].errors)
    assert page.versions.upcoming(timezone.now()).get().effective_at == effective_at
    token = admin_client.post(url, data | {"_cancel": ""}).context["form"].confirmation_token()
    assert admin_client.post(url, data | {"_cancel": "", "confirmed": token}).status_code == 302


def test_publish_page_compares_with_the_text_in_force(admin_client, page):
    html = admin_client.get(publish_url(page)).content.decode()
    assert "What changes for readers, compared with the version in force" in html
    assert 'data-kind="removed"' in html
    assert "Русский." in html


def test_draft_replaces_the_announced_version_by_default(admin_client, page):
    later = timezone.now().replace(microsecond=0, second=0) + timedelta(days=3)
    publish_bodies(page, {"ru": "Объявлено."}, timezone.now(), effective_at=later)
    save_bodies(page, timezone.now(), ru="Объявлено лучше.")
    html = admin_client.get(publish_url(page)).content.decode()
    assert "Compared with the announced text" in html
    post(admin_client, page, significance="minor")
    assert [version.number for version in page.versions.not_cancelled(timezone.now())] == [3, 1]
    assert page.versions.get(number=3).effective_at == later
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_emptied_draft_removes_no_language_by_itself(admin_client, page):
    save_bodies(page, timezone.now(), ru="")
    html = admin_client.get(publish_url(page)).content.decode()
    assert "The draft in this language is empty" in html
    assert f'href="/admin/pages/page/{page.pk}/remove/ru/"' in html
    assert "Nothing has changed" in str(errors(post(admin_client, page)))


def test_form_that_is_sent_again_after_back_changes_nothing(admin_client, page):
    save_bodies(page, timezone.now(), en="English, new.")
    opened = form_data(admin_client, page) | {"significance": "major", "note_en": "New.", "reflects_ru": "on"}
    assert admin_client.post(publish_url(page), opened).status_code == 302
    again = admin_client.post(publish_url(page), opened)
    assert "This page was changed after you opened this form" in str(errors(again))
    # The form that is shown then names the present state.
    form = again.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    shown = {name: value for name, value in shown.items() if value not in (None, False)} | {"reflects_ru": "on"}
    assert "Nothing has changed" in str(errors(admin_client.post(publish_url(page), shown)))
    assert page.versions.count() == 2


def test_unchanged_language_gets_a_change_note_and_a_new_basis(admin_client, page):
    save_bodies(page, timezone.now(), en="English, new.", ru="Русский.")
    post(admin_client, page, significance="major", note_en="New.", note_ru="Новое.", reflects_ru="on")
    second = texts_by_language(page.versions.get(number=2))
    assert (second["ru"].significance, second["ru"].change_note, second["ru"].based_on) == ("unchanged", "Новое.", 2)


def test_broken_link_gives_a_warning(admin_client, page):
    save_bodies(page, timezone.now(), ru="[x](/nowhere/)")
    html = admin_client.get(publish_url(page)).content.decode()
    assert "A link leads to no page of this site that readers can open: /nowhere/" in html


def test_publisher_of_one_language_publishes_only_that_one(client, page):
    save_bodies(page, timezone.now(), en="English, new.")
    publisher = get_user_model().objects.create_user("publisher", is_staff=True)
    names = ["view_page", "publish_page", "publish_text_ru"]
    publisher.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(publisher)
    assert client.get(publish_url(page)).context["form"].fields["include_en"].disabled
    answers = form_data(client, page) | {"significance": "minor", "include_en": "on", "note_en": "Forged."}
    assert client.post(publish_url(page), answers).status_code == 302
    second = texts_by_language(page.versions.get(number=2))
    assert second["en"].change_note == ""
    assert (second["en"].significance, second["ru"].significance) == ("unchanged", "minor")


def test_revert_asks_the_same_questions(admin_client, page):
    post(admin_client, page, significance="minor")
    revert_url = reverse("admin:pages_page_revert", args=[page.pk, 1])
    form = admin_client.get(revert_url).context["form"]
    assert [text.language for text in form.changed_texts] == ["ru"]
    answers = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert errors(admin_client.post(revert_url, answers))["significance"] == ["This field is required."]
    assert admin_client.post(revert_url, answers | {"significance": "minor"}).status_code == 302
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()
    assert draft_revision(page, "ru").digest == texts_by_language(page.versions.get(number=1))["ru"].revision.digest


def test_revert_keeps_the_binding_language_in_force_not_the_announced_one(admin_client, page):
    now = timezone.now()
    publish_bodies(page, {"en": "New."}, now - timedelta(hours=2), binding_language="en")
    publish_bodies(page, {"en": "Newer."}, now - timedelta(hours=1), effective_at=now + timedelta(days=9))
    form = admin_client.get(reverse("admin:pages_page_revert", args=[page.pk, 1])).context["form"]
    assert (form["effective_at"].value(), form["binding_language"].value()) == (None, "en")


@pytest.mark.parametrize("number", [1, 9])
def test_version_in_force_and_missing_version_cannot_be_reverted_to(admin_client, number):
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now())
    response = admin_client.get(reverse("admin:pages_page_revert", args=[page.pk, number]))
    assert response.status_code == (200 if number == 1 else 404)
    assert number != 1 or "there is nothing to revert" in response.content.decode()


def test_draft_without_the_source_language_cannot_be_published(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), ru="Перевод без исходного текста.")
    response = post(admin_client, page)
    assert response.status_code == 400
    assert "A version needs the text in the source language." in str(errors(response))
    assert page.versions.count() == 0


def test_time_zone_of_the_site_is_next_to_the_effective_time(admin_client, page, settings):
    html = admin_client.get(publish_url(page)).content.decode()
    assert f'<span class="time-zone">{settings.TIME_ZONE}</span>' in html


def test_languages_come_first_and_what_is_optional_is_folded(admin_client):
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One.", "ru": "Один."}, now)
    save_bodies(page, now, en="Two.", ru="Два.")
    html = admin_client.get(publish_url(page)).content.decode()
    order = ["language-en", "language-ru", 'name="significance"', "publish-folded", 'name="effective_at"']
    places = [html.rindex(part) if part == "publish-folded" else html.index(part) for part in order]
    assert places == sorted(places)
    # The note is required in the source language only.
    folded = re.findall(r'<details class="publish-folded"( open)?>(.*?)</details>', html, re.DOTALL)
    names = [re.findall(r'name="(\w+)"', content) for _is_open, content in folded]
    assert names == [["significance_en"], ["note_ru", "significance_ru"], ["effective_at", "binding_language"]]
    assert [is_open for is_open, _content in folded] == ["", "", ""]


def test_folded_fields_are_open_with_a_value_or_an_error(admin_client):
    page, now = make_page(), timezone.now()
    publish_bodies(page, {"en": "One.", "ru": "Один."}, now)
    save_bodies(page, now, en="Two.", ru="Два.")
    html = admin_client.post(publish_url(page), {"note_ru": "Второе.", "effective_at": "?"}).content.decode()
    folded = re.findall(r'<details class="publish-folded"( open)?>', html)
    assert folded == ["", " open", " open"]


def test_button_says_what_will_happen_and_when(admin_client, page, settings):
    """Without script, a form with a time that the button did not name is shown again."""
    settings.TIME_ZONE = "Europe/Berlin"
    assert button(admin_client.get(publish_url(page))) == "Publish"
    data = form_data(admin_client, page) | {"significance": "minor", "effective_at": "2099-01-01T09:00"}
    response = admin_client.post(publish_url(page), data | {"promised": ""})
    assert button(response) == "Announce for January 1, 2099, 09:00 (CET)"
    assert "Nothing is done yet." in response.content.decode()
    assert page.versions.count() == 1
    response = admin_client.post(publish_url(page), data | {"promised": "2099-01-01T09:00"}, follow=True)
    message = "Version 2 is announced for January 1, 2099, 09:00 (CET). Until then readers see version 1."
    assert message in response.content.decode().replace("\xa0", " ")


def button(response) -> str:
    label = re.search(r'<input type="submit" class="default" value="([^"]*)"', response.content.decode()).group(1)
    return label.replace("\xa0", " ")


def test_button_of_a_revert_names_the_version(admin_client, page):
    publish_bodies(page, {"en": "Two."}, timezone.now())
    response = admin_client.get(reverse("admin:pages_page_revert", args=[page.pk, 1]))
    assert button(response) == "Publish version 1 again"


def test_message_of_a_publication_names_the_time(admin_client, page):
    response = admin_client.post(
        publish_url(page), form_data(admin_client, page) | {"significance": "minor"}, follow=True
    )
    version = page.versions.get(number=2)
    message = f"Version 2 is published: in force since {format_moment(version.effective_at)}."
    assert message in response.content.decode()


@pytest.mark.parametrize("local", ["9999-12-31T23:59", "2206-01-01T00:00"])
def test_absurd_year_is_refused(admin_client, page, local):
    response = post(admin_client, page, significance="minor", effective_at=local)
    message = "Check the year: a version can be announced for the next 100 years."
    assert errors(response) == {"effective_at": [message]}


def test_notice_period_names_the_earliest_date_and_asks_for_a_reason(admin_client, page):
    assert "notice_reason" not in form_data(admin_client, page)
    set_position(page, notice_days=30, by=EDITOR, now=timezone.now())
    html = admin_client.get(publish_url(page)).content.decode()
    earliest = format_day(timezone.localdate() + timedelta(days=30))
    assert f"Notice period in days: 30. The earliest date for a major change without a reason: {earliest}" in html
    response = post(admin_client, page, significance="major", note_ru="Главное.")
    assert "give the reason for less notice" in str(errors(response)["notice_reason"])
    answers = {"significance": "major", "note_ru": "Главное.", "notice_reason": "Суд."}
    assert post(admin_client, page, **answers).status_code == 302
    assert "Суд." in page.versions.get(number=2).texts.get(language="ru").change_note
