"""The forms of operations on a whole page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.admin.editing.language_tabs import language_attributes
from pages.admin.publishing.page_action_form import PageActionForm
from pages.admin.publishing.publish_form import LocalDateTimeField
from pages.languages import name_in_sentence, served_languages
from pages.models import Page
from pages.models.page import text_field


class WithdrawForm(PageActionForm):
    """The reasons for readers, in the source language and every served one."""

    def __init__(self, *args, page: Page, **kwargs):
        super().__init__(*args, **kwargs)
        # The operation requires a reason in the source language, even if that is not served any more.
        self.languages = list(dict.fromkeys([page.source_language, *served_languages()]))
        for language in self.languages:
            self.fields[text_field("reason", language)] = forms.CharField(
                label=_("Reason shown to readers (%(language)s)") % {"language": name_in_sentence(language)},
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, **language_attributes(language)}),
            )

    def reasons(self) -> dict[str, str]:
        return {language: self.cleaned_data[text_field("reason", language)] for language in self.languages}


class MoveForm(PageActionForm):
    """The new parent and slug. The hidden `path` is the path when the form was opened."""

    parent = forms.ModelChoiceField(queryset=Page.objects.none(), label=_("Parent page"), required=False)
    slug = forms.CharField(label=_("Slug"), max_length=200, help_text=_("The last part of the page's address."))
    path = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, page: Page, **kwargs):
        super().__init__(*args, **kwargs)
        # Neither the home page nor the page itself or one below it can be its parent.
        other_pages = Page.objects.only("path").exclude(path="").exclude(pk=page.pk).order_by("path")
        self.fields["parent"].queryset = other_pages.exclude(path__startswith=f"{page.path}/")
        self.fields["parent"].empty_label = _("none (at the root of the site)")


class ConfirmForm(PageActionForm):
    """The version whose source text the translation matches."""

    reflects = forms.TypedChoiceField(label=_("This translation matches the source text of"), coerce=int)

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reflects"].choices = [(number, _("version %(number)d") % {"number": number}) for number in numbers]


class AnnouncementForm(PageActionForm):
    """The new effective date; empty if the announcement is to be cancelled."""

    effective_at = LocalDateTimeField(label=_("In force from"), required=False)
