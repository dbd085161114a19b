"""The admin of pages: saving makes drafts, loses no input and shows readers nothing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Page
from pages.models.page import text_field
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.text.fields import FIELD_NAMES
from pages.text.parsing import MAX_BODY_BYTES
from tests.building import HEAVY_BODY, draft_revision, make_fields, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, form_errors, form_values

pytestmark = pytest.mark.django_db
ADD = "/admin/pages/page/add/"


@pytest.fixture
def page():
    page = make_page()
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, timezone.now() - timedelta(days=1), confirmed=["ru"])
    return page


def test_saving_makes_a_revision_only_of_the_changed_language(admin_client, page):
    posted = form_values(admin_client, change_url(page)) | {"body_ru": "Иначе."}
    response = admin_client.post(change_url(page), posted, follow=True)
    assert "Saved as a draft. Readers do not see it yet: Russian." in response.content.decode()
    assert [revision.language for revision in page.revisions.order_by("-pk")[:1]] == ["ru"]
    assert page.revisions.count() == 3
    assert "Русский." in admin_client.get("/ru/privacy-policy/").content.decode()


def test_saving_without_a_change_makes_no_revision(admin_client, page):
    admin_client.post(change_url(page), form_values(admin_client, change_url(page)))
    assert page.revisions.count() == 2


def test_crlf_newlines_of_a_browser_are_no_change(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="One.\n\nTwo.")
    posted = form_values(admin_client, change_url(page))
    admin_client.post(change_url(page), posted | {"body_en": posted["body_en"].replace("\n", "\r\n") + "\r\n"})
    assert page.revisions.count() == 1


def test_code_block_at_the_start_keeps_its_indentation(admin_client):
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    admin_client.post(change_url(page), form_values(admin_client, change_url(page)) | {"body_en": "    code\n\nText."})
    page.refresh_from_db()
    assert page.body_en == "    code\n\nText."


def test_author_name_outlives_the_account(admin_client, admin_user, page):
    admin_user.first_name, admin_user.last_name = "Ann", "Other"
    admin_user.save()
    admin_client.post(change_url(page), form_values(admin_client, change_url(page)) | {"body_en": "Again."})
    assert draft_revision(page, "en").author == "Ann Other"
    admin_user.delete()
    assert draft_revision(page, "en").author == "Ann Other"


def test_page_is_added_with_position_and_texts(admin_client):
    posted = form_values(admin_client, ADD) | {
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
    ("posted", "message"),
    [
        ({"slug": "history"}, "The site uses the name “history” itself."),
        ({"slug": "two words"}, "A slug consists of letters, digits, hyphens and underscores."),
        ({"slug": "privacy-policy"}, "A page at /privacy-policy/ already exists."),
        ({"slug": "new", "title_en": "", "body_en": "Text without a title."}, "A text needs a title."),
        (
            {"slug": "new", "title_en": "x", "body_en": "я" * MAX_BODY_BYTES},
            "The text has 512 KB; a page may",
        ),
        (
            {"slug": "new", "title_en": "x", "body_en": HEAVY_BODY},
            "The Markdown of this text takes too long to render: the limit is reached in line",
        ),
    ],
)
def test_error_of_an_operation_appears_at_its_field_and_keeps_the_input(admin_client, page, posted, message):
    before = Page.objects.count()
    response = admin_client.post(
        ADD, {**form_values(admin_client, ADD), "title_ru": "Набрано", "body_ru": "Много", **posted}
    )
    assert message in form_errors(response)
    assert response.context["adminform"].form["body_ru"].value() == "Много"
    assert Page.objects.count() == before


def test_second_save_of_a_language_names_the_other_author_and_keeps_the_text(admin_client, page):
    posted = form_values(admin_client, change_url(page)) | {"body_en": "Mine."}
    save_draft(page, {"en": make_fields("Theirs.")}, by=system_actor("Bea"), now=timezone.now())
    response = admin_client.post(change_url(page), posted)
    assert "Bea saved this language at" in form_errors(response)
    form = response.context["adminform"].form
    assert form["body_en"].value() == "Mine."
    page.refresh_from_db()
    assert page.body_en == "Theirs."
    # The form that was shown again names Bea's revision, so saving it again succeeds.
    posted_again = posted | {"head_en": form["head_en"].value()}
    assert admin_client.post(change_url(page), posted_again).status_code == 302
    page.refresh_from_db()
    assert page.body_en == "Mine."
    assert page.revisions.filter(author="Bea").exists()


def test_saves_of_different_languages_are_both_stored(admin_client, page):
    posted = form_values(admin_client, change_url(page)) | {"body_ru": "Моё."}
    save_draft(page, {"en": make_fields("Theirs.")}, by=system_actor("Bea"), now=timezone.now())
    assert admin_client.post(change_url(page), posted).status_code == 302
    page.refresh_from_db()
    assert (page.body_en, page.body_ru) == ("Theirs.", "Моё.")


def test_forged_post_cannot_move_a_page_or_write_an_unserved_language(admin_client, page):
    posted = form_values(admin_client, change_url(page)) | {
        "slug": "elsewhere",
        "source_language": "ru",
        "body_de": "Fremd",
    }
    admin_client.post(change_url(page), posted)
    page.refresh_from_db()
    assert (page.path, page.source_language, page.body_de or "") == ("privacy-policy", "en", "")


def test_each_served_language_has_a_tab_with_its_direction(admin_client, page):
    html = admin_client.get(change_url(page)).content.decode()
    assert html.count("language-tab ") == 2
    for language in ("en", "ru"):
        for name in FIELD_NAMES:
            field = re.search(rf'<(?:input|textarea)[^>]* name="{text_field(name, language)}"[^>]*>', html)[0]
            assert f'lang="{language}"' in field
            assert 'dir="ltr"' in field


def test_only_never_published_pages_can_be_deleted(admin_client, page):
    response = admin_client.post(reverse("admin:pages_page_delete", args=[page.pk]), {"post": "yes"}, follow=True)
    assert "A published page cannot be deleted: withdraw it instead." in response.content.decode()
    assert Page.objects.filter(pk=page.pk).exists()
    draft = make_page("draft")
    save_bodies(draft, timezone.now(), en="Never published.")
    delete_url = reverse("admin:pages_page_delete", args=[draft.pk])
    token = admin_client.get(delete_url).context["last_revision"]
    admin_client.post(delete_url, {"post": "yes", "last_revision": token})
    assert not Page.objects.filter(pk=draft.pk).exists()


def test_forged_bulk_deletion_keeps_pages_with_versions(admin_client, page):
    posted = {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes"}
    admin_client.post("/admin/pages/page/", posted)
    assert Page.objects.filter(pk=page.pk).exists()


def test_admin_is_russian_for_a_russian_browser(client, admin_client, page):
    russian = {"accept-language": "ru-RU,ru;q=0.9,en;q=0.5"}
    assert "Имя пользователя" in client.get("/admin/login/", headers=russian).content.decode()
    html = admin_client.get(change_url(page), headers=russian).content.decode()
    assert "Сохранить и опубликовать…" in html
    assert "Исходный язык" in html


def test_language_choice_is_a_cookie_bound_to_the_admin(admin_client, page):
    response = admin_client.post("/admin/language/setlang/", {"language": "ru", "next": change_url(page)})
    assert response.cookies["django_language"]["path"] == "/admin/"
    assert "Исходный язык" in admin_client.get(change_url(page)).content.decode()
    assert '<html lang="en"' in admin_client.get("/privacy-policy/").content.decode()


@pytest.mark.parametrize("name", ["version", "revision", "publicationrecord"])
def test_history_models_are_read_only(admin_client, page, name):
    row = page._meta.apps.get_model("pages", name).objects.first()
    assert admin_client.get(f"/admin/pages/{name}/").status_code == 200
    base_url = f"/admin/pages/{name}/{row.pk}/"
    assert admin_client.get(f"{base_url}change/").status_code == 200
    assert admin_client.post(f"{base_url}change/", {}).status_code == 403
    assert admin_client.post(f"{base_url}delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"/admin/pages/{name}/add/").status_code == 403


def test_whole_source_of_a_revision_is_shown(admin_client, page):
    html = admin_client.get(f"/admin/pages/revision/{draft_revision(page, 'en').pk}/change/").content.decode()
    assert "title: &quot;Privacy policy&quot;" in html
    assert "English." in html


def test_site_settings_are_one_row_with_language_tabs(admin_client):
    response = admin_client.get("/admin/pages/sitesettings/", follow=True)
    assert response.redirect_chain[-1][0].endswith("/add/")
    posted = {"name_en": "Site", "notice_en": "A sample.", "name_ru": "Сайт", "notice_ru": "Образец."}
    admin_client.post("/admin/pages/sitesettings/add/", posted)
    assert "Образец." in admin_client.get("/ru/").content.decode()
    assert admin_client.get("/admin/pages/sitesettings/", follow=True).redirect_chain[-1][0].endswith("/1/change/")
    assert admin_client.get("/admin/pages/sitesettings/add/").status_code == 403


def test_content_security_policy_is_strict(admin_client, page):
    policy = admin_client.get(change_url(page)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy


def test_form_names_the_source_language(admin_client):
    html = admin_client.get(change_url(make_page())).content.decode()
    assert '<div class="readonly">English</div>' in html


def test_confirmation_of_a_deletion_is_titled_by_the_page(admin_client):
    html = admin_client.get(reverse("admin:pages_page_delete", args=[make_page().pk])).content.decode()
    assert '<h2 class="view-title">Delete</h2>' in html
    assert "<h1><bdi>/privacy-policy/</bdi></h1>" in html
