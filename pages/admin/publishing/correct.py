"""The page that corrects the text in force while the draft, or an announced version, says something else."""

from collections.abc import Mapping

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.admin.editing.page_form import text_form_field
from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.admin.publishing.notice_reason import add_notice_reason
from pages.admin.publishing.page_action_form import PageActionForm
from pages.admin.publishing.publish_context import PublishContext, load_publish_context
from pages.admin.publishing.publish_form import SIGNIFICANCE_CHOICES, note_field
from pages.admin.publishing.publish_view import report_published
from pages.diff.change_transfer import transfer_changes
from pages.languages import served_languages
from pages.models import Page, Revision, Version, VersionText
from pages.models.page import text_field, text_fields
from pages.models.permissions import change_text_permission, publish_text_permission
from pages.models.significance import Significance
from pages.presentation.editors.publishing_checks import CheckedText, find_findings
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.corrected_texts import NothingInForce, correct
from pages.publishing.drafts import unsaved_revision
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.records import PublicationConflict
from pages.publishing.version_writer import version_texts
from pages.text.checks.findings import Finding
from pages.text.fields import FIELD_NAMES, Fields
from pages.text.source import normalise

IN_FORCE_PREFIX = "force_"


def announced_prefix(version: Version) -> str:
    """Return the prefix of the field names of an announced text."""
    return f"announced{version.number}_"


class CorrectForm(PageActionForm):
    """A form in two steps.

    In the first step, the text in force is edited in any language. For each corrected language, the second step adds
    the announced texts and the questions. Only the final submission (`is_final`) must answer them.
    """

    conflicts = (PublicationConflict, NothingInForce, SupersedesAnnouncement)
    # An announced version can come into force without a record.
    in_force = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data, *, context: PublishContext, is_final: bool = False):
        self.context, self.is_final = context, is_final
        # Submitted data is immutable (QueryDict), and a bound form ignores the initial values of the second step.
        super().__init__(None if data is None else data.copy(), page=context.page)
        self.languages = [
            language
            for language in served_languages()
            if language in context.texts_in_force
            and context.actor.has_perm(change_text_permission(language))
            and context.actor.has_perm(publish_text_permission(language))
        ]
        for language in self.languages:
            self._add_text_fields(IN_FORCE_PREFIX, language, self._text_in_force(language))
        self.corrected_languages = self._corrected_languages()
        self.incomplete_languages = set()
        if self.corrected_languages:
            add_notice_reason(self, context)
        for language in self.corrected_languages:
            self._add_questions(language)
            for version, text in self.announced_texts(language):
                self._add_text_fields(announced_prefix(version), language, self._corrected_text(language, text))

    def hidden_values(self):
        return {**super().hidden_values(), "in_force": self.context.in_force.number if self.context.in_force else 0}

    def add_conflict_error(self):
        """Unset what was said about the translations: nobody has compared them with the present source text."""
        super().add_conflict_error()
        for language in self.languages:
            self.data.pop(text_field("reflects", language), None)

    def announced_texts(self, language: str) -> list[tuple[Version, VersionText]]:
        """Return the announced versions that change a language, with their text."""
        pairs = [(version, version_texts(version).get(language)) for version in self.context.upcoming]
        return [(version, text) for version, text in pairs if text and text.significance != Significance.UNCHANGED]

    def operate(self, **options) -> Version:
        if self.cleaned_data["in_force"] != self.hidden_values()["in_force"]:
            raise PublicationConflict
        languages = self.corrected_languages
        announced: dict[int, dict[str, Fields]] = {}
        for language in languages:
            for version, _text in self.announced_texts(language):
                texts = announced.setdefault(version.number, {})
                texts[language] = self._fields(self.cleaned_data, announced_prefix(version), language)
        return correct(
            self.page,
            {language: self._fields(self.cleaned_data, IN_FORCE_PREFIX, language) for language in languages},
            significance=self.answers("significance", languages),
            notes=self.answers("note", languages),
            announcement_action=self.cleaned_data.get("announcement_action"),
            notice_reason=self.cleaned_data.get("notice_reason", ""),
            announced=announced,
            matching=self.answers("reflects", languages),
            binding_language=self.context.in_force.binding_language,
            **options,
        )

    def error_field(self, name):
        """Return the field itself, or that of the text in force."""
        candidates = (name, f"{IN_FORCE_PREFIX}{name}", name.replace("text_", f"{IN_FORCE_PREFIX}body_", 1))
        return next((candidate for candidate in candidates if candidate in self.fields), None)

    def text_fields(self, prefix: str, language: str) -> list:
        """Return the bound fields of a text."""
        return [self[field] for field in text_fields(language, prefix=prefix).values()]

    def question_fields(self, language: str) -> list:
        """Return the bound fields of the questions about a language."""
        return self.bound_fields(text_field(name, language) for name in ("significance", "note", "reflects"))

    def findings(self, language: str) -> tuple[Finding, ...]:
        """Return what the publisher should check in a corrected text, a translation also next to its source text."""
        before, source_language = self.context.texts_in_force[language], self.page.source_language
        has_source = language != source_language and source_language in self.context.texts_in_force
        text = CheckedText(
            page=self.page,
            revision=(revision := self._corrected_revision(language)),
            pictures=revision_pictures(revision, before.pictures),
            before=before,
            source_text=self._corrected_revision(source_language) if has_source else None,
            at=self.context.at,
        )
        return find_findings(text)

    def _corrected_revision(self, language: str) -> Revision:
        """Return the text in force, or as it is in the form: a revision that is not stored."""
        revision = self.context.texts_in_force[language].revision
        if language not in self.corrected_languages:
            return revision
        return unsaved_revision(revision, self._submitted_fields(language))

    def _corrected_languages(self) -> list[str]:
        """Return the languages whose submitted text differs from the text in force."""
        if not self.is_bound:
            return []
        return [
            language
            for language in self.languages
            if normalise(self._submitted_fields(language)) != normalise(self._text_in_force(language))
        ]

    def _text_in_force(self, language: str) -> Fields:
        return self.context.texts_in_force[language].revision.fields

    def _submitted_fields(self, language: str) -> Fields:
        return self._fields(self.data, IN_FORCE_PREFIX, language)

    @staticmethod
    def _fields(values: Mapping[str, str], prefix: str, language: str) -> Fields:
        return Fields(**{name: values.get(field) or "" for name, field in text_fields(language, prefix=prefix).items()})

    def _corrected_text(self, language: str, announced: VersionText) -> Fields:
        """Return an announced text with the corrections applied.

        If a place in the body is not found there, add the language to `incomplete_languages`.
        """
        before, after = self._text_in_force(language), normalise(self._submitted_fields(language))
        text = announced.revision.fields
        body = transfer_changes(before.body, after.body, text.body)
        if not body.is_complete:
            self.incomplete_languages.add(language)
        # A one-line field is corrected only if the announcement did not change it.
        is_same = {name: getattr(before, name) == getattr(text, name) for name in FIELD_NAMES}
        fields = {name: getattr(after if is_same[name] else text, name) for name in FIELD_NAMES}
        return Fields(**{**fields, "body": body.text})

    def _add_text_fields(self, prefix: str, language: str, text: Fields) -> None:
        for declared, value in text.with_declarations():
            name, field = text_field(f"{prefix}{declared.name}", language), text_form_field(declared, language)
            field.initial = value
            self.fields[name] = field
            if self.is_bound and prefix != IN_FORCE_PREFIX:
                self.data.setdefault(name, value)

    def _add_questions(self, language: str) -> None:
        self.fields[text_field("significance", language)] = forms.ChoiceField(
            label=_("Do readers of this language have to know?"),
            choices=SIGNIFICANCE_CHOICES,
            widget=forms.RadioSelect,
            required=self.is_final,
        )
        self.fields[text_field("note", language)] = note_field(language, _("Describe the change for readers"))
        if language != self.page.source_language:
            self.fields[text_field("reflects", language)] = forms.BooleanField(
                label=_("This translation matches the source text of this version"),
                required=False,
                help_text=_(
                    "After a minor correction, what was said about the translation before stays true. After a major "
                    "one, readers see that it is behind, unless you select this."
                ),
            )
        if "announcement_action" not in self.fields and self.context.upcoming:
            self.data.setdefault("announcement_action", AnnouncementAction.REANNOUNCE)
            self.fields["announcement_action"] = forms.TypedChoiceField(
                label=_("What should happen to the announced version?"),
                choices=[
                    (AnnouncementAction.REANNOUNCE, _("announce it again, with the text below")),
                    (AnnouncementAction.CANCEL, _("cancel it")),
                ],
                coerce=AnnouncementAction,
                empty_value=None,
                widget=forms.RadioSelect,
                required=self.is_final,
            )


