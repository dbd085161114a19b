"""Marking a text as ready, and sending it back."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of, writable_languages
from pages.admin.primary_keys import parse_key
from pages.admin.publishing.actions import ActionForm
from pages.admin.publishing.changes_since import describe_handovers
from pages.admin.publishing.handover_mail import mail_handover
from pages.admin.publishing.page_action_form import PageActionForm
from pages.admin.publishing.publish_context import (
    ChangedText,
    PublishContext,
    UnchangedText,
    find_changed_drafts,
    load_publish_context,
)
from pages.admin.publishing.source_changes import find_source_changes
from pages.languages import name_in_sentence, served_languages
from pages.models import Handover, Page
from pages.models.permissions import change_text_permission
from pages.publishing.handovers import (
    MAX_MESSAGE_LENGTH,
    HandoverConflict,
    find_source_texts,
    mark_ready,
    send_back,
)
from pages.publishing.pictures.storage import published_pictures
from pages.publishing.records import PublicationConflict


def message_field(label, *, required: bool) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    return forms.CharField(label=label, required=required, max_length=MAX_MESSAGE_LENGTH, widget=widget)


def _handovers_since_opened(form: PageActionForm, language: str) -> list[str]:
    last_seen = parse_key(form.data.get("handover", ""))
    return [] if last_seen is None else describe_handovers(form.page, language, last_seen)


class ReadyForm(PageActionForm):
    """Which source text a translation matches, and a message. The hidden fields name what the person saw."""

    conflicts = (PublicationConflict, HandoverConflict)
    source_digest = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the source text that the translation matches."),
            "invalid_choice": _("The source text was changed after you opened this page. Check it, then choose again."),
        },
    )
    message = message_field(_("Message to the publisher (optional)"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    handover = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data, *, context: PublishContext, language: str):
        self.language, self.is_source = language, language == context.page.source_language
        self.at = context.at
        self.head = context.drafts.get(language)
        self.current = context.handovers.get(language)
        self.sources = find_source_texts(context.page, context.at)
        super().__init__(data, page=context.page)
        if self.is_source:
            del self.fields["source_digest"]
        else:
            self.fields["source_digest"].choices = [(text.digest, text.digest) for text in self.sources]
            if len(self.sources) == 1:
                self.initial["source_digest"] = self.sources[0].digest

    @property
    def is_possible(self) -> bool:
        """Return whether there is a text, and a source text that it can match."""
        return self.head is not None and not self.head.is_empty and bool(self.is_source or self.sources)

    def hidden_values(self):
        values = {"revision": self.head.pk if self.head else 0, "handover": self.current.pk if self.current else 0}
        return {**super().hidden_values(), **values}

    def changes_since_opened(self):
        return [*super().changes_since_opened(), *_handovers_since_opened(self, self.language)]

    def operate(self, *, expected_record: int, **options) -> Handover:
        handover = mark_ready(
            self.page,
            self.language,
            revision=self.cleaned_data["revision"],
            source_digest=self.cleaned_data.get("source_digest", ""),
            message=self.cleaned_data["message"],
            expected_handover=self.cleaned_data["handover"],
            **options,
        )
        mail_handover(handover, **options)
        return handover


class SendBackForm(ActionForm):
    """The message to the person who marked a text as ready."""

    conflicts = (PublicationConflict, HandoverConflict)
    title = _("Send back: %(language)s")
    explanation = _("The text stays a draft. The person who marked it as ready sees your message on the start page.")
    button = _("Send back")
    done = _("Sent back: %(language)s.")
    message = message_field(_("What is missing?"), required=True)
    handover = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data, *, page: Page, language: str):
        self.sent_language, self.current = language, Handover.objects.by_language(page).get(language)
        super().__init__(data, page=page)
        self.names, self.fragment = {"language": name_in_sentence(language)}, f"#tab={language}"
        self.is_possible = self.current is not None and self.current.is_ready

    def hidden_values(self):
        return {**super().hidden_values(), "handover": self.current.pk if self.current else 0}

    def changes_since_opened(self):
        return [*super().changes_since_opened(), *_handovers_since_opened(self, self.sent_language)]

    def operate(self, *, expected_record: int, **options) -> Handover:
        values = {name: self.cleaned_data[name] for name in ("handover", "message")}
        handover = send_back(self.page, self.sent_language, **values, **options)
        mail_handover(handover, **options)
        return handover


def ready_view(model_admin, request, page: Page, language: str):
    """Show a text and its source, and mark the text as ready."""
    actor = actor_of(request.user)
    if language not in served_languages():
        raise Http404
    actor.require(change_text_permission(language))
    context = load_publish_context(page, timezone.now(), actor)
    form = ReadyForm(request.POST if request.method == "POST" else None, context=context, language=language)
    name = {"language": name_in_sentence(language)}
    if form.is_valid() and form.save(by=actor, now=context.at):
        model_admin.log_change(request, page, _("Marked as ready: %(language)s.") % name)
        messages.success(request, _("Marked as ready: %(language)s. Publishers see it on their start page.") % name)
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]) + f"#tab={language}")
    changed = next((text for text in find_changed_drafts(context) if text.language == language), None)
    text, pictures = changed or UnchangedText(context, language), published_pictures(page, context.at)
    # A text without a change is compared with the source text as well.
    checked = changed or (form.is_possible and ChangedText(context, language, form.head, pictures))
    template_context = {
        "title": _("Mark as ready: %(language)s") % name,
        "parent_tab": "edit",
        "form": form,
        "text": changed,
        "findings": checked.findings if checked else (),
        "text_language": language,
        "sources": [(source, find_source_changes(text, source.revision, pictures)) for source in form.sources],
    }
    template, status = "admin/pages/page/ready.html", 400 if form.errors else 200
    return render_page_view(model_admin, request, page, template, status=status, **template_context)


def ready_choice_view(model_admin, request, page: Page):
    """Let the user choose a language to mark as ready; if there is only one, go on."""
    actor = actor_of(request.user)
    if not (writable := writable_languages(actor)):
        raise PermissionDenied
    context = load_publish_context(page, timezone.now(), actor)
    languages = [
        language for language in writable if language in context.drafts and not context.drafts[language].is_empty
    ]
    if len(languages) == 1:
        return HttpResponseRedirect(reverse("admin:pages_page_ready", args=[page.pk, languages[0]]))
    changed = {text.language for text in find_changed_drafts(context)}
    rows = [(language, language in changed, context.handovers.get(language)) for language in languages]
    template = "admin/pages/page/ready_choice.html"
    title = _("Mark as ready")
    return render_page_view(model_admin, request, page, template, title=title, parent_tab="edit", rows=rows)
