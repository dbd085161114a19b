"""Saving the page form while somebody else saves, publishes or deletes: no input is lost or overwritten unseen."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from pages.admin.page_admin import PageAdmin
from pages.models import Page
from pages.presentation.editors.page_states import page_states
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import set_position
from tests.building import draft_revision, make_fields, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import BROWSER_HEADERS, change_url, client_as, form_errors, form_values, visible_text

pytestmark = pytest.mark.django_db
BEA = system_actor("Bea")


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.\n\nTwo.", ru="Раз.")
    return page


def stored_values(page) -> tuple:
    return Page.objects.values_list("body_en", "body_ru", "weight").get(pk=page.pk)


def save_as_bea(page, **bodies):
    save_draft(page, {one: make_fields(body) for one, body in bodies.items()}, by=BEA, now=timezone.now())


def test_edit_conflict_shows_author_and_three_comparisons(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "One.\n\nMine."}
    save_as_bea(page, en="Theirs.\n\nTwo.")
    response = editor.post(change_url(page), posted)
    (conflict,) = response.context["conflicts"]
    saved = conflict.theirs
    assert (saved.language, saved.author, saved.fields.body) == ("en", "Bea", "Theirs.\n\nTwo.")
    bodies = (("One.", "Two."), ("Theirs.", "Two."), ("One.", "Mine."))
    before, theirs, mine = (f"<p>{first}</p>\n<p>{second}</p>\n" for first, second in bodies)
    pairs = {name: (shown.older.render(), shown.newer.render()) for name, _, shown in conflict.comparisons}
    assert pairs == {"between": (theirs, mine), "theirs": (before, theirs), "mine": (before, mine)}
    html = response.content.decode()
    identifiers = re.findall(r' id="([^"]+)"', html.partition('<section class="module conflict"')[2])
    assert len(set(identifiers)) == len(identifiers)
    assert 'id="mine-en' in html
    assert "English: edit conflict with Bea" in html
    assert 'data-kind="removed"' in html
    assert 'data-kind="added"' in html
    assert response.context["adminform"].form["body_en"].value() == "One.\n\nMine."
    assert stored_values(page)[0] == "Theirs.\n\nTwo."


def test_conflict_with_another_tab_of_the_same_person_says_so(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "This tab."}
    assert editor.post(change_url(page), posted | {"body_en": "Other tab."}).status_code == 302
    response = editor.post(change_url(page), posted)
    assert "English: saved in another tab as well" in visible_text(response)
    assert "This language was saved under your name at" in form_errors(response)
    for words in ("conflict with", "editor saved", "Other people", "Somebody else"):
        assert words not in visible_text(response)


def test_emptied_language_that_was_never_published_has_no_draft_any_more(page):
    publish_bodies(page, {"en": "One."}, timezone.now())
    publisher = client_as("publisher")
    posted = form_values(publisher, change_url(page)) | {"title_ru": "", "body_ru": ""}
    response = publisher.post(change_url(page), posted | {"_continue": "x"}, follow=True)
    shown = visible_text(response)
    assert "The draft was removed: Russian. Its texts stay in the history." in shown
    assert "differs" not in shown
    assert "Saved as a draft" not in shown
    assert page_states(["en", "ru"], timezone.now())[page.pk].drafts == ()
    assert "This language is published for the first time" not in visible_text(
        publisher.get(f"/admin/pages/page/{page.pk}/publish/")
    )
    texts = page.revisions.filter(language="ru").order_by("pk")
    assert [revision.fields.body for revision in texts] == ["Раз.", ""]


def test_emptied_language_that_is_published_is_a_draft_that_differs(page):
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, timezone.now())
    publisher = client_as("publisher")
    posted = form_values(publisher, change_url(page)) | {"title_ru": "", "body_ru": "", "body_en": "Two."}
    shown = visible_text(publisher.post(change_url(page), posted | {"_continue": "x"}, follow=True))
    assert "Saved as a draft. Readers do not see it yet: English, Russian." in shown
    assert "The draft was removed" not in shown
    assert [draft.language for draft in page_states(["ru"], timezone.now())[page.pk].drafts] == ["ru"]


def test_saving_again_saves_my_text_after_theirs(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    save_as_bea(page, en="Theirs.")
    form = editor.post(change_url(page), posted).context["adminform"].form
    posted_again = posted | {"head_en": form["head_en"].value(), "keep_en": "mine"}
    assert editor.post(change_url(page), posted_again).status_code == 302
    assert stored_values(page)[0] == "Mine."
    assert page.revisions.filter(author="Bea").exists()


def test_choosing_their_text_still_saves_my_other_languages(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine.", "body_ru": "Моё."}
    save_as_bea(page, en="Theirs.")
    form = editor.post(change_url(page), posted).context["adminform"].form
    posted_again = posted | {"head_en": form["head_en"].value(), "keep_en": "theirs"}
    assert editor.post(change_url(page), posted_again).status_code == 302
    assert stored_values(page)[:2] == ("Theirs.", "Моё.")
    assert page.revisions.filter(language="en").count() == 2


def test_chosen_text_survives_another_form_error(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine.", "title_ru": ""}
    save_as_bea(page, en="Theirs.")
    form = editor.post(change_url(page), {**posted, "title_ru": "Есть"}).context["adminform"].form
    response = editor.post(change_url(page), posted | {"head_en": form["head_en"].value(), "keep_en": "theirs"})
    assert "A text needs a title." in form_errors(response)
    shown = response.context["adminform"].form
    assert shown["body_en"].value() == "Theirs."
    editor.post(
        change_url(page), posted | {name: shown[name].value() for name in ("body_en", "head_en")} | {"title_ru": "Да"}
    )
    assert stored_values(page)[0] == "Theirs."


def test_third_save_during_a_conflict_is_a_new_conflict(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    save_as_bea(page, en="Theirs.")
    form = editor.post(change_url(page), posted).context["adminform"].form
    save_as_bea(page, en="Theirs again.")
    response = editor.post(change_url(page), posted | {"head_en": form["head_en"].value()})
    assert response.context["conflicts"][0].theirs.fields.body == "Theirs again."
    assert stored_values(page)[0] == "Theirs again."


def test_revision_key_of_another_page_shows_nothing(page):
    other_page = make_page("other")
    save_bodies(other_page, timezone.now(), en="Secret of another page.")
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {
        "body_en": "Mine.",
        "head_en": draft_revision(other_page, "en").pk,
    }
    response = editor.post(change_url(page), posted)
    assert "Secret" not in response.content.decode()
    assert stored_values(page)[0] == "One.\n\nTwo."
    posted |= {"keep_en": "theirs"}
    assert "Secret" not in editor.post(change_url(page), posted).content.decode()


def test_saves_of_different_languages_do_not_conflict(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_ru": "Моё."}
    save_as_bea(page, en="Theirs.")
    assert editor.post(change_url(page), posted).status_code == 302
    assert stored_values(page)[:2] == ("Theirs.", "Моё.")


def test_same_text_from_two_editors_is_no_conflict(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Both."}
    save_as_bea(page, en="Both.")
    assert editor.post(change_url(page), posted).status_code == 302
    assert page.revisions.filter(language="en").count() == 2


def test_save_between_the_two_reads_of_the_form_is_a_conflict(page, monkeypatch):
    """The form reads the revision key before the text, so that a save in between is noticed."""
    refresh, editor = Page.refresh_from_db, client_as("editor")

    def save_before_refresh(self, *args, **kwargs):
        save_as_bea(page, en="Theirs.")
        refresh(self, *args, **kwargs)

    monkeypatch.setattr(Page, "refresh_from_db", save_before_refresh)
    posted = form_values(editor, change_url(page))
    monkeypatch.undo()
    assert editor.post(change_url(page), posted | {"body_en": "Mine."}).context["conflicts"]
    assert stored_values(page)[0] == "Theirs."


def test_publication_conflicts_only_with_its_own_language(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    publish_bodies(page, {"en": "Published."}, timezone.now())
    assert editor.post(change_url(page), posted).context["conflicts"], "publishing saved a text first"
    posted = form_values(editor, change_url(page)) | {"body_ru": "Моё."}
    publish_bodies(page, {"en": "Published again."}, timezone.now())
    assert editor.post(change_url(page), posted).status_code == 302
    assert stored_values(page)[:2] == ("Published again.", "Моё.")


def test_weight_conflict_shows_both_values_and_saving_again_succeeds(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"weight": "5"}
    Page.objects.filter(pk=page.pk).update(weight=3)
    response = editor.post(change_url(page), posted)
    assert "The weight was set to 3 after you opened this form with 0" in form_errors(response)
    assert stored_values(page)[2] == 3
    form = response.context["adminform"].form
    assert editor.post(change_url(page), posted | {"opened_weight": form["opened_weight"].value()}).status_code == 302
    assert stored_values(page)[2] == 5


def test_review_date_conflict_shows_both_values(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"review_by": "2027-01-31"}
    Page.objects.filter(pk=page.pk).update(review_by="2027-02-28")
    response = editor.post(change_url(page), posted)
    assert "to 02/28/2027 since you opened this form with none" in form_errors(response)
    form = response.context["adminform"].form
    editor.post(change_url(page), posted | {"opened_review_by": form["opened_review_by"].value()})
    assert str(Page.objects.get(pk=page.pk).review_by) == "2027-01-31"


@pytest.mark.parametrize("empty", [True, False])
def test_form_without_a_notice_period_keeps_the_one_of_the_page(page, empty):
    Page.objects.filter(pk=page.pk).update(notice_days=30)
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"weight": "5", "notice_days": ""}
    if not empty:
        del posted["notice_days"], posted["opened_notice_days"]
    # Set by somebody else since then.
    Page.objects.filter(pk=page.pk).update(notice_days=60)
    assert editor.post(change_url(page), posted).status_code == 302
    assert Page.objects.values_list("weight", "notice_days").get(pk=page.pk) == (5, 60)


def test_text_conflict_does_not_save_the_weight_either(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"weight": "5", "body_en": "Mine."}
    save_as_bea(page, en="Theirs.")
    response = editor.post(change_url(page), posted)
    assert response.context["adminform"].form["weight"].value() == "5"
    assert stored_values(page) == ("Theirs.", "Раз.", 0)


def test_weight_and_text_of_two_editors_do_not_conflict(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    Page.objects.filter(pk=page.pk).update(weight=3)
    assert editor.post(change_url(page), posted).status_code == 302
    assert stored_values(page) == ("Mine.", "Раз.", 3)


def test_save_after_deletion_preserves_the_text(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine, still here."}
    page.delete()
    response = editor.post(change_url(page), posted, headers=BROWSER_HEADERS)
    assert response.status_code == 404
    assert "somebody deleted it" in visible_text(response)
    assert "Mine, still here." in response.content.decode()


def test_deletion_during_a_save_preserves_the_text(page, monkeypatch):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine, still here.", "weight": "4"}

    def delete_then_set_position(*args, **options):
        page.delete()
        set_position(*args, **options)

    monkeypatch.setattr("pages.admin.editing.page_form.set_position", delete_then_set_position)
    response = editor.post(change_url(page), posted, headers=BROWSER_HEADERS)
    assert response.status_code == 404
    assert "Mine, still here." in response.content.decode()


def test_conflict_with_a_save_of_another_day_shows_the_date(page):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    save_draft(page, {"en": make_fields("Theirs.")}, by=BEA, now=timezone.now() - timedelta(days=400))
    assert "/20" in form_errors(editor.post(change_url(page), posted))


@pytest.mark.parametrize("head", ["²", "9" * 30, "9" * 5000])
def test_choosing_their_text_with_an_impossible_key_changes_nothing(page, head):
    editor = client_as("editor")
    posted = form_values(editor, change_url(page)) | {"head_en": head, "keep_en": "theirs"}
    assert editor.post(change_url(page), posted).status_code == 200
    assert editor.post(f"/admin/pages/page/{head}/change/", posted).status_code == 404


@pytest.mark.parametrize("button", ["_save", "_continue"])
def test_save_returns_to_the_filters_of_the_list(page, button):
    editor = client_as("editor")
    url = f"{change_url(page)}?_changelist_filters=q%3Dpolicy"
    posted = form_values(editor, url) | {"body_en": "New.", button: "1"}
    location = editor.post(url, posted)["Location"]
    assert location == (url if button == "_continue" else "/admin/pages/page/?q=policy")


def test_conflicting_save_runs_the_change_view_once(page, monkeypatch):
    editor, calls = client_as("editor"), []
    posted = form_values(editor, change_url(page)) | {"body_en": "Mine."}
    save_as_bea(page, en="Theirs.")
    run_view = PageAdmin._changeform_view
    monkeypatch.setattr(PageAdmin, "_changeform_view", lambda *args: (calls.append(args), run_view(*args))[1])
    assert editor.post(change_url(page), posted).context["conflicts"]
    assert len(calls) == 1


def test_page_created_in_a_popup_closes_it_without_a_message(page):
    editor = client_as("editor")
    url = "/admin/pages/page/add/?_popup=1"
    posted = form_values(editor, url) | {"slug": "terms", "_popup": "1"}
    response = editor.post(url, posted)
    assert response.status_code == 200
    assert "popup_response_data" in response.context_data
    assert not list(get_messages(response.wsgi_request))
