"""Redirects in the admin: clear errors, and a page that is chosen by its path."""

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
ADD = "/admin/pages/redirect/add/"
LIST = "/admin/pages/redirect/"


@pytest.fixture
def page():
    """Return a published page."""
    page = make_page()
    publish_bodies(page, {"en": "English."}, timezone.now() - timedelta(days=1))
    return page


def logged_in(group: str) -> Client:
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def add(client, **posted):
    return client.post(ADD, {"old_path": "old", "page": "/privacy-policy/", **posted})


def test_a_redirect_is_made_by_paths(admin_client, page):
    assert add(admin_client, old_path="/legal/old/").status_code == 302
    redirect = Redirect.objects.get()
    assert (redirect.old_path, redirect.page) == ("legal/old", page)


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"old_path": "a//b"}, "A path is made of names with slashes between them"),
        ({"old_path": "https://example.org/a?b"}, "A path is made of names with slashes between them"),
        ({"old_path": "/"}, "This field is required."),
        ({"old_path": "ru/old"}, "Leave out the language “ru”: the path holds for all."),
        ({"old_path": "admin/old"}, "The site itself uses the name “admin”."),
        ({"old_path": "privacy-policy"}, "There is a page at /privacy-policy/ already."),
        ({"old_path": "taken"}, "/taken/ leads readers of old links to /privacy-policy/."),
        ({"page": "/nowhere/"}, "There is no page at /nowhere/."),
        ({"page": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(admin_client, page, posted, sentence):
    Redirect.objects.create(old_path="taken", page=page)
    response = add(admin_client, **posted)
    shown = " ".join(str(error) for errors in response.context["adminform"].form.errors.values() for error in errors)
    assert sentence in shown
    assert Redirect.objects.count() == 1
    form = response.context["adminform"].form
    assert form["page"].value() == posted.get("page", "/privacy-policy/")


def test_a_redirect_to_a_page_below_it_would_lead_in_circles(admin_client):
    legal = make_page("legal")
    make_page("terms", parent=legal)
    assert add(admin_client, old_path="old", page="/legal/terms/").status_code == 302
    Page.objects.filter(path="legal").update(path="law", slug="law")
    response = add(admin_client, old_path="legal", page="/legal/terms/")
    assert "The page stands below the old path" in str(response.context["adminform"].form.errors)


def test_the_form_offers_pages_by_path_and_title_without_their_bodies(admin_client, page):
    with CaptureQueriesContext(connection) as captured:
        html = admin_client.get(ADD).content.decode()
    assert '<option value="/privacy-policy/" label="Privacy policy /privacy-policy/">' in html
    assert not [query for query in captured.captured_queries if "body_" in query["sql"]]


def test_the_list_shows_where_each_leads_in_one_query_for_all(admin_client, page, django_assert_max_num_queries):
    for number in range(30):
        Redirect.objects.create(old_path=f"old/{number}", page=page)
    with django_assert_max_num_queries(9):
        html = admin_client.get(LIST).content.decode()
    assert html.count('<a href="/privacy-policy/">/privacy-policy/</a>') == 30


def test_a_redirect_can_be_changed_and_deleted_and_readers_see_it(admin_client, page):
    redirect = Redirect.objects.create(old_path="old", page=page)
    address = reverse("admin:pages_redirect_change", args=[redirect.pk])
    form = admin_client.get(address).context["adminform"].form
    assert form["page"].value() == "/privacy-policy/"
    before = SiteCounter.objects.get().value
    admin_client.post(
        address, {"old_path": "older", "page": "/privacy-policy/", "state_token": form["state_token"].value()}
    )
    assert Redirect.objects.get().old_path == "older"
    assert SiteCounter.objects.get().value > before


@pytest.mark.parametrize(
    ("group", "status"), [(PUBLISHERS, 302), (EDITORS, 403), (REVIEWERS, 403)], ids=["publisher", "editor", "reviewer"]
)
def test_publishers_have_them_and_others_look(group, status, page):
    redirect = Redirect.objects.create(old_path="there", page=page)
    client = logged_in(group)
    assert client.get(LIST).status_code == 200
    shown = client.get(reverse("admin:pages_redirect_change", args=[redirect.pk]))
    assert "/there/" in shown.content.decode()
    assert add(client).status_code == status
    deleting = reverse("admin:pages_redirect_delete", args=[redirect.pk])
    assert (client.get(deleting).status_code == 200) == (group == PUBLISHERS)
    chosen = {"action": "delete_selected", "_selected_action": [redirect.pk], "post": "yes"}
    client.post(LIST, chosen)
    assert Redirect.objects.filter(pk=redirect.pk).exists()
