"""The working copy in the admin: Save keeps a draft, nothing that was typed is lost, nothing reaches readers."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page
from pages.models.page import TEXT_FIELDS, text_field
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.text.rendering import MAX_BODY_BYTES
from tests.building import draft_revision, make_fields, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
ADD = "/admin/pages/page/add/"


@pytest.fixture
def page():
    """Return a published page in English and Russian."""
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, timezone.now() - timedelta(days=1), confirmed=["ru"])
    return page


def form_of(client, address: str) -> dict:
    """Return what a browser would post, as the form was opened."""
    form = client.get(address).context["adminform"].form
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


def change(page: Page) -> str:
    return reverse("admin:pages_page_change", args=[page.pk])


def refusals(response) -> str:
    """Return the words of the errors that a form shows."""
    return " ".join(re.sub("<[^>]+>", " ", str(response.context["adminform"].form.errors)).split())


def test_saving_keeps_a_draft_of_the_language_that_changed_alone(admin_client, page):
    posted = form_of(admin_client, change(page)) | {"body_ru": "Иначе."}
    response = admin_client.post(change(page), posted, follow=True)
    assert "Saved as a draft, readers do not see it yet: Русский." in response.content.decode()
    assert [revision.language for revision in page.revisions.order_by("-pk")[:1]] == ["ru"]
    assert page.revisions.count() == 3
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_saving_without_a_change_makes_no_revision(admin_client, page):
    admin_client.post(change(page), form_of(admin_client, change(page)))
    assert page.revisions.count() == 2


def test_newlines_of_a_browser_are_no_change(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="One.\n\nTwo.")
    posted = form_of(admin_client, change(page))
    admin_client.post(change(page), posted | {"body_en": posted["body_en"].replace("\n", "\r\n") + "\r\n"})
    assert page.revisions.count() == 1


def test_a_code_block_at_the_beginning_keeps_its_indentation(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    admin_client.post(change(page), form_of(admin_client, change(page)) | {"body_en": "    code\n\nText."})
    page.refresh_from_db()
    assert page.body_en == "    code\n\nText."


def test_the_author_is_kept_as_a_name(admin_client, admin_user, page):
    admin_user.first_name, admin_user.last_name = "Ann", "Other"
    admin_user.save()
    admin_client.post(change(page), form_of(admin_client, change(page)) | {"body_en": "Anew."})
    assert draft_revision(page, "en").author == "Ann Other"
    admin_user.delete()
    assert draft_revision(page, "en").author == "Ann Other"


def test_a_page_is_added_with_its_place_and_texts(admin_client):
    posted = form_of(admin_client, ADD) | {
        "slug": "terms",
        "source_language": "ru",
        "weight": "3",
        "title_ru": "Условия",
        "body_ru": "Текст.",
    }
    assert admin_client.post(ADD, posted).status_code == 302
    page = Page.objects.get(path="terms")
    assert (page.source_language, page.weight, page.title_ru, page.body_ru) == ("ru", 3, "Условия", "Текст.")


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"slug": "history"}, "The site itself uses the name “history”."),
        ({"slug": "two words"}, "A slug is made of letters, digits, hyphens and underscores."),
        ({"slug": "privacy-policy"}, "There is a page at /privacy-policy/ already."),
        ({"slug": "new", "title_en": "", "body_en": "Text without a title."}, "A text needs a title."),
        (
            {"slug": "new", "title_en": "x", "body_en": "я" * MAX_BODY_BYTES},
            "The text has 512 KB; the most that a page may",
        ),
    ],
)
def test_what_a_verb_refuses_is_said_at_the_field_and_nothing_typed_is_lost(admin_client, page, posted, sentence):
    before = Page.objects.count()
    response = admin_client.post(
        ADD, {**form_of(admin_client, ADD), "title_ru": "Набрано", "body_ru": "Много", **posted}
    )
    assert sentence in refusals(response)
    assert response.context["adminform"].form["body_ru"].value() == "Много"
    assert Page.objects.count() == before


def test_a_second_save_of_one_language_is_refused_with_who_and_the_text_is_kept(admin_client, page):
    posted = form_of(admin_client, change(page)) | {"body_en": "Mine."}
    save_draft(page, {"en": make_fields("Theirs.")}, by=system_actor("Bea"), now=timezone.now())
    response = admin_client.post(change(page), posted)
    assert "Bea saved this language at" in refusals(response)
    form = response.context["adminform"].form
    assert form["body_en"].value() == "Mine."
    page.refresh_from_db()
    assert page.body_en == "Theirs."
    # The one way to go on: whoever saves again has been told.
    again = posted | {"head_en": form["head_en"].value()}
    assert admin_client.post(change(page), again).status_code == 302
    page.refresh_from_db()
    assert page.body_en == "Mine."
    assert page.revisions.filter(author="Bea").exists()


def test_saves_of_different_languages_merge(admin_client, page):
    posted = form_of(admin_client, change(page)) | {"body_ru": "Моё."}
    save_draft(page, {"en": make_fields("Theirs.")}, by=system_actor("Bea"), now=timezone.now())
    assert admin_client.post(change(page), posted).status_code == 302
    page.refresh_from_db()
    assert (page.body_en, page.body_ru) == ("Theirs.", "Моё.")


def test_a_forged_post_cannot_move_a_page_or_write_an_unserved_language(admin_client, page):
    posted = form_of(admin_client, change(page)) | {"slug": "elsewhere", "source_language": "ru", "body_de": "Fremd"}
    admin_client.post(change(page), posted)
    page.refresh_from_db()
    assert (page.path, page.source_language, page.body_de or "") == ("privacy-policy", "en", "")


def test_there_is_a_tab_for_each_served_language_with_its_own_direction(admin_client, page):
    html = admin_client.get(change(page)).content.decode()
    assert html.count("language-tab ") == 2
    for language in ("en", "ru"):
        for name in TEXT_FIELDS:
            field = re.search(rf'<(?:input|textarea)[^>]* name="{text_field(name, language)}"[^>]*>', html)[0]
            assert f'lang="{language}"' in field
            assert 'dir="ltr"' in field


def test_a_page_with_versions_cannot_be_deleted_and_a_draft_can(admin_client, page):
    assert admin_client.post(reverse("admin:pages_page_delete", args=[page.pk]), {"post": "yes"}).status_code == 403
    draft = make_page("draft")
    save_bodies(draft, timezone.now(), en="Never published.")
    address = reverse("admin:pages_page_delete", args=[draft.pk])
    token = admin_client.get(address).context["last_revision"]
    admin_client.post(address, {"post": "yes", "last_revision": token})
    assert not Page.objects.filter(pk=draft.pk).exists()


def test_deleting_many_pages_keeps_those_with_versions(admin_client, page):
    posted = {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes"}
    admin_client.post("/admin/pages/page/", posted)
    assert Page.objects.filter(pk=page.pk).exists()


def test_the_admin_speaks_russian_to_a_russian_browser(client, admin_client, page):
    russian = {"accept-language": "ru-RU,ru;q=0.9,en;q=0.5"}
    assert "Имя пользователя" in client.get("/admin/login/", headers=russian).content.decode()
    html = admin_client.get(change(page), headers=russian).content.decode()
    assert "Сохранить и перейти к публикации" in html
    assert "Исходный язык" in html


def test_the_choice_of_a_language_is_a_cookie_of_the_admin_alone(admin_client, page):
    response = admin_client.post("/admin/language/setlang/", {"language": "ru", "next": change(page)})
    assert response.cookies["django_language"]["path"] == "/admin/"
    assert "Исходный язык" in admin_client.get(change(page)).content.decode()
    assert '<html lang="en"' in admin_client.get("/privacy-policy/").content.decode()


@pytest.mark.parametrize("name", ["version", "revision", "publicationrecord"])
def test_history_is_read_only_in_the_admin(admin_client, page, name):
    row = page._meta.apps.get_model("pages", name).objects.first()
    assert admin_client.get(f"/admin/pages/{name}/").status_code == 200
    address = f"/admin/pages/{name}/{row.pk}/"
    assert admin_client.get(f"{address}change/").status_code == 200
    assert admin_client.post(f"{address}change/", {}).status_code == 403
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"/admin/pages/{name}/add/").status_code == 403


def test_the_whole_source_of_a_revision_can_be_read(admin_client, page):
    html = admin_client.get(f"/admin/pages/revision/{draft_revision(page, 'en').pk}/change/").content.decode()
    assert "title: &quot;Privacy policy&quot;" in html
    assert "English." in html


def test_site_settings_are_one_row_with_a_tab_for_each_language(admin_client):
    response = admin_client.get("/admin/pages/sitesettings/", follow=True)
    assert response.redirect_chain[-1][0].endswith("/add/")
    posted = {"name_en": "Site", "notice_en": "A sample.", "name_ru": "Сайт", "notice_ru": "Образец."}
    admin_client.post("/admin/pages/sitesettings/add/", posted)
    assert "Образец." in admin_client.get("/ru/").content.decode()
    assert admin_client.get("/admin/pages/sitesettings/", follow=True).redirect_chain[-1][0].endswith("/1/change/")
    assert admin_client.get("/admin/pages/sitesettings/add/").status_code == 403


def test_the_admin_works_under_a_strict_policy(admin_client, page):
    policy = admin_client.get(change(page)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
