"""Links of the navigation in the admin: labels, targets, and groups without loops."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pages.models import Link, LinkGroup
from pages.models.permissions import PUBLISHERS, REVIEWERS
from tests.building import make_page

pytestmark = pytest.mark.django_db
ADD_URL = "/admin/pages/linkgroup/add/"
NO_LINKS = {"links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"}
ONE_LINK = {"links-TOTAL_FORMS": "1", "links-INITIAL_FORMS": "0", "links-0-weight": "0"}
GROUP = {"title_en": "About", "position": "footer", "weight": "0"}


def logged_in(group: str) -> Client:
    user = User.objects.create_user("someone", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def all_errors(response) -> str:
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form, *(form for formset in formsets for form in formset.forms)]
    return " ".join(str(error) for form in forms for errors in form.errors.values() for error in errors)


def test_page_of_a_link_is_entered_as_a_path():
    page = make_page()
    link = {**ONE_LINK, "links-0-label_ru": "Политика", "links-0-page": "/privacy-policy/"}
    assert logged_in(PUBLISHERS).post(ADD_URL, {**GROUP, **link}).status_code == 302
    link = Link.objects.get()
    assert (link.page, link.label_ru, link.group.title_en) == (page, "Политика", "About")


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (
            {"label_en": "x", "page": "/privacy-policy/", "url": "https://example.org/"},
            "A link leads to a page or to an address: clear one of the two fields.",
        ),
        ({"url": "https://example.org/"}, "A link needs a label in at least one language."),
        ({"label_en": "x", "url": "javascript:alert(1)"}, "An address begins with https://"),
        ({"label_en": "x", "page": "/nowhere/"}, "No page has the path /nowhere/."),
    ],
)
def test_invalid_link_is_reported(admin_client, link, message):
    make_page()
    data = {f"links-0-{name}": value for name, value in link.items()}
    response = admin_client.post(ADD_URL, {**GROUP, **ONE_LINK, **data})
    assert message in all_errors(response)
    assert "constraint" not in all_errors(response).lower()
    assert not LinkGroup.objects.exists()


def test_group_cannot_be_below_itself(admin_client):
    top = LinkGroup.objects.create(title_en="Top")
    below = LinkGroup.objects.create(title_en="Below", parent=top)
    for parent in (top, below):
        url = reverse("admin:pages_linkgroup_change", args=[top.pk])
        token = admin_client.get(url).context["adminform"].form["state_token"].value()
        response = admin_client.post(url, {**GROUP, **NO_LINKS, "parent": parent.pk, "state_token": token})
        assert "That group is already part of this one" in all_errors(response)


def test_many_languages_are_collapsed(admin_client, settings):
    html = admin_client.get(ADD_URL).content.decode()
    assert "<details" not in html
    settings.LANGUAGES = [(code, code) for code in settings.MODELTRANSLATION_LANGUAGES[:15]]
    html = admin_client.get(ADD_URL).content.decode()
    assert html.count("<details") == 2
    assert 'dir="rtl"' in html


def test_number_of_queries_is_constant_and_no_texts_are_loaded(admin_client):
    group, page = LinkGroup.objects.create(title_en="About"), make_page()
    url = reverse("admin:pages_linkgroup_change", args=[group.pk])
    # The first request fills the cache of content types.
    admin_client.get(url)
    counts = []
    for _ in range(2):
        for number in range(5):
            Link.objects.create(group=group, label_en=str(number), page=page)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            html = admin_client.get(url).content.decode()
        assert html.count('value="/privacy-policy/"') >= 5
        assert not [query for query in captured.captured_queries if "body_" in query["sql"]]
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_reviewer_can_view_but_not_change_links():
    group = LinkGroup.objects.create(title_en="About")
    Link.objects.create(group=group, label_en="Policy", page=make_page())
    client = logged_in(REVIEWERS)
    url = reverse("admin:pages_linkgroup_change", args=[group.pk])
    with CaptureQueriesContext(connection) as captured:
        html = client.get(url).content.decode()
    assert "/privacy-policy/" in html
    assert not [query for query in captured.captured_queries if "body_" in query["sql"]]
    assert client.post(url, {**GROUP, **NO_LINKS}).status_code == 403
    assert client.post(ADD_URL, {**GROUP, **NO_LINKS}).status_code == 403
