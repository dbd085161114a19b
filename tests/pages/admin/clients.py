"""Test clients that are logged in by role, and what they read from and send to the form of a page."""

import re

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from pages.models import Page

GROUPS = {
    "editor": "Editors",
    "publisher": "Publishers",
    "reviewer": "Reviewers",
    "translator": "Translators: ru",
}
# A browser asks for HTML; preserved submissions are shown to nothing else.
BROWSER_HEADERS = {"Accept": "text/html,application/xhtml+xml"}


def client_as(role: str) -> Client:
    """Return a new client, logged in as the user whose name is the role; the user is made at the first call."""
    user, is_new = get_user_model().objects.get_or_create(username=role, defaults={"is_staff": True})
    if is_new:
        user.groups.add(Group.objects.get(name=GROUPS[role]))
    client = Client()
    client.force_login(user)
    return client


def change_url(page: Page) -> str:
    return reverse("admin:pages_page_change", args=[page.pk])


def form_values(client: Client, url: str) -> dict:
    """Return what a browser would post if nothing was typed into the form."""
    form = client.get(url).context["adminform"].form
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


def form_errors(response) -> str:
    """Return the errors that the form shows, without markup."""
    return _without_markup(str(response.context["adminform"].form.errors))


def visible_text(response) -> str:
    """Return the text of an HTML response, without markup."""
    return _without_markup(response.content.decode())


def _without_markup(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())
