"""Optimistic locking: a row that changed since the form was opened is neither overwritten nor deleted silently."""

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from pages.admin.site.optimistic_locking import readd_deleted_rows
from pages.models import Link, LinkGroup, Redirect, SiteSettings
from tests.building import make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_client():
    """Return the client of a second editor."""
    client = Client()
    client.force_login(User.objects.create_superuser("bob", first_name="Bob"))
    return client


def form_data(client, url: str) -> dict:
    """Return what a browser would send for the form as it was opened."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for formset in (inline.formset for inline in context["inline_admin_formsets"]):
        forms += [formset.management_form, *formset.forms]
    fields = [form[name] for form in forms for name in form.fields]
    return {field.html_name: "" if field.value() is None else field.value() for field in fields}


def error_messages(response) -> str:
    form = response.context["adminform"].form
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def change_url(row) -> str:
    return reverse(f"admin:pages_{row._meta.model_name}_change", args=[row.pk])


def delete_url(row) -> str:
    return reverse(f"admin:pages_{row._meta.model_name}_delete", args=[row.pk])


@pytest.fixture
def group():
    """Return a group with two links."""
    group = LinkGroup.objects.create(title_en="About")
    for label in ("One", "Two"):
        Link.objects.create(group=group, label_en=label, url="https://example.org/")
    return group


def test_conflicting_save_is_refused_once_and_names_the_other_user(admin_client, other_client, group):
    mine, theirs = form_data(admin_client, change_url(group)), form_data(other_client, change_url(group))
    assert other_client.post(change_url(group), theirs | {"title_en": "Theirs"}).status_code == 302
    response = admin_client.post(change_url(group), mine | {"title_en": "Mine"})
    assert "Bob changed this at" in error_messages(response)
    assert "“Theirs”" in error_messages(response)
    form = response.context["adminform"].form
    assert form["title_en"].value() == "Mine"
    group.refresh_from_db()
    assert group.title_en == "Theirs"
    again = mine | {"title_en": "Mine", "state_token": form["state_token"].value()}
    assert admin_client.post(change_url(group), again).status_code == 302
    group.refresh_from_db()
    assert group.title_en == "Mine"


def test_changed_inline_row_is_a_conflict(admin_client, other_client, group):
    mine, theirs = form_data(admin_client, change_url(group)), form_data(other_client, change_url(group))
    other_client.post(change_url(group), theirs | {"links-0-label_en": "Theirs"})
    response = admin_client.post(change_url(group), mine | {"links-1-label_en": "Mine"})
    assert "Bob changed this at" in error_messages(response)
    assert sorted(group.links.values_list("label_en", flat=True)) == ["Theirs", "Two"]


def test_inline_row_deleted_by_somebody_else_can_be_saved_again(admin_client, other_client, group):
    mine = form_data(admin_client, change_url(group)) | {"links-0-label_en": "Mine"}
    other_client.post(change_url(group), form_data(other_client, change_url(group)) | {"links-0-DELETE": "on"})
    assert list(group.links.values_list("label_en", flat=True)) == ["Two"]
    response = admin_client.post(change_url(group), mine)
    assert "Bob changed this at" in error_messages(response)
    shown = response.context["inline_admin_formsets"][0].formset
    assert [form["label_en"].value() for form in shown.forms] == ["Two", "Mine"]
    again = {form[name].html_name: form[name].value() or "" for form in shown.forms for name in form.fields}
    again |= {
        shown.management_form[name].html_name: shown.management_form[name].value()
        for name in shown.management_form.fields
    }
    again |= {name: value for name, value in mine.items() if not name.startswith("links-")}
    again["state_token"] = response.context["adminform"].form["state_token"].value()
    assert admin_client.post(change_url(group), again).status_code == 302
    assert sorted(group.links.values_list("label_en", flat=True)) == ["Mine", "Two"]


def test_row_deleted_by_somebody_else_can_be_saved_again(admin_client):
    row = Redirect.objects.create(old_path="old", page=make_page())
    mine = form_data(admin_client, change_url(row)) | {"old_path": "older"}
    url = change_url(row)
    row.delete()
    response = admin_client.post(url, mine)
    assert "This was deleted after you opened it." in error_messages(response)
    assert response.context["adminform"].form["old_path"].value() == "older"
    assert admin_client.post(url, mine | {"state_token": ""}).status_code == 302
    assert Redirect.objects.get().old_path == "older"


def test_two_editors_who_add_the_settings_do_not_overwrite_each_other(admin_client, other_client):
    url = reverse("admin:pages_sitesettings_add")
    mine, theirs = form_data(admin_client, url), form_data(other_client, url)
    assert other_client.post(url, theirs | {"name_en": "Theirs"}).status_code == 302
    response = admin_client.post(url, mine | {"name_en": "Mine"})
    assert "Bob changed this at" in error_messages(response)
    token = response.context["adminform"].form["state_token"].value()
    assert SiteSettings.objects.get().name_en == "Theirs"
    assert admin_client.post(url, mine | {"name_en": "Mine", "state_token": token}).status_code == 302
    assert SiteSettings.objects.get().name_en == "Mine"


def test_save_without_a_conflict_works(admin_client, group):
    assert (
        admin_client.post(change_url(group), form_data(admin_client, change_url(group)) | {"weight": 3}).status_code
        == 302
    )
    assert LinkGroup.objects.get().weight == 3


def token_in(response) -> str:
    return response.content.decode().partition('name="state_token" value="')[2].partition('"')[0]


def test_deleting_asks_again_if_the_row_has_changed(admin_client, group):
    token = token_in(admin_client.get(delete_url(group)))
    Link.objects.filter(label_en="One").update(url="https://example.com/")
    response = admin_client.post(delete_url(group), {"post": "yes", "state_token": token}, follow=True)
    assert "This was changed after you opened the confirmation page" in response.content.decode()
    assert LinkGroup.objects.exists()
    assert admin_client.post(delete_url(group), {"post": "yes", "state_token": token_in(response)}).status_code == 302
    assert not LinkGroup.objects.exists()


def test_confirmations_are_in_the_editors_language(admin_client, group):
    russian = {"accept-language": "ru"}
    selected = {"action": "delete_selected", "_selected_action": [group.pk]}
    responses = [
        admin_client.get(delete_url(group), headers=russian),
        admin_client.post(reverse("admin:pages_linkgroup_changelist"), selected, headers=russian),
    ]
    for response in responses:
        html = response.content.decode()
        assert 'value="Да, удалить"' in html
        assert "One" in html


def test_deleting_without_a_token_is_refused(admin_client, group):
    admin_client.post(delete_url(group), {"post": "yes"})
    assert LinkGroup.objects.exists()


def test_delete_action_asks_again_if_a_row_has_changed(admin_client, group):
    url = reverse("admin:pages_linkgroup_changelist")
    selected = {"action": "delete_selected", "_selected_action": [group.pk]}
    token = token_in(admin_client.post(url, selected))
    LinkGroup.objects.update(weight=7)
    response = admin_client.post(url, {**selected, "post": "yes", "state_token": token})
    assert "This was changed after you opened the confirmation page" in response.content.decode()
    assert LinkGroup.objects.exists()
    admin_client.post(url, {**selected, "post": "yes", "state_token": token_in(response)})
    assert not LinkGroup.objects.exists()


def test_deleted_rows_are_moved_to_the_end_as_new_ones():
    post = QueryDict(
        "links-TOTAL_FORMS=3&links-INITIAL_FORMS=2&links-0-id=7&links-0-label=gone&links-1-id=8&links-1-label=kept"
        "&links-2-id=&links-2-label=new&title=x"
    )
    data = readd_deleted_rows(post, "links", {"8"})
    assert [data[f"links-{number}-label"] for number in range(3)] == ["kept", "gone", "new"]
    assert [data[f"links-{number}-id"] for number in range(3)] == ["8", "", ""]
    assert (data["links-INITIAL_FORMS"], data["title"]) == ("1", "x")


@pytest.mark.parametrize("total", ["", "x", "999999999"])
def test_invalid_number_of_rows_is_left_to_the_formset(total):
    post = QueryDict(f"links-TOTAL_FORMS={total}")
    assert readd_deleted_rows(post, "links", set()) is post


@pytest.mark.parametrize("key", ["abc", "²", "9" * 30, "1" * 5000])
@pytest.mark.parametrize("model", ["redirect", "linkgroup", "sitesettings"])
def test_deleting_with_an_invalid_key_redirects_or_is_denied(admin_client, model, key):
    url = f"/admin/pages/{model}/{key}/delete/"
    assert admin_client.get(url).status_code in {302, 403}
    assert admin_client.post(url, {"post": "yes"}).status_code in {302, 403}


@pytest.mark.parametrize("total", ["²", "9" * 5000])
def test_huge_or_odd_number_of_rows_is_left_to_the_formset(total):
    post = QueryDict(f"links-TOTAL_FORMS={total}")
    assert readd_deleted_rows(post, "links", set()) is post
