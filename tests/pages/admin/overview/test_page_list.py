"""The page list: a tree with filters, and a search that finds words in every served language."""

from datetime import timedelta

import pytest
from django.urls import reverse

from pages.models import Page
from pages.models.permissions import EDITORS, REVIEWERS, translators_group
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import set_position
from pages.publishing.versions import announce
from pages.text.fields import Fields
from tests.building import EDITOR, make_page, publish_bodies, save_bodies, texts_to_publish
from tests.pages.admin.clients import visible_text

pytestmark = pytest.mark.django_db
LIST_URL = "/admin/pages/page/"
START_URL = "/admin/"


@pytest.fixture
def site(now):
    """Return pages in every state by slug."""
    pages = {name: make_page(name) for name in ("behind", "current", "draft", "later", "gone", "never")}
    pages["below"] = make_page("below", parent=pages["current"])
    ago = now - timedelta(days=9)
    for name in ("behind", "current", "below"):
        publish_bodies(pages[name], {"en": "One.", "ru": "Раз."}, ago, confirmed=["ru"])
    for name in ("draft", "later", "gone"):
        publish_bodies(pages[name], {"en": "One."}, ago)
    publish_bodies(pages["behind"], {"en": "Two."}, ago + timedelta(days=1))
    save_bodies(pages["draft"], now, en="Another.")
    save_bodies(pages["later"], now, en="Later.")
    effective_at = now + timedelta(days=5)
    chosen = texts_to_publish(pages["later"], ["en"])
    announce(pages["later"], chosen, effective_at=effective_at, by=EDITOR, now=now, notes={"en": "Note."})
    withdraw(pages["gone"], reasons={"en": "Gone."}, by=EDITOR, now=now)
    set_position(pages["current"], review_by=now.date(), by=EDITOR, now=now)
    return pages


def listed_paths(client, **parameters) -> list[str]:
    response = client.get(LIST_URL, parameters)
    assert response.status_code == 200
    return [row.state.path for row in response.context["cl"].result_list]


def test_list_shows_the_tree_with_levels(admin_client, site):
    response = admin_client.get(LIST_URL)
    rows = [(row.state.path, row.level) for row in response.context["cl"].result_list]
    assert rows == [
        ("behind", 1),
        ("current", 1),
        ("current/below", 2),
        ("draft", 1),
        ("gone", 1),
        ("later", 1),
        ("never", 1),
    ]
    html = " ".join(response.content.decode().split())
    assert "Level 2:" in html
    assert f'href="{site["behind"].pk}/change/#tab=ru"' in html
    for label in ("Behind", "Up to date", "Source", "Missing", "Not published", "2 upcoming, from", "withdrawn on"):
        assert label in html


@pytest.mark.parametrize(
    ("parameters", "paths"),
    [
        ({"attention": "draft"}, ["draft"]),
        ({"attention": "upcoming"}, ["later"]),
        ({"attention": "withdrawn"}, ["gone"]),
        ({"attention": "review"}, ["current"]),
        ({"status": "newer-source"}, ["behind"]),
        ({"status": "behind", "language": "ru"}, ["behind"]),
        ({"status": "behind", "language": "en"}, []),
        ({"status": "up-to-date"}, ["current", "current/below"]),
        ({"status": "missing", "language": "ru"}, ["draft", "later"]),
        ({"status": "missing", "attention": "draft"}, ["draft"]),
        ({"status": "unpublished"}, ["never"]),
        ({"status": "unpublished", "q": "behind"}, []),
        ({"language": "ru"}, ["behind", "current", "current/below", "draft", "gone", "later", "never"]),
        (
            {"status": "nonsense", "language": "xx"},
            ["behind", "current", "current/below", "draft", "gone", "later", "never"],
        ),
    ],
)
def test_filters_keep_the_tree_order(admin_client, site, parameters, paths):
    assert listed_paths(admin_client, **parameters) == paths


def test_row_that_was_shown_before_shows_every_change_and_the_language(admin_client, now):
    page = make_page("terms")

    def row() -> str:
        text = visible_text(admin_client.get(reverse("admin:pages_page_changelist")))
        return text.partition("Review by")[2]

    shown = [row()]
    save_bodies(page, now, en="One.")
    shown.append(row())
    publish_bodies(page, {"en": "One."}, now)
    shown.append(row())
    save_draft(page, {"en": Fields("Another title", body="One.")}, by=EDITOR, now=now)
    shown.append(row())
    set_position(page, review_by=now.date(), by=EDITOR, now=now)
    shown.append(row())
    withdraw(page, reasons={"en": "Why."}, by=EDITOR, now=now)
    shown.append(row())
    assert len(set(shown)) == len(shown)
    assert "Another title" in shown[3]
    assert "overdue" in shown[4]
    assert "withdrawn on" in shown[5]
    admin_client.cookies["django_language"] = "ru"
    assert "withdrawn on" not in visible_text(admin_client.get(reverse("admin:pages_page_changelist")))


