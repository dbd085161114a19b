"""The form of a page: its position in the tree, and a tab of text fields for each served language.

It saves with the operations of `pages.publishing`, and shows their errors.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markdownx.widgets import AdminMarkdownxWidget

from pages.admin.editing.conflicts import (
    CHOICES,
    THEIRS,
    LanguageConflict,
    conflicts_of,
    draft_conflict_error,
    head_field,
    keep_field,
    position_conflict_error,
)
from pages.admin.editing.language_tabs import language_attributes
from pages.admin.editing.new_page import home_field, slug_field, starter_texts
from pages.admin.editing.save_messages import SaveResult, saved_drafts
from pages.admin.editing.unserved_texts import unserved_text_errors
from pages.admin.page_choice import parent_field
from pages.languages import served_languages
from pages.models import Page
from pages.models.page import text_field, text_fields
from pages.publishing.actors import Actor
from pages.publishing.drafts import DraftConflict, save_draft
from pages.publishing.editing_sessions import OpenForm, forget_unsaved_texts
from pages.publishing.page_tree import POSITION, PositionConflict, create_page, propose_free_slug, set_position
from pages.publishing.starter_text import find_starter_line, is_starter_text
from pages.text.fields import FIELDS, FieldDeclaration, Fields

# Editable only in the form of a new page: later, slug and parent change by moving the page.
CREATION_FIELDS = ("slug", "parent", "source_language")
# The same, as the form of an existing page shows them; the admin makes the name of the language.
SHOWN_CREATION_FIELDS = ("slug", "parent", "source_language_name")
POSITION_FIELDS = POSITION
# The largest key of a BigAutoField; a larger number is an error in an `in` lookup.
MAX_KEY = 2**63 - 1
# What the form of a new page shows, in this order.
NEW_PAGE_FIELDS = ("slug", "is_home", "parent", "source_language")


def opened_field(name: str) -> str:
    """Return the name of the hidden field with the stored value when the form was opened."""
    return f"opened_{name}"


class PreviewedTextarea(AdminMarkdownxWidget):
    """markdownx's editor, with the admin's preview instead of the view of that package."""

    preview_url = ""

    class Media:
        # Without markdownx's stylesheet: the preview has to look like the public page.
        extend = False
        js = ("markdownx/js/markdownx.min.js", "pages/admin/pictures.js", "pages/admin/preview_scroll.js")
        css = {"all": ("pages/admin/pictures.css",)}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-markdownx-urls-path"] = self.preview_url
        return context


class PageForm(forms.ModelForm):
    """The fields that an editor may change. Their rules are those of `pages.publishing`.

    It saves as the last step of its validation, because only saving finds edit conflicts. Django then shows them as it
    shows any other invalid value. The admin sets `actor` and `opened`, the opened form; `restored` holds the values of
    unsaved texts that the editor wants back.
    """

    actor: Actor
    opened: OpenForm
    restored: Mapping[str, object] = {}
    conflicts: Sequence[LanguageConflict] = ()
    saved = SaveResult()
    review_by = forms.DateField(
        label=capfirst(Page._meta.get_field("review_by").verbose_name),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=Page._meta.get_field("review_by").help_text,
    )
    opened_weight = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=MAX_KEY)
    opened_review_by = forms.DateField(required=False, widget=forms.HiddenInput)
    opened_review_months = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=MAX_KEY)
    opened_notice_days = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=MAX_KEY)

    class Meta:
        model = Page
        fields = (*CREATION_FIELDS, *POSITION_FIELDS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("source_language"):
            field.widget = forms.Select(choices=settings.LANGUAGES, attrs={"data-starter-texts": starter_texts()})
        if "parent" in self.fields:
            self.fields["parent"] = parent_field()
        if "notice_days" in self.fields:
            self.fields["notice_days"].required = False
        if self.instance.pk:
            self.initial |= {opened_field(name): getattr(self.instance, name) for name in POSITION_FIELDS}
        self.initial |= self.restored

    def add_errors(self, error: forms.ValidationError) -> None:
        """Add the errors of an operation. An error at a field that is not in this form is shown above all fields."""
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)

    def texts(self) -> dict[str, Fields]:
        """Return the posted text fields by language."""
        return {language: self._text(language) for language in served_languages()}

    def _text(self, language: str) -> Fields:
        return Fields(**{name: self.cleaned_data.get(field) or "" for name, field in text_fields(language).items()})

    def opened_with(self) -> dict[str, int | None]:
        """Return by language the key of the revision that the form showed; None if there was none."""
        return {language: self.cleaned_data.get(head_field(language)) for language in served_languages()}

    def replaced_languages(self) -> list[str]:
        """Return the languages in which the editor chose the other text after a conflict."""
        return [code for code in served_languages() if self.cleaned_data.get(keep_field(code)) == THEIRS]

    def changed_position(self) -> dict[str, object]:
        """Return weight, reviews and notice period if they differ from those when the form was opened."""
        opened = self.opened_position()
        return {name: value for name, value in self.posted_position().items() if value != opened[name]}

    def posted_position(self) -> dict[str, object]:
        """Return weight, reviews and notice period. If no notice period is posted, the page keeps the one it has.

        The form has these fields only for those who may change them.
        """
        posted = {name: self.cleaned_data.get(name) for name in POSITION_FIELDS if name in self.fields}
        if posted.get("notice_days") is None:
            posted.pop("notice_days", None)
        return posted

    def opened_position(self) -> dict[str, object]:
        return {name: self.cleaned_data.get(opened_field(name)) for name in POSITION_FIELDS}

    def _post_clean(self):
        super()._post_clean()
        if not self.errors and self.instance._state.adding:
            self._propose_slug()
        for error in unserved_text_errors(self.data, self.instance):
            self.add_error(None, error)
        if not self.errors:
            self._save_or_add_errors(timezone.now())

    def _propose_slug(self) -> None:
        """If a new page has no slug, fill in one that its title suggests, for the editor to confirm."""
        if self.cleaned_data["slug"] or self.cleaned_data.get("is_home"):
            return
        title = self.cleaned_data.get(text_field("title", self.cleaned_data["source_language"])) or ""
        is_starter = find_starter_line(title, "")
        slug = "" if is_starter else propose_free_slug(title, self.cleaned_data.get("parent"))
        if slug:
            self._replace_data({"slug": slug})
            text = _("The title suggests the slug “%(slug)s”. Check it, then save again.")
            self.add_error("slug", text % {"slug": slug})

    def _save_or_add_errors(self, now: datetime) -> None:
        """Save the position and the texts that changed, or nothing.

        After a conflict the form names the revision or value that is stored now. The editor has then seen the conflict,
        so saving again succeeds.
        """
        try:
            with transaction.atomic():
                self.instance, self.saved = self._save(now)
        except DraftConflict as conflict:
            self.conflicts = conflicts_of(
                self.instance, conflict, self.texts(), self.opened_with(), author=self.actor.name, now=now
            )
            self._replace_data({head_field(language): revision.pk for language, revision in conflict.saved.items()})
            self.add_errors(draft_conflict_error(conflict, self.actor.name))
        except PositionConflict as conflict:
            self._replace_data({opened_field(name): value for name, value in conflict.stored.items()})
            self.add_errors(position_conflict_error(conflict, self.opened_position()))
        except ValidationError as error:
            self.add_errors(error)
        except Page.DoesNotExist as error:
            # Somebody deleted the page since the view read it. PreserveSubmissions then shows what was posted.
            raise Http404 from error

    def _save(self, now: datetime) -> tuple[Page, SaveResult]:
        """Return the page, which may be a new one, and what was saved."""
        page, texts, done = self.instance, self.texts(), {}
        if page._state.adding:
            forget_unsaved_texts(None, self.opened, list(texts))
            values = {name: self.cleaned_data[name] for name in NEW_PAGE_FIELDS}
            page = create_page(**values, **self.posted_position(), by=self.actor)
            done["is_created"] = True
            # A language that nobody wrote in is not saved.
            texts = {language: text for language, text in texts.items() if not is_starter_text(text, language)}
        elif values := self.changed_position():
            set_position(page, **values, by=self.actor, now=now, expected_values=self.opened_position())
            done["has_new_settings"] = True
        saved = save_draft(page, texts, by=self.actor, now=now, expected_revisions=self.opened_with())
        forget_unsaved_texts(page, self.opened, [*saved, *self.replaced_languages()])
        return page, SaveResult(**done, **saved_drafts(page, saved))

    def _replace_data(self, values: Mapping[str, object]) -> None:
        # A QueryDict is immutable, its copy is not.
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = "" if value is None else str(value)


def text_form_field(
    declared: FieldDeclaration, language: str, *, textarea: type[forms.Textarea] = AdminTextareaWidget, **attributes
) -> forms.CharField:
    """Return the form field for a field of a text; `attributes` are further HTML attributes."""
    attributes |= language_attributes(language)
    if declared.rows > 1:
        widget = textarea(attrs={**attributes, "rows": declared.rows})
    else:
        widget = AdminTextInputWidget(attrs=attributes)
    # A body that begins with a code block needs its leading spaces.
    options = {"required": False, "strip": bool(declared.key), "max_length": declared.max_length}
    return forms.CharField(label=capfirst(declared.label), widget=widget, **options)


def page_form_class(
    preview_url: str, *, writable: list[str], can_set_position: bool, is_new: bool = False
) -> type[PageForm]:
    """Return a form class with the text fields of the served languages; that of a new page asks where it is.

    The languages that are not writable have fields too, which are read-only in the browser. If an editor loses the
    permission while the form is open, the posted text reaches the operation, which refuses it with a message, instead
    of being ignored silently.
    """
    # Assigning None removes a field that the base class declares.
    fields: dict[str, forms.Field | None] = {} if can_set_position else {"review_by": None}
    if is_new:
        fields |= {"slug": slug_field(), "is_home": home_field()}
    for language in served_languages():
        attributes = {} if language in writable else {"readonly": True}
        for declared in FIELDS:
            textarea = AdminTextareaWidget if declared.key else PreviewedTextarea
            field = text_form_field(declared, language, textarea=textarea, **attributes)
            fields[text_field(declared.name, language)] = field
        fields[text_field("body", language)].widget.preview_url = preview_url
        fields[head_field(language)] = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=MAX_KEY)
        fields[keep_field(language)] = forms.ChoiceField(choices=CHOICES, required=False)
    return type("LocalizedPageForm", (PageForm,), fields)
