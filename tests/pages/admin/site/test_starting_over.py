"""*Start my own site*: who may, what has to be typed, and what is named."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from pages.admin.site import starting_over
from pages.hugo.starter import load_starter
from pages.models import Page, PublicationRecord, SiteSettings
from pages.publishing.actors import system_actor
from tests.building import make_page
from tests.pages.admin.clients import visible_text

pytestmark = pytest.mark.django_db

URL = "/admin/pages/sitesettings/start-over/"


@pytest.fixture
def superuser(client):
    client.force_login(get_user_model().objects.create_superuser("owner"))
    return client


@pytest.fixture
def sample(now):
    load_starter(by=system_actor("loadstarter"), now=now)


def confirm(client, phrase="remove the sample"):
    return client.post(URL, {"confirmation": phrase})


def test_superuser_who_types_the_phrase_gets_an_empty_site(superuser, sample):
    start_page = superuser.get(reverse("admin:index")).content.decode()
    assert f'href="{URL}"' in start_page
    assert "Type “remove the sample” to confirm" in visible_text(superuser.get(URL))
    response = confirm(superuser, "  Remove the  sample")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert [model.objects.count() for model in (Page, SiteSettings)] == [0, 0]
    assert PublicationRecord.objects.get().actor_name == "owner"
    assert "The sample was removed." in visible_text(superuser.get("/admin/"))
    assert "is a sample" not in visible_text(superuser.get("/admin/"))


@pytest.mark.parametrize("phrase", ["", "remove", "remove the sample!", "yes", "удалить образец"])
def test_nothing_is_removed_without_the_phrase(superuser, sample, phrase):
    response = confirm(superuser, phrase)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert Page.objects.exists()


def test_phrase_is_in_the_language_of_the_superuser(superuser, sample):
    superuser.cookies["django_language"] = "ru"
    assert confirm(superuser).status_code == 200
    assert Page.objects.exists()
    assert confirm(superuser, "удалить образец").status_code == 302
    assert not Page.objects.exists()


def test_publisher_sees_the_notice_without_the_link_and_is_refused(member_client, sample):
    client = member_client("Publishers")
    start_page = client.get(reverse("admin:index")).content.decode()
    assert ("The content of this site is a sample." in start_page, URL in start_page) == (True, False)
    assert [client.get(URL).status_code, confirm(client).status_code] == [403, 403]
    assert Page.objects.exists()


def test_sample_that_somebody_worked_on_stays_and_the_page_names_what_is_there(superuser, sample):
    make_page("ours")
    for response in (superuser.get(URL), confirm(superuser)):
        assert "/ours/: a page that was added" in visible_text(response)
        assert "confirmation" not in response.content.decode()
    assert Page.objects.count() == 2


def test_site_without_a_sample_has_no_form(superuser):
    make_page("ours")
    for response in (superuser.get(URL), confirm(superuser)):
        assert "This site has no sample content: nothing was removed." in visible_text(response)
    assert Page.objects.exists()
    assert URL not in superuser.get(reverse("admin:index")).content.decode()


def test_work_that_is_saved_while_the_page_is_open_is_kept(superuser, sample, monkeypatch):
    def check_first(check=starting_over.require_untouched_sample):
        check()
        make_page("ours")

    monkeypatch.setattr(starting_over, "require_untouched_sample", check_first)
    assert "/ours/: a page that was added" in visible_text(confirm(superuser))
    assert Page.objects.count() == 2
