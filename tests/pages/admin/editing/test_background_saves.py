"""Saving in the background: the script gets JSON, and the form that it keeps open can be saved again."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from pages.models import Page
from tests.building import draft_revision, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, client_as, form_values, visible_text

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
KEY = "00000000-0000-4000-8000-000000000001"
STAY = {"_continue": "Save draft", "_stay": "yes"}


@pytest.fixture
def page():
    page = make_page()
    save_bodies(page, timezone.now(), en="One.")
    return page


def save(client, page, values):
    return client.post(change_url(page), values, headers=JSON)


def test_saved_form_stays_open_and_can_be_saved_again(page):
    editor = client_as("editor")
    values = form_values(editor, change_url(page)) | STAY
    for body in ("Two.", "Three."):
        values |= {"body_en": body, "weight": len(body)}
        response = save(editor, page, values)
        assert response.status_code == 200
        answer = response.json()
        time = f"{timezone.localtime(draft_revision(page, 'en').created_at):%H:%M}"
        assert answer["saved_at"] == time
        text = f"Saved {time}, with the settings of the page. Readers do not see the draft yet: English."
        assert answer["message"] == text
        assert answer["fields"]["head_en"] == str(draft_revision(page, "en").pk)
        values |= answer["fields"]
    assert Page.objects.values_list("body_en", "weight").get() == ("Three.", 6)


def test_notice_period_that_is_not_given_stays_as_it_was_opened(page):
    editor = client_as("editor")
    answer = save(
        editor, page, form_values(editor, change_url(page)) | STAY | {"notice_days": "", "weight": "3"}
    ).json()
    assert answer["fields"]["opened_weight"] == "3"
    assert "opened_notice_days" not in answer["fields"]


def test_message_is_in_the_answer_and_not_on_the_next_page(page):
    editor = client_as("editor")
    save(editor, page, form_values(editor, change_url(page)) | STAY | {"body_en": "Two."})
    assert "Saved as a draft" not in visible_text(editor.get(change_url(page)))


def test_message_is_on_the_page_to_which_another_button_leads(page):
    publisher = client_as("publisher")
    for button, location in (("_save", "/admin/pages/page/"), ("_publish", f"/admin/pages/page/{page.pk}/publish/")):
        values = form_values(publisher, change_url(page)) | {"body_en": button, button: "x"}
        response = save(publisher, page, values)
        assert response.json()["location"] == location
        assert response.json()["fields"]["head_en"] == str(draft_revision(page, "en").pk)
        assert "Saved as a draft" in visible_text(publisher.get(location))


def test_new_page_leads_to_its_form():
    editor = client_as("editor")
    url = "/admin/pages/page/add/"
    values = form_values(editor, url) | {"slug": "terms", "body_en": "One.", "title_en": "Terms", "_continue": "x"}
    # Sent twice, because the first answer was lost.
    responses = [editor.post(url, values | {"_form": KEY}, headers=JSON) for _ in range(2)]
    page = Page.objects.get(path="terms")
    for response in responses:
        answer = response.json()
        assert answer["location"] == change_url(page)
        # What was typed in the meantime is kept as an unsaved text of the page.
        assert answer["session_url"] == f"/admin/pages/page/{page.pk}/editing-session/"
        assert answer["fields"]["head_en"] == str(draft_revision(page, "en").pk)
    assert "The page was created." in visible_text(editor.get(change_url(page)))


def test_session_keeps_no_text_of_a_new_page():
    editor, url = client_as("editor"), "/admin/pages/page/add/"
    texts = {"slug": "terms", "title_en": "Terms", "body_en": "A long policy.", "keep_en": "theirs"}
    assert editor.post(url, form_values(editor, url) | texts | {"_form": KEY}).status_code == 302
    (answered,) = editor.session["answered_submissions"]
    assert "A long policy." not in str(answered)


def test_status_of_each_language_follows(page):
    publish_bodies(page, {"en": "One.", "ru": "Один."}, timezone.now(), confirmed=["ru"])
    editor = client_as("editor")
    answer = save(editor, page, form_values(editor, change_url(page)) | STAY | {"body_ru": "Два."}).json()
    assert "The draft differs from the published text." in answer["descriptions"]["ru"]
    assert "The draft differs" not in answer["descriptions"]["en"]
    assert 'data-badge="differs"' in answer["descriptions"]["ru"]
    assert 'data-badge="changed"' not in answer["descriptions"]["ru"]
    assert "Russian draft differs" in answer["heading"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"body_en": "Two."}, "Saved {} as a draft. Readers do not see it yet: English."),
        ({"weight": "3"}, "Saved {}: the settings of the page."),
        (
            {"title_en": "", "body_en": ""},
            "Saved {}. The draft was removed: English. Its texts stay in the history.",
        ),
        (
            {"title_en": "", "body_en": "", "title_ru": "Один", "body_ru": "Один."},
            "Saved {} as a draft. Readers do not see it yet: Russian. "
            "The draft was removed: English. Its texts stay in the history.",
        ),
    ],
)
def test_message_says_once_that_it_was_saved(page, changed, message):
    editor = client_as("editor")
    answer = save(editor, page, form_values(editor, change_url(page)) | STAY | changed).json()
    assert answer["message"] == message.format(answer["saved_at"])


def test_nothing_to_save_has_no_time(page):
    editor = client_as("editor")
    answer = save(editor, page, form_values(editor, change_url(page)) | STAY).json()
    assert (answer["saved_at"], answer["message"]) == ("", "Nothing was changed, so nothing was saved.")


def test_save_whose_answer_was_lost_can_be_sent_again(page):
    editor = client_as("editor")
    values = (
        form_values(editor, change_url(page)) | STAY | {"body_en": "Two.", "weight": "3", "review_by": "2030-01-31"}
    )
    first, second = (save(editor, page, values).json() for _ in range(2))
    assert second["message"].startswith(f"Saved {second['saved_at']}")
    assert second["fields"] == first["fields"]
    assert page.revisions.count() == 2
    values |= second["fields"] | {"body_en": "Three."}
    assert save(editor, page, values).status_code == 200
    assert Page.objects.values_list("body_en", "weight", "review_by").get() == ("Three.", 3, date(2030, 1, 31))


def test_language_that_somebody_else_saved_keeps_its_old_key(page):
    editor = client_as("editor")
    save_bodies(page, timezone.now(), ru="Один.")
    values = form_values(editor, change_url(page)) | STAY | {"body_en": "Two."}
    save_bodies(page, timezone.now(), ru="Чужое.")
    answer = save(editor, page, values).json()
    assert answer["fields"]["head_ru"] == str(values["head_ru"])
    response = save(editor, page, values | answer["fields"] | {"body_ru": "Моё."})
    assert (response.status_code, response.json()) == (200, {"reason": "invalid"})
    assert Page.objects.get().body_ru == "Чужое."


def test_other_text_that_was_chosen_is_in_the_answer(page):
    editor = client_as("editor")
    values = form_values(editor, change_url(page)) | STAY | {"body_en": "Mine."}
    theirs = save_bodies(page, timezone.now(), en="Theirs.")["en"]
    answer = save(editor, page, values | {"head_en": theirs.pk, "keep_en": "theirs"}).json()
    fields = {name: answer["fields"][name] for name in ("body_en", "title_en", "head_en")}
    assert fields == {"body_en": "Theirs.", "title_en": "Privacy policy", "head_en": str(theirs.pk)}


def test_errors_are_left_to_the_plain_form(page):
    editor = client_as("editor")
    values = form_values(editor, change_url(page)) | {"title_en": "", "body_en": "Two."}
    response = save(editor, page, values | STAY)
    assert (response.status_code, response.json()) == (200, {"reason": "invalid"})
    response = editor.post(change_url(page), values)
    assert "A text needs a title." in visible_text(response)
    assert Page.objects.get().body_en == "One."


def test_plain_form_is_answered_as_before_whatever_the_script_would_post(page):
    editor = client_as("editor")
    values = form_values(editor, change_url(page)) | {"body_en": "Two.", "_continue": "x"}
    response = editor.post(change_url(page), values)
    assert (response.status_code, response.headers["Location"]) == (302, change_url(page))
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "Saved as a draft. Readers do not see it yet: English."
    ]
