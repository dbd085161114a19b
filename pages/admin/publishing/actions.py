"""The operations that need only a small form: withdraw, bring back, move, confirm, and announcements."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pages.admin.editing.language_tabs import language_attributes
from pages.admin.editing.new_page import home_field
from pages.admin.page_choice import page_options, parent_field
from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.admin.publishing.confirmed_form import ConfirmedForm
from pages.admin.publishing.moments import LocalDateTimeField, MomentForm
from pages.admin.publishing.notice_reason import add_reason_field
from pages.admin.publishing.page_action_form import PageActionForm
from pages.admin.publishing.public_notes import validate_characters
from pages.history.translation_status import assess_version
from pages.languages import name_in_sentence, served_languages
from pages.models import Page
from pages.models.page import text_field
from pages.presentation.as_of import format_moment
from pages.publishing.announcements import NotCancellable, announce_again, cancel
from pages.publishing.corrections import NothingToCorrect
from pages.publishing.page_events import (
    NotConfirmable,
    NotReviewable,
    NotWithdrawable,
    bring_back,
    confirm,
    withdraw,
    withdrawal_to_end,
)
from pages.publishing.page_tree import move
from pages.publishing.records import PublicationConflict
from pages.publishing.version_writer import base_version, version_texts

# How many pages a sentence names.
MAX_NAMED_PAGES = 20
NOT_POSSIBLE = _("This is not possible in the page's current state. See its history.")


class ActionForm(PageActionForm):
    """An operation: its form, the texts of its page, and whether the page's state allows it (`is_possible`).

    The view inserts the page and `names` into the texts.
    """

    title = explanation = button = done = ""
    # The page that follows, "change" or "history", and what its address ends with: "#tab=ru" opens a language.
    next_page = "change"
    fragment = ""
    names: dict[str, object] = {}
    # What else a person has to know before acting.
    notes: Sequence[str] = ()

    def run(self, operation, **options):
        try:
            return super().run(operation, **options)
        except (NotWithdrawable, NotConfirmable, NotCancellable, NotReviewable, NothingToCorrect):
            self.add_error(None, NOT_POSSIBLE)
            return None


class WithdrawForm(ActionForm):
    """The reasons for readers, in the source language and every served one."""

    title = _("Withdraw")
    explanation = _(
        "Readers see that the page is withdrawn, and why. Its history and all versions stay readable. It "
        "is removed from lists, the sitemap and the feed. You can bring it back at any time."
    )
    button = _("Withdraw")
    done = _("%(page)s is withdrawn.")

    def __init__(self, data, *, page: Page):
        super().__init__(data, page=page)
        # The operation requires a reason in the source language, even if that is not served any more.
        self.languages = list(dict.fromkeys([page.source_language, *served_languages()]))
        for language in self.languages:
            self.fields[text_field("reason", language)] = forms.CharField(
                label=_("Reason shown to readers (%(language)s)") % {"language": name_in_sentence(language)},
                required=False,
                validators=[validate_characters],
                widget=forms.Textarea(attrs={"rows": 3, **language_attributes(language)}),
            )
        self.is_possible = Page.objects.public(timezone.now()).filter(pk=page.pk).exists()
        self.notes = _pages_that_stay(page)

    def operate(self, **options):
        return withdraw(self.page, reasons=self.answers("reason", self.languages), **options)


def _pages_that_stay(page: Page) -> list[str]:
    """Return a sentence that names the public pages below a page: withdrawing it does not withdraw them."""
    below = (
        Page.objects.public(timezone.now()).filter(path__startswith=f"{page.path}/")
        if page.path
        else Page.objects.none()
    )
    paths = [f"/{path}/" for path in below.order_by("path").values_list("path", flat=True)]
    if not paths:
        return []
    text = ngettext(
        "%(count)d page below it stays public: %(paths)s. Withdraw it as well if it must not be read.",
        "%(count)d pages below it stay public: %(paths)s. Withdraw them as well if they must not be read.",
        len(paths),
    )
    shown = ", ".join(paths[:MAX_NAMED_PAGES]) + (" …" if len(paths) > MAX_NAMED_PAGES else "")
    return [text % {"count": len(paths), "paths": shown}]


class BringBackForm(ActionForm):
    title = _("Bring back")
    explanation = _("Readers see the version in force again, and the page returns to all lists.")
    button = _("Bring back")
    done = _("%(page)s is brought back.")

    def __init__(self, data, *, page: Page):
        super().__init__(data, page=page)
        self.withdrawal = withdrawal_to_end(page, timezone.now())
        self.is_possible = self.withdrawal is not None

    def operate(self, **options):
        return bring_back(self.page, **options)


class MoveForm(ActionForm):
    """The new parent and slug. The hidden `path` is the path when the form was opened."""

    title = _("Move")
    explanation = _(
        "Old addresses keep working: readers are redirected to the new ones. Pages below this one move "
        "with it (pages: %(number)d)."
    )
    button = _("Move")
    done = _("The page has moved.")
    slug = forms.CharField(
        label=_("Slug"), max_length=200, required=False, help_text=_("The last part of the page's address.")
    )
    path = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, *, page: Page):
        super().__init__(
            data, page=page, initial={"parent": page.parent_id, "slug": page.slug, "is_home": not page.path}
        )
        self.fields |= {"is_home": home_field(page), "parent": parent_field()}
        self.order_fields(["parent", "slug"])
        self.names = {"number": Page.objects.filter(path__startswith=f"{page.path}/").count()}
        self.is_possible = True

    def page_options(self) -> list[tuple[str, str]]:
        return page_options(outside=self.page)

    def hidden_values(self):
        return {**super().hidden_values(), "path": self.page.path}

    def changes_since_opened(self):
        changes = super().changes_since_opened()
        # An unpublished page has no records.
        if changes or self.data.get("path") == self.page.path:
            return changes
        return [_("The address of the page is now %(path)s.") % {"path": self.page.get_absolute_url()}]

    def operate(self, **options):
        # A move of an unpublished page by somebody else shows only in the path.
        if self.cleaned_data["path"] != self.page.path:
            raise PublicationConflict
        names = ("slug", "parent", "is_home")
        return move(self.page, **{name: self.cleaned_data[name] for name in names}, **options)


class ConfirmForm(ActionForm):
    """Confirms that a translation matches the source text of a version, without changing it."""

    title = _("Confirm the translation: %(language)s")
    explanation = _(
        "The text is not changed. Readers see that it matches the source text, and the publication log "
        "records who confirmed it."
    )
    button = _("Confirm")
    done = _("The translation is confirmed: %(language)s.")
    reflects = forms.TypedChoiceField(label=_("This translation matches the source text of"), coerce=int)
    # An announced version, with another text, can come into force without a record.
    shown_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data, *, page: Page, language: str):
        now, self.language = timezone.now(), language
        self.version = page.versions.in_force(now).first() or base_version(page)
        texts = version_texts(self.version)
        if language not in texts or language == page.source_language or page.source_language not in texts:
            raise Http404
        super().__init__(data, page=page, initial={"reflects": self.version.number})
        self.status, self.reflected, _since = assess_version(self.version, texts, now)[language]
        versions = page.versions.not_cancelled(now).filter(texts__language=page.source_language)
        later = versions.filter(number__gt=self.reflected or 0, number__lte=self.version.number)
        # A page with an imported history can have thousands of versions.
        numbers = later.order_by("-number").values_list("number", flat=True)[:50]
        choices = [(number, _("version %(number)d") % {"number": number}) for number in numbers]
        self.fields["reflects"].choices = choices
        self.names, self.is_possible = {"language": name_in_sentence(language)}, bool(choices)

    def hidden_values(self):
        return {**super().hidden_values(), "shown_version": self.version.number}

    def operate(self, **options):
        if self.cleaned_data["shown_version"] != self.version.number:
            raise PublicationConflict
        return confirm(self.version, self.language, self.cleaned_data["reflects"], **options)


class AnnouncementForm(ConfirmedForm, MomentForm, ActionForm):
    """Announces an announced version again for another time, or cancels it after a second look."""

    title = _("Announced version %(number)d")
    explanation = _(
        "If you announce it again, its texts become a new version for the time that you choose. If you "
        "cancel it, it stays readable and is marked as never in force."
    )
    second_button = ("_cancel", _("Cancel the announcement…"))
    confirm_button, confirm_name = _("Cancel the announcement"), "_cancel"
    effective_at = LocalDateTimeField(label=_("In force from"), required=False)

    def __init__(self, data, *, page: Page, number: int):
        self.version = get_object_or_404(page.versions, number=number)
        super().__init__(data, page=page, initial={"effective_at": self.version.effective_at})
        self.names = {"number": number, "moment": format_moment(self.version.effective_at)}
        add_reason_field(self, page)
        # The time does not matter then, and may be one that cannot be sent: an hour that the local clock repeats.
        self.fields["effective_at"].disabled = self.is_cancelled
        self.is_possible = self.version == base_version(page) and self.version.effective_at > timezone.now()

    @property
    def is_cancelled(self) -> bool:
        return "_cancel" in self.data

    @property
    def done(self):
        if self.is_cancelled:
            return _("The announcement of version %(number)d for %(moment)s is cancelled.")
        return _("Version %(number)d is announced for %(moment)s.")

    def immediate_label(self):
        return _("Announce again")

    def later_label(self):
        return _("Announce again for %(moment)s")

    def needs_confirmation(self) -> bool:
        return self.is_cancelled

    def build_preview(self, **options):
        if not self.is_possible:
            raise NotCancellable
        text = _(
            "Version %(number)d does not come into force on %(moment)s. Readers find in the history only that it was "
            "announced."
        )
        return [text % self.names]

    def operate(self, **options):
        if self.is_cancelled:
            return cancel(self.version, **options)
        effective_at = self.cleaned_data["effective_at"]
        if effective_at is None:
            raise ValidationError({"effective_at": _("Choose when it comes into force.")})
        reason = self.cleaned_data.get("notice_reason", "")
        version = announce_again(self.version, effective_at=effective_at, notice_reason=reason, **options)
        self.names |= {"number": version.number, "moment": format_moment(version.effective_at)}
        return version


def action_view(form_class: type[ActionForm]):
    """Return the view of an operation. It shows the form, or runs the operation and redirects to the page."""

    def view(model_admin, request, page: Page, **captured):
        form = form_class(request.POST if request.method == "POST" else None, page=page, **captured)
        names = {"page": page, **form.names}
        if form.is_valid() and form.save(by=actor_of(request.user), now=timezone.now()):
            done = form.done % {"page": page, **form.names}
            model_admin.log_change(request, page, done)
            messages.success(request, done)
            return HttpResponseRedirect(reverse(f"admin:pages_page_{form.next_page}", args=[page.pk]) + form.fragment)
        context = {
            "title": form.title % names,
            "explanation": form.explanation % names,
            "form": form,
            # After a POST the form is always shown, because it holds the error of the operation.
            "is_possible": form.is_bound or form.is_possible,
        }
        template, status = "admin/pages/page/action.html", 400 if form.errors else 200
        return render_page_view(model_admin, request, page, template, status=status, **context)

    return view