def test_language_filter_leaves_one_column(admin_client, site):
    assert admin_client.get(LIST_URL, {"language": "ru"}).context["cl"].languages == ["ru"]


@pytest.mark.parametrize(
    ("query", "is_match"),
    [
        ("ШИФРОВАНИЕ", True),
        ("шифрование данных", True),
        ("данных ШИФРОВАНИЕ", True),
        ('"шифрование данных"', True),
        ('"данных шифрование"', False),
        ("Weiss", True),
        ("КРАТКО", True),
        ("описание", True),
        ("/never/", True),
        ("NEVER", True),
        ("шифрование absent", False),
        ("it's", False),
        ('"', False),
    ],
)
def test_search_finds_words_in_texts_and_paths_ignoring_case(admin_client, now, query, is_match):
    page = make_page("never")
    russian = Fields("Политика", link_title="Кратко", description="Описание.", body="Шифрование данных.")
    save_draft(page, {"ru": russian, "en": Fields("Policy", body="Herr Weiß.")}, by=EDITOR, now=now)
    make_page("other")
    assert listed_paths(admin_client, q=query) == (["never"] if is_match else [])


def test_search_results_are_a_flat_list(admin_client, site):
    rows = admin_client.get(LIST_URL, {"q": "below"}).context["cl"].result_list
    assert [row.level for row in rows] == [None]


def test_list_is_paginated_by_a_hundred(admin_client):
    for number in range(101):
        make_page(f"page-{number:03}")
    assert len(listed_paths(admin_client)) == 100
    assert listed_paths(admin_client, p=2) == ["page-100"]
    assert admin_client.get(LIST_URL, {"p": 9}).status_code == 302


def count_queries(client, url: str, django_assert_max_num_queries) -> int:
    with django_assert_max_num_queries(40) as queries:
        assert client.get(url).status_code == 200
    sql = [query["sql"] for query in queries.captured_queries]
    assert not [query for query in sql if '"body_en"' in query or '_revision"."source"' in query]
    return len(sql)


def test_query_count_does_not_grow_with_pages(admin_client, site, now, django_assert_max_num_queries):
    urls = (LIST_URL, f"{LIST_URL}?status=newer-source&language=ru", START_URL)
    few = [count_queries(admin_client, url, django_assert_max_num_queries) for url in urls]
    for number in range(43):
        publish_bodies(make_page(f"page-{number}"), {"en": f"{number}.", "ru": f"{number}."}, now)
    assert Page.objects.count() == 50
    assert few == [count_queries(admin_client, url, django_assert_max_num_queries) for url in urls]


@pytest.mark.parametrize("group", [EDITORS, REVIEWERS, translators_group("ru")])
def test_users_with_view_permission_see_the_list(member_client, site, group):
    assert len(listed_paths(member_client(group))) == 7


def test_own_language_of_a_translator_is_the_first_column(member_client, site):
    assert member_client(translators_group("ru")).get(LIST_URL).context["cl"].languages == ["ru", "en"]


def test_users_without_view_permission_do_not_see_the_list(client, django_user_model, site):
    assert client.get(LIST_URL).headers["Location"].startswith("/admin/login/")
    client.force_login(django_user_model.objects.create_user("nobody", password=None, is_staff=True))
    assert client.get(LIST_URL).status_code == 403


def delete(client, page: Page):
    posted = {"action": "delete_selected", "_selected_action": page.pk, "post": "yes", "index": 0}
    return client.post(LIST_URL, posted)


def test_list_offers_no_bulk_deletion(admin_client, site):
    response = admin_client.get(LIST_URL)
    assert not response.context["action_form"]
    assert "action-select" not in response.content.decode()
    delete(admin_client, site["never"])
    assert set(Page.objects.values_list("slug", flat=True)) == set(site)


@pytest.mark.parametrize("group", [REVIEWERS, translators_group("ru")])
def test_forged_bulk_deletion_is_refused(member_client, site, group):
    delete(member_client(group), site["never"])
    assert Page.objects.filter(pk=site["never"].pk).exists()


def test_lists_do_not_load_the_script_that_stores_filters(admin_client, site):
    for name in ("page", "revision"):
        html = admin_client.get(reverse(f"admin:pages_{name}_changelist")).content.decode()
        assert "admin/js/filters.js" not in html
        assert "pages/admin/base.css" in html
