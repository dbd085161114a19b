"""People in front of the form of a page: logged in by their group, with the form as it was opened."""

import re

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from pages.models import Page

PEOPLE = {"Ann": "Editors", "Pat": "Publishers", "Rae": "Reviewers", "Tim": "Translators: ru"}
# What a browser says that it wants, when a person sends a form.
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def person(name: str) -> Client:
    """Return the client of somebody who is logged in, in the group of that name's role."""
    user, is_new = get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        user.groups.add(Group.objects.get(name=PEOPLE[name]))
    client = Client()
    client.force_login(user)
    return client


def change(page: Page) -> str:
    """Return the address of a page's form."""
    return reverse("admin:pages_page_change", args=[page.pk])


def form_of(client: Client, address: str) -> dict:
    """Return what a browser would post, as the form was opened."""
    form = client.get(address).context["adminform"].form
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


def errors_of(response) -> str:
    """Return the words of the errors that a form shows."""
    return " ".join(re.sub("<[^>]+>", " ", str(response.context["adminform"].form.errors)).split())


def words_of(response) -> str:
    """Return the words of an answer."""
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())
