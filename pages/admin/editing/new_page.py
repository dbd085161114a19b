"""The fields that only the form of a new page has: its slug, the home page, and starter texts for its script."""

import json

from django import forms
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from pages.languages import served_languages
from pages.models import Page
from pages.models.page import draft_columns
from pages.publishing.page_tree import earlier_home_page
from pages.publishing.slugs import TRANSLITERATION
from pages.publishing.starter_text import starter_text


def starter_texts() -> str:
    """Return the starter texts by language and form field, in JSON: the script follows the chosen source language."""
    texts = {language: starter_text(language) for language in served_languages()}
    return json.dumps({language: draft_columns(text, language) for language, text in texts.items()})


def slug_field() -> forms.CharField:
    """Return the field of a slug. `new_page.js` fills it from the title until somebody types into it."""
    attributes = {"class": "vTextField", "data-transliteration": json.dumps(TRANSLITERATION)}
    return forms.CharField(
        label=capfirst(_("slug")),
        max_length=Page._meta.get_field("slug").max_length,
        required=False,
        widget=forms.TextInput(attrs=attributes),
        help_text=_("The last part of the page's address. If you leave it empty, the title suggests one."),
    )


def home_field(page: Page | None = None) -> forms.BooleanField:
    """Return the choice of the home page, which says what becomes of the addresses of an earlier one."""
    help_text = _("Readers see it at the address of the site, above the list of pages. It has no slug.")
    if earlier := earlier_home_page(page):
        replaced = _(
            "Addresses of the earlier home page, such as /history/, lead to /%(page)s/ now. If you choose this, they "
            "are those of this page as soon as it is published; the earlier page stays at /%(page)s/."
        )
        help_text = format_lazy("{} {}", help_text, replaced % {"page": earlier.path})
    return forms.BooleanField(label=_("This is the home page"), required=False, help_text=help_text)