def correct_view(model_admin, request, page: Page):
    """Show the text in force, then the announced texts with the corrections; publish both at once."""
    context = load_publish_context(page, timezone.now(), actor_of(request.user))
    is_final = "_publish" in request.POST
    form = CorrectForm(request.POST if request.method == "POST" else None, context=context, is_final=is_final)
    is_valid = form.is_valid()
    if is_valid and is_final and form.corrected_languages and form.save(by=context.actor, now=context.at):
        return report_published(model_admin, request, page, form.result)
    template_context = {
        "title": _("Correct the text in force"),
        "form": form,
        "publish_context": context,
        "is_possible": bool(context.in_force and form.languages),
        "languages": [_language_context(form, language) for language in form.languages],
        "announcement_action_field": form["announcement_action"] if "announcement_action" in form.fields else None,
        "notice_reason_field": form["notice_reason"] if "notice_reason" in form.fields else None,
        "has_no_changes": request.method == "POST" and not form.corrected_languages,
    }
    template, status = "admin/pages/page/correct.html", 400 if is_final and form.errors else 200
    return render_page_view(model_admin, request, page, template, status=status, **template_context)


def _language_context(form: CorrectForm, language: str) -> dict:
    is_corrected = language in form.corrected_languages
    announced_texts = form.announced_texts(language) if is_corrected else []
    return {
        "code": language,
        "is_corrected": is_corrected,
        "is_incomplete": language in form.incomplete_languages,
        "findings": form.findings(language) if is_corrected else (),
        "fields": form.text_fields(IN_FORCE_PREFIX, language),
        "questions": form.question_fields(language),
        "announced": [
            (version, form.text_fields(announced_prefix(version), language)) for version, _text in announced_texts
        ],
    }
