"""The forms of links, redirects, settings, users and roles: sent in the background, and done only once."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseRedirect
from django.test import Client, RequestFactory

from pages.admin.repeated_submissions import ANSWERED, answer_once
from pages.models import LinkGroup, SiteSettings
from tests.pages.admin.clients import form_values

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
INLINES = {"links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"}
ADDED = {
    "/admin/pages/linkgroup/add/": ({"title_en": "Typed", "position": "footer", "weight": "0", **INLINES}, LinkGroup),
    "/admin/auth/group/add/": ({"name": "Typed"}, Group),
    "/admin/auth/user/add/": ({"username": "typed", "password1": "typed-4711", "password2": "typed-4711"}, User),
}


@pytest.mark.parametrize("address", ADDED)
def test_row_is_added_once_and_both_answers_are_the_same(admin_client, address):
    typed, model = ADDED[address]
    before = model.objects.count()
    key = str(admin_client.get(address).context["sent_form_key"])
    values = typed | {"_form": key, "_save": "Save"}
    answers = [admin_client.post(address, values, headers=JSON).json() for _time in range(2)]
    assert model.objects.count() == before + 1
    assert answers[0]["location"] == answers[1]["location"]


def test_password_is_not_in_the_session(admin_client):
    address = "/admin/auth/user/add/"
    key = str(admin_client.get(address).context["sent_form_key"])
    admin_client.post(address, ADDED[address][0] | {"_form": key})
    assert "typed-4711" not in str(admin_client.session[ANSWERED])


@pytest.mark.parametrize("address", ADDED)
def test_errors_are_the_answer_to_the_script_and_nothing_is_added(admin_client, address):
    model = ADDED[address][1]
    before = model.objects.count()
    answer = admin_client.post(address, {"_form": "one", **INLINES}, headers=JSON).json()
    assert answer["reason"] == "invalid"
    assert "Please correct the error" in answer["page"]
    assert model.objects.count() == before


@pytest.mark.parametrize("address", [*ADDED, "/admin/pages/sitesettings/1/change/"])
def test_script_is_told_that_the_person_is_logged_out(address):
    response = Client().post(address, {"_form": "one"}, headers=JSON)
    assert (response.status_code, response.json()["reason"]) == (403, "logged out")


def test_form_of_a_user_is_never_shown_to_somebody_who_is_logged_out():
    response = Client().post("/admin/auth/user/add/", {"password1": "typed-4711"}, headers={"Accept": "text/html"})
    assert response.status_code == 302
    assert "typed-4711" not in response.content.decode()


def test_another_file_is_another_submission(admin_client):
    session = admin_client.session

    def send(content):
        values = {"_form": "one", "logo_file": SimpleUploadedFile("logo.png", content)}
        request = RequestFactory().post("/settings/", values)
        request.session = session
        answer_once(request, lambda: done.append(request.FILES["logo_file"].read()) or redirect)

    done, redirect = [], HttpResponseRedirect("/")
    for content in (b"one", b"one", b"two"):
        send(content)
    assert done == [b"one", b"two"]


def test_settings_that_are_sent_again_after_they_were_saved_lead_to_where_the_first_answer_did(admin_client):
    row = SiteSettings.objects.create(name_en="Before")
    address = f"/admin/pages/sitesettings/{row.pk}/change/"
    values = form_values(admin_client, address) | {"name_en": "Typed", "_form": "one"}
    values.pop("logo_file")
    first, second = (admin_client.post(address, values) for _time in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert SiteSettings.objects.get().name_en == "Typed"
