"""The forms of operations: nothing is done twice, and the script gets JSON."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from pages.admin.repeated_submissions import MAX_ANSWERED, answer_once
from pages.models import Handover, Page
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready
from tests.building import draft_revision, make_page, publish_bodies, save_bodies
from tests.pages.admin.clients import change_url, client_as, visible_text

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def page(now):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=1), confirmed=["ru"])
    save_bodies(page, now, en="Two.")
    return page


@pytest.fixture
def publisher():
    return client_as("publisher")


def url(page, name: str, *arguments) -> str:
    return reverse(f"admin:pages_page_{name}", args=[page.pk, *arguments])


def answers(client, address: str, **more: str) -> dict:
    """Return what a browser would send for the form as it was opened."""
    response = client.get(address)
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields} | {"_form": str(response.context["form_key"])}
    return {name: value for name, value in values.items() if value not in (None, False)} | more


def publish_values(client, page) -> dict:
    return answers(client, url(page, "publish"), significance="major", note_en="New.")


@pytest.mark.parametrize("headers", [{}, JSON])
def test_form_that_is_sent_twice_publishes_once_and_is_answered_the_same(publisher, page, headers):
    values = publish_values(publisher, page)
    first, second = (publisher.post(url(page, "publish"), values, headers=headers) for _ in range(2))
    assert page.versions.count() == 2
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.headers.get("Location") == second.headers.get("Location")
    text = visible_text(publisher.get(change_url(page)))
    assert text.count("Version 2 is published: in force since") == 1
    assert "You sent this form before" not in text


def test_form_that_is_sent_again_after_it_was_undone_says_that_nothing_was_done(publisher, page, now, monkeypatch):
    opened = answers(publisher, url(page, "withdraw"), reason_en="Old.")
    publisher.post(url(page, "withdraw"), opened)
    publisher.post(url(page, "bring_back"), answers(publisher, url(page, "bring_back")))
    visible_text(publisher.get(change_url(page)))
    later = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert publisher.post(url(page, "withdraw"), opened).headers["Location"].endswith("/change/")
    text = visible_text(publisher.get(change_url(page)))
    assert "You sent this form before, on " in text
    assert "Nothing was done again" in text
    assert not Page.objects.withdrawn(later).exists()


def test_form_that_was_changed_before_it_is_sent_again_is_an_edit_conflict(publisher, page):
    values = publish_values(publisher, page)
    publisher.post(url(page, "publish"), values)
    response = publisher.post(url(page, "publish"), values | {"note_en": "Newer."})
    assert page.versions.count() == 2
    assert "This page was changed after you opened this form." in visible_text(response)
    assert "Newer." in visible_text(response)


def test_form_of_another_opening_is_not_a_repetition(publisher, page):
    values = publish_values(publisher, page)
    publisher.post(url(page, "publish"), values)
    response = publisher.post(url(page, "publish"), values | {"_form": str(uuid4())})
    assert response.status_code == 400


def test_text_is_sent_back_once(publisher, page, now):
    head = draft_revision(page, "en")
    mark_ready(page, "en", revision=head.pk, by=system_actor("Boris"), now=now)
    address = url(page, "send_back", "en")
    values = answers(publisher, address, message="Too short.")
    locations = [publisher.post(address, values, headers=JSON).json()["location"] for _ in range(2)]
    assert locations == [f"{change_url(page)}#tab=en"] * 2
    assert Handover.objects.count() == 2


def test_script_gets_the_page_with_the_errors(publisher, page):
    values = publish_values(publisher, page) | {"note_en": ""}
    shown = publisher.post(url(page, "publish"), values)
    response = publisher.post(url(page, "publish"), values, headers=JSON)
    assert (shown.status_code, response.status_code) == (400, 200)
    answer = response.json()
    assert answer["reason"] == "invalid"
    assert "Describe the change for readers." in answer["page"]
    # A form that is shown again keeps its key, as in the answer without a script.
    assert f'name="_form" value="{values["_form"]}"' in answer["page"]
    assert f'name="_form" value="{values["_form"]}"' in shown.content.decode()


def test_script_gets_the_next_step_of_a_form_in_steps(publisher, page):
    address = url(page, "correct")
    values = answers(publisher, address) | {"force_body_en": "Once.", "note_en": ""}
    answer = publisher.post(address, values, headers=JSON).json()
    assert "Publish the correction" in answer["page"]
    assert page.versions.count() == 1


def test_script_is_told_why_nothing_was_done(publisher, page, django_user_model):
    values = publish_values(publisher, page)
    django_user_model.objects.get(username="publisher").groups.clear()
    response = publisher.post(url(page, "publish"), values, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (403, "forbidden")
    publisher.logout()
    response = publisher.post(url(page, "publish"), values, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (403, "logged out")
    assert page.versions.count() == 1


def test_form_without_a_key_is_answered_as_before(publisher, page):
    values = publish_values(publisher, page)
    del values["_form"]
    assert publisher.post(url(page, "publish"), values, headers=JSON).status_code == 302
    assert publisher.post(url(page, "publish"), values).status_code == 400


def test_only_the_newest_answers_are_remembered(publisher):
    session = publisher.session
    keys = [str(number) for number in range(MAX_ANSWERED + 1)]

    def send(key, response):
        request = RequestFactory().post("/publish/", {"_form": key})
        request.session = session
        return answer_once(request, lambda: response)

    for key in keys:
        send(key, HttpResponseRedirect(f"/{key}/"))
    refused = HttpResponse("refused", status=400)
    assert send(keys[-1], refused).headers["Location"] == f"/{keys[-1]}/"
    assert send(keys[0], refused) is refused


def test_answer_is_that_of_the_same_address(publisher):
    for address in ("/a/publish/", "/b/publish/"):
        request = RequestFactory().post(address, {"_form": "one"})
        request.session = publisher.session
        assert answer_once(request, lambda to=address: HttpResponseRedirect(to)).headers["Location"] == address
        request.session.save()


def test_second_submission_at_the_same_time_gets_the_answer_of_the_first(publisher):
    """Its session was read before the first submission was answered."""
    request, other = (RequestFactory().post("/publish/", {"_form": "one"}) for _ in range(2))
    request.session, other.session = publisher.session, publisher.session

    def publish_at_the_same_time():
        answer_once(other, lambda: HttpResponseRedirect("/done/"))
        other.session.save()
        return HttpResponse("conflict", status=400)

    assert not request.session.get("answered_submissions")
    assert answer_once(request, publish_at_the_same_time).headers["Location"] == "/done/"
