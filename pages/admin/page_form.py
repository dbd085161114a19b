"""The form of a page: where it stands, and a tab of text for each served language."""

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markdownx.widgets import AdminMarkdownxWidget

from pages.admin.language_tabs import language_attributes, served_languages
from pages.models import Page
from pages.models.page import TEXT_FIELDS, text_field
from pages.text.source import Fields

PLACE_FIELDS = ("slug", "parent", "source_language", "weight")
_LABELS = {
    "title": _("Title"),
    "link_title": _("Link title"),
    "description": _("Description"),
    "body": pgettext_lazy("the body of a page", "Text"),
}


# What the form of a new page begins with, in the default language.
STARTER_TEXT = {
    "title": _("New policy"),
    "body": _("Say in one sentence what this policy is about.\n\n## First section\n\nText."),
}


def head_field(language: str) -> str:
    """Return the name of the hidden field that holds the revision that a language was opened with."""
    return text_field("head", language)


class PreviewedTextarea(AdminMarkdownxWidget):
    """markdownx's editor, its preview asked for at the admin's own address."""

    preview_url = ""

    class Media:
        js = ("pages/admin/pictures.js",)
        css = {"all": ("pages/admin/pictures.css",)}

    def get_context(self, name, value, attrs):
        """Return the context, with the page's own preview address."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-markdownx-urls-path"] = self.preview_url
        return context


class PageForm(forms.ModelForm):
    """What an editor may change. The verbs keep the rules; what they refused is shown at its field."""

    # Set by the admin when a verb has refused what was posted.
    refusal: forms.ValidationError | None = None

    class Meta:
        model = Page
        fields = PLACE_FIELDS
        widgets = {"source_language": forms.Select}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("source_language"):
            field.widget = forms.Select(choices=settings.LANGUAGES)
            field.initial = settings.LANGUAGE_CODE

    def clean(self):
        """Show at its field what a verb refused."""
        cleaned = super().clean()
        if self.refusal is not None:
            for name, errors in self.refusal.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        return cleaned

    def texts(self) -> dict[str, Fields]:
        """Return what was posted for each language."""
        return {
            language: Fields(**{name: self.cleaned_data.get(text_field(name, language)) or "" for name in TEXT_FIELDS})
            for language in served_languages()
        }

    def opened_with(self) -> dict[str, int | None]:
        """Return the revision that each language was opened with."""
        return {language: self.cleaned_data.get(head_field(language)) for language in served_languages()}


def _text_form_field(name: str, language: str) -> forms.CharField:
    attributes = language_attributes(language)
    options = {"required": False, "label": _LABELS[name], "help_text": "", "strip": name != "body"}
    if name == "body":
        return forms.CharField(widget=PreviewedTextarea(attrs={**attributes, "rows": 30}), **options)
    if name == "description":
        return forms.CharField(widget=AdminTextareaWidget(attrs={**attributes, "rows": 2}), **options)
    return forms.CharField(max_length=300, widget=AdminTextInputWidget(attrs=attributes), **options)


def page_form_class(preview_url: str) -> type[PageForm]:
    """Return the form's class with the fields of the served languages."""
    columns: dict[str, forms.Field] = {}
    for language in served_languages():
        columns |= {text_field(name, language): _text_form_field(name, language) for name in TEXT_FIELDS}
        columns[text_field("body", language)].widget.preview_url = preview_url
        columns[head_field(language)] = forms.IntegerField(required=False, widget=forms.HiddenInput)
    return type("LocalizedPageForm", (PageForm,), columns)
