"""Nothing of the site's own rows is overwritten silently: not by a save, not by deleting."""

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
def other():
    """Return the browser of a second editor."""
    client = Client()
    client.force_login(User.objects.create_superuser("bob", first_name="Bob"))
    return client


def posted(client, address: str) -> dict:
    """Return what a browser would post, the form being left as it was opened."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    for formset in (inline.formset for inline in context["inline_admin_formsets"]):
        forms += [formset.management_form, *formset.forms]
    fields = [form[name] for form in forms for name in form.fields]
    return {field.html_name: "" if field.value() is None else field.value() for field in fields}


def errors(response) -> str:
    form = response.context["adminform"].form
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def change(row) -> str:
    return reverse(f"admin:pages_{row._meta.model_name}_change", args=[row.pk])


def delete(row) -> str:
    return reverse(f"admin:pages_{row._meta.model_name}_delete", args=[row.pk])


@pytest.fixture
def group():
    """Return a group with two links."""
    group = LinkGroup.objects.create(title_en="About")
    for label in ("One", "Two"):
        Link.objects.create(group=group, label_en=label, url="https://example.org/")
    return group


def test_a_save_over_somebody_elses_is_refused_once_and_says_who(admin_client, other, group):
    mine, theirs = posted(admin_client, change(group)), posted(other, change(group))
    assert other.post(change(group), theirs | {"title_en": "Theirs"}).status_code == 302
    response = admin_client.post(change(group), mine | {"title_en": "Mine"})
    assert "Bob changed this at" in errors(response)
    assert "“Theirs”" in errors(response)
    form = response.context["adminform"].form
    assert form["title_en"].value() == "Mine"
    group.refresh_from_db()
    assert group.title_en == "Theirs"
    again = mine | {"title_en": "Mine", "state_token": form["state_token"].value()}
    assert admin_client.post(change(group), again).status_code == 302
    group.refresh_from_db()
    assert group.title_en == "Mine"


def test_a_link_that_somebody_else_changed_refuses_the_save_of_its_group(admin_client, other, group):
    mine, theirs = posted(admin_client, change(group)), posted(other, change(group))
    other.post(change(group), theirs | {"links-0-label_en": "Theirs"})
    response = admin_client.post(change(group), mine | {"links-1-label_en": "Mine"})
    assert "Bob changed this at" in errors(response)
    assert sorted(group.links.values_list("label_en", flat=True)) == ["Theirs", "Two"]


def test_a_link_that_was_deleted_meanwhile_can_be_kept(admin_client, other, group):
    mine = posted(admin_client, change(group)) | {"links-0-label_en": "Mine"}
    other.post(change(group), posted(other, change(group)) | {"links-0-DELETE": "on"})
    assert list(group.links.values_list("label_en", flat=True)) == ["Two"]
    response = admin_client.post(change(group), mine)
    assert "Bob changed this at" in errors(response)
    shown = response.context["inline_admin_formsets"][0].formset
    assert [form["label_en"].value() for form in shown.forms] == ["Two", "Mine"]
    again = {form[name].html_name: form[name].value() or "" for form in shown.forms for name in form.fields}
    again |= {
        shown.management_form[name].html_name: shown.management_form[name].value()
        for name in shown.management_form.fields
    }
    again |= {name: value for name, value in mine.items() if not name.startswith("links-")}
    again["state_token"] = response.context["adminform"].form["state_token"].value()
    assert admin_client.post(change(group), again).status_code == 302
    assert sorted(group.links.values_list("label_en", flat=True)) == ["Mine", "Two"]


def test_a_row_that_was_deleted_meanwhile_can_be_made_anew(admin_client):
    row = Redirect.objects.create(old_path="old", page=make_page())
    mine = posted(admin_client, change(row)) | {"old_path": "older"}
    address = change(row)
    row.delete()
    response = admin_client.post(address, mine)
    assert "This was deleted after you opened it." in errors(response)
    assert response.context["adminform"].form["old_path"].value() == "older"
    assert admin_client.post(address, mine | {"state_token": ""}).status_code == 302
    assert Redirect.objects.get().old_path == "older"


def test_two_who_make_the_settings_at_once_do_not_overwrite_each_other(admin_client, other):
    address = reverse("admin:pages_sitesettings_add")
    mine, theirs = posted(admin_client, address), posted(other, address)
    assert other.post(address, theirs | {"name_en": "Theirs"}).status_code == 302
    response = admin_client.post(address, mine | {"name_en": "Mine"})
    assert "Bob changed this at" in errors(response)
    token = response.context["adminform"].form["state_token"].value()
    assert SiteSettings.objects.get().name_en == "Theirs"
    assert admin_client.post(address, mine | {"name_en": "Mine", "state_token": token}).status_code == 302
    assert SiteSettings.objects.get().name_en == "Mine"


def test_a_save_of_what_nobody_else_changed_is_not_asked_about(admin_client, group):
    assert admin_client.post(change(group), posted(admin_client, change(group)) | {"weight": 3}).status_code == 302
    assert LinkGroup.objects.get().weight == 3


def token_in(response) -> str:
    return response.content.decode().partition('name="state_token" value="')[2].partition('"')[0]


def test_deleting_asks_again_where_the_row_has_changed_since(admin_client, group):
    token = token_in(admin_client.get(delete(group)))
    Link.objects.filter(label_en="One").update(url="https://example.com/")
    response = admin_client.post(delete(group), {"post": "yes", "state_token": token}, follow=True)
    assert "Somebody changed this after you were asked" in response.content.decode()
    assert LinkGroup.objects.exists()
    assert admin_client.post(delete(group), {"post": "yes", "state_token": token_in(response)}).status_code == 302
    assert not LinkGroup.objects.exists()


def test_deleting_without_the_question_is_asked_about(admin_client, group):
    admin_client.post(delete(group), {"post": "yes"})
    assert LinkGroup.objects.exists()


def test_the_action_asks_again_where_a_row_has_changed_since(admin_client, group):
    address = reverse("admin:pages_linkgroup_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [group.pk]}
    token = token_in(admin_client.post(address, chosen))
    LinkGroup.objects.update(weight=7)
    response = admin_client.post(address, {**chosen, "post": "yes", "state_token": token})
    assert "Somebody changed this after you were asked" in response.content.decode()
    assert LinkGroup.objects.exists()
    admin_client.post(address, {**chosen, "post": "yes", "state_token": token_in(response)})
    assert not LinkGroup.objects.exists()


def test_rows_that_are_gone_stand_at_the_end_as_new_ones():
    post = QueryDict(
        "links-TOTAL_FORMS=3&links-INITIAL_FORMS=2&links-0-id=7&links-0-label=gone&links-1-id=8&links-1-label=kept"
        "&links-2-id=&links-2-label=new&title=x"
    )
    moved = readd_deleted_rows(post, "links", {"8"})
    assert [moved[f"links-{number}-label"] for number in range(3)] == ["kept", "gone", "new"]
    assert [moved[f"links-{number}-id"] for number in range(3)] == ["8", "", ""]
    assert (moved["links-INITIAL_FORMS"], moved["title"]) == ("1", "x")


@pytest.mark.parametrize("total", ["", "x", "999999999"])
def test_a_forged_number_of_rows_is_left_to_the_formset(total):
    post = QueryDict(f"links-TOTAL_FORMS={total}")
    assert readd_deleted_rows(post, "links", set()) is post


@pytest.mark.parametrize("key", ["abc", "²", "9" * 30, "1" * 5000])
@pytest.mark.parametrize("model", ["redirect", "linkgroup", "sitesettings"])
def test_deleting_what_no_key_can_be_of_is_answered_in_words(admin_client, model, key):
    address = f"/admin/pages/{model}/{key}/delete/"
    assert admin_client.get(address).status_code in {302, 403}
    assert admin_client.post(address, {"post": "yes"}).status_code in {302, 403}


@pytest.mark.parametrize("total", ["²", "9" * 5000])
def test_number_of_rows_that_is_none_is_left_to_the_formset(total):
    post = QueryDict(f"links-TOTAL_FORMS={total}")
    assert readd_deleted_rows(post, "links", set()) is post
