"""The form of a page: where it stands, and a tab of text for each served language."""

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy
from markdownx.widgets import AdminMarkdownxWidget

from pages.admin.editing.conflicts import CHOICES, keep_field
from pages.admin.editing.language_tabs import language_attributes
from pages.languages import served_languages
from pages.models import Page
from pages.models.page import TEXT_FIELDS, text_field
from pages.text.source import Fields

# Fixed once the page is made, but for a move; and what can be set at any time.
CREATION_FIELDS = ("slug", "parent", "source_language")
ORDER_FIELDS = ("weight", "review_by")
# More than any key that a database gives.
MAX_KEY = 2**63 - 1
_LABELS = {
    "title": _("Title"),
    "link_title": _("Link title"),
    "description": _("Description"),
    "body": pgettext_lazy("the body of a page", "Text"),
}


# What the form of a new page begins with, in its source language.
STARTER_TEXT = {
    "title": _("New policy"),
    "body": _("Say in one sentence what this policy is about.\n\n## First section\n\nText."),
}


def head_field(language: str) -> str:
    """Return the name of the hidden field that holds the revision that a language was opened with."""
    return text_field("head", language)


def opened_field(name: str) -> str:
    """Return the name of the hidden field that holds the value that the form was opened with."""
    return f"opened_{name}"


def starter_text(language: str) -> dict[str, str]:
    """Return what a new page begins with in a language, by the form's fields."""
    with override(language):
        return {text_field(name, language): str(words) for name, words in STARTER_TEXT.items()}


class PreviewedTextarea(AdminMarkdownxWidget):
    """markdownx's editor, its preview asked for at the admin's own address."""

    preview_url = ""

    class Media:
        # Without markdownx's stylesheet, which forces a look of its own upon the preview.
        extend = False
        js = ("markdownx/js/markdownx.min.js", "pages/admin/pictures.js")
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

    review_by = forms.DateField(
        label=capfirst(Page._meta.get_field("review_by").verbose_name),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=Page._meta.get_field("review_by").help_text,
    )
    opened_weight = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=MAX_KEY)
    opened_review_by = forms.DateField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Page
        fields = (*CREATION_FIELDS, *ORDER_FIELDS)
        widgets = {"source_language": forms.Select}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("source_language"):
            field.widget = forms.Select(choices=settings.LANGUAGES)
            field.initial = settings.LANGUAGE_CODE
        if self.instance.pk:
            self.initial |= {opened_field(name): getattr(self.instance, name) for name in ORDER_FIELDS}

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

    def order(self) -> dict[str, object]:
        """Return weight and review day where they were changed, and the actor may change them."""
        opened = self.opened_order()
        given = {name: self.cleaned_data.get(name) for name in ORDER_FIELDS if name in self.fields}
        return {name: value for name, value in given.items() if value != opened[name]}

    def opened_order(self) -> dict[str, object]:
        """Return weight and review day as they were when the form was opened."""
        return {name: self.cleaned_data.get(opened_field(name)) for name in ORDER_FIELDS}


def _text_form_field(name: str, language: str, *, is_read_only: bool) -> forms.CharField:
    attributes = language_attributes(language) | ({"readonly": True} if is_read_only else {})
    options = {"required": False, "label": _LABELS[name], "help_text": "", "strip": name != "body"}
    if name == "body":
        return forms.CharField(widget=PreviewedTextarea(attrs={**attributes, "rows": 30}), **options)
    if name == "description":
        return forms.CharField(widget=AdminTextareaWidget(attrs={**attributes, "rows": 2}), **options)
    return forms.CharField(max_length=300, widget=AdminTextInputWidget(attrs=attributes), **options)


def page_form_class(preview_url: str, *, writable: list[str], may_order: bool) -> type[PageForm]:
    """Return the form's class with the fields of the served languages.

    Those of a language that is not writable are there too, to be read and copied: if the right to it was taken away
    while somebody wrote, what they wrote comes in, and the verb refuses it aloud.
    """
    columns: dict[str, forms.Field | None] = {} if may_order else {"review_by": None}
    for language in served_languages():
        is_read_only = language not in writable
        for name in TEXT_FIELDS:
            columns[text_field(name, language)] = _text_form_field(name, language, is_read_only=is_read_only)
        columns[text_field("body", language)].widget.preview_url = preview_url
        columns[head_field(language)] = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=MAX_KEY)
        columns[keep_field(language)] = forms.ChoiceField(choices=CHOICES, required=False)
    return type("LocalizedPageForm", (PageForm,), columns)
