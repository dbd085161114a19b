"""The question why readers are told of a major change later than the page's notice period wants."""

from django import forms
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import language_attributes
from pages.admin.publishing.public_notes import validate_characters
from pages.admin.publishing.publish_context import PublishContext
from pages.models import Page
from pages.publishing.notice_periods import FIELD


def add_notice_reason(form: forms.Form, context: PublishContext) -> None:
    """Ask for the reason of a short notice if the page has a notice period and has a version."""
    if context.base_texts:
        add_reason_field(form, context.page)


def add_reason_field(form: forms.Form, page: Page) -> None:
    if not page.notice_days:
        return
    label = _("Reason for less notice than %(days)d days") % {"days": page.notice_days}
    form.fields[FIELD] = forms.CharField(
        label=label,
        required=False,
        validators=[validate_characters],
        widget=forms.Textarea(attrs={"rows": 2, **language_attributes(page.source_language)}),
        help_text=_("Needed for a major change that comes into force earlier. Readers see it in the change note."),
    )
