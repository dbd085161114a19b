"""Redirects in the admin: validation, choosing a page by its path, and permissions."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pages.models import Page, Redirect, SiteCounter
from pages.models.permissions import EDITORS, PUBLISHERS, REVIEWERS
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db
ADD_URL = "/admin/pages/redirect/add/"
LIST_URL = "/admin/pages/redirect/"


@pytest.fixture
def page():
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now() - timedelta(days=1))
    return page


def logged_in(group: str) -> Client:
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def add_redirect(client, **data):
    return client.post(ADD_URL, {"old_path": "old", "page": "/privacy-policy/", **data})


def test_redirect_is_added_by_paths(admin_client, page):
    assert add_redirect(admin_client, old_path="/legal/old/").status_code == 302
    redirect = Redirect.objects.get()
    assert (redirect.old_path, redirect.page) == ("legal/old", page)


def test_redirect_to_a_language_is_added(admin_client, page):
    assert add_redirect(admin_client, language="ru").status_code == 302
    assert Redirect.objects.get().language == "ru"
    assert "Select a valid choice" in add_redirect(admin_client, old_path="x", language="de").content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"old_path": "a//b"}, "A path consists of names separated by slashes"),
        ({"old_path": "https://example.org/a?b"}, "A path consists of names separated by slashes"),
        ({"old_path": "/"}, "This field is required."),
        ({"old_path": "ru/old"}, "Remove the language “ru”: the path applies to all languages."),
        ({"old_path": "admin/old"}, "The site uses the name “admin” itself."),
        ({"old_path": "privacy-policy"}, "A page at /privacy-policy/ already exists."),
        ({"old_path": "taken"}, "/taken/ redirects to /privacy-policy/."),
        ({"page": "/nowhere/"}, "No page has the path /nowhere/."),
        ({"page": ""}, "This field is required."),
    ],
)
def test_invalid_redirect_is_reported(admin_client, page, data, message):
    Redirect.objects.create(old_path="taken", page=page)
    response = add_redirect(admin_client, **data)
    shown = " ".join(str(error) for errors in response.context["adminform"].form.errors.values() for error in errors)
    assert message in shown
    assert Redirect.objects.count() == 1
    form = response.context["adminform"].form
    assert form["page"].value() == data.get("page", "/privacy-policy/")


def test_redirect_loop_is_refused(admin_client):
    legal = make_page("legal")
    make_page("terms", parent=legal)
    assert add_redirect(admin_client, old_path="old", page="/legal/terms/").status_code == 302
    Page.objects.filter(path="legal").update(path="law", slug="law")
    response = add_redirect(admin_client, old_path="legal", page="/legal/terms/")
    assert "The page is below the old path" in str(response.context["adminform"].form.errors)


def test_form_suggests_pages_by_path_and_title_without_loading_bodies(admin_client, page):
    with CaptureQueriesContext(connection) as captured:
        html = admin_client.get(ADD_URL).content.decode()
    assert '<option value="/privacy-policy/" label="Privacy policy /privacy-policy/">' in html
    assert not [query for query in captured.captured_queries if "body_" in query["sql"]]


def test_list_shows_the_pages_with_a_constant_number_of_queries(admin_client, page, django_assert_max_num_queries):
    for number in range(30):
        Redirect.objects.create(old_path=f"old/{number}", page=page)
    with django_assert_max_num_queries(9):
        html = admin_client.get(LIST_URL).content.decode()
    assert html.count('<a href="/privacy-policy/">/privacy-policy/</a>') == 30


def test_changing_a_redirect_increases_the_site_counter(admin_client, page):
    redirect = Redirect.objects.create(old_path="old", page=page)
    url = reverse("admin:pages_redirect_change", args=[redirect.pk])
    form = admin_client.get(url).context["adminform"].form
    assert form["page"].value() == "/privacy-policy/"
    before = SiteCounter.objects.get().value
    admin_client.post(
        url, {"old_path": "older", "page": "/privacy-policy/", "state_token": form["state_token"].value()}
    )
    assert Redirect.objects.get().old_path == "older"
    assert SiteCounter.objects.get().value > before


@pytest.mark.parametrize(
    ("group", "status"), [(PUBLISHERS, 302), (EDITORS, 403), (REVIEWERS, 403)], ids=["publisher", "editor", "reviewer"]
)
def test_publisher_can_change_redirects_and_others_can_view_them(group, status, page):
    redirect = Redirect.objects.create(old_path="there", page=page)
    client = logged_in(group)
    assert client.get(LIST_URL).status_code == 200
    shown = client.get(reverse("admin:pages_redirect_change", args=[redirect.pk]))
    assert "/there/" in shown.content.decode()
    assert add_redirect(client).status_code == status
    delete_url = reverse("admin:pages_redirect_delete", args=[redirect.pk])
    assert (client.get(delete_url).status_code == 200) == (group == PUBLISHERS)
    selected = {"action": "delete_selected", "_selected_action": [redirect.pk], "post": "yes"}
    client.post(LIST_URL, selected)
    assert Redirect.objects.filter(pk=redirect.pk).exists()
