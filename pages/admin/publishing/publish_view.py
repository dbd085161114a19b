"""The publish page. Reverting to an earlier version uses the same page."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_publish
from pages.admin.publishing.publish_context import (
    PublishContext,
    find_changed_drafts,
    find_changed_version_texts,
    find_unchanged_texts,
    load_publish_context,
)
from pages.admin.publishing.publish_form import PublishForm
from pages.models import Page, Version
from pages.models.page import text_field
from pages.publishing.announcements import SupersedesAnnouncement
from pages.publishing.records import PublicationConflict
from pages.publishing.versions import ForeignText, announce, publish, revert


def publish_view(model_admin, request, page: Page):
    """Publish or announce the drafts."""
    context = load_publish_context(page, timezone.now(), actor_of(request.user))

    def operation(form: PublishForm, **options) -> Version:
        publish_or_announce = publish if options["effective_at"] is None else announce
        return publish_or_announce(page, form.texts_to_publish(), removed=form.removed_languages(), **options)

    title = _("Publish %(page)s") % {"page": page}
    return _handle(model_admin, request, context, find_changed_drafts(context), operation, title=title)


def revert_view(model_admin, request, page: Page, number: int):
    """Publish the texts of an earlier version again."""
    earlier = get_object_or_404(page.versions.published(timezone.now()), number=number)
    context = load_publish_context(page, timezone.now(), actor_of(request.user))
    changed_texts = find_changed_version_texts(context, earlier)

    def operation(form: PublishForm, **options) -> Version:
        included = form.included_texts()
        significance = {text.language: form.significance_of(text) for text in included}
        return revert(page, earlier, [text.language for text in included], significance=significance, **options)

    title = _("Revert to version %(number)d") % {"number": number}
    return _handle(model_admin, request, context, changed_texts, operation, title=title, earlier=earlier)


def _handle(
    model_admin, request, context: PublishContext, changed_texts, operation: Callable, *, title: str, earlier=None
):
    """Show the form, or run the operation with its answers and redirect to the page.

    `earlier` is the version to revert to, if any.
    """
    texts = {
        "changed_texts": changed_texts,
        "unchanged_texts": [] if earlier else find_unchanged_texts(context, changed_texts),
    }
    data = request.POST if request.method == "POST" else None
    form = PublishForm(data, context=context, replaces_upcoming=earlier is None, **texts)
    has_conflict = form.detect_conflict(context.page)
    if form.is_valid() and not has_conflict and (version := _run(operation, form, context)):
        report_published(model_admin, request, context.page, version)
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[context.page.pk]))
    template_context = {
        "title": title,
        "form": form,
        "publish_context": context,
        "earlier": earlier,
        "is_withdrawn": Page.objects.withdrawn(context.at).filter(pk=context.page.pk).exists(),
        **{name: [(text, form.language_fields(text.language)) for text in texts[name]] for name in texts},
    }
    template, status = "admin/pages/page/publish.html", 400 if form.errors else 200
    return render_page_view(model_admin, request, context.page, template, status=status, **template_context)


def _run(operation: Callable, form: PublishForm, context: PublishContext) -> Version | None:
    """Return the new version; or None if the operation refused, with the reason added to the form."""
    answers = form.cleaned_data
    try:
        _check_revisions(form)
        return operation(
            form,
            by=context.actor,
            now=context.at,
            notes=form.notes(),
            effective_at=answers["effective_at"],
            binding_language=answers["binding_language"] or None,
            announcement_action=answers.get("announcement_action"),
            expected_record=answers["record"],
        )
    except (ValidationError, PermissionDenied, SupersedesAnnouncement, PublicationConflict, ForeignText) as refusal:
        _add_errors(form, context.page, refusal)
    return None


def _check_revisions(form: PublishForm) -> None:
    """Raise PublicationConflict if a text is not the one that the publisher saw."""
    # Saving a draft makes no publication record, so the record number does not show it.
    for text in form.included_texts():
        if form.cleaned_data[text_field("revision", text.language)] != text.revision.pk:
            raise PublicationConflict


def _add_errors(form: PublishForm, page: Page, refusal: Exception) -> None:
    if isinstance(refusal, ValidationError):
        for name, errors in refusal.error_dict.items():
            form.add_error(_form_field(form, name), errors)
    elif isinstance(refusal, SupersedesAnnouncement):
        form.add_error("announcement_action", _("A version is announced: choose what happens to it."))
    elif isinstance(refusal, PermissionDenied):
        form.add_error(None, str(refusal))
    else:
        form.add_conflict_error(page)


def _form_field(form: PublishForm, name: str) -> str | None:
    """Return the form field for an error of an operation: of the language if it has one, else the common field."""
    candidates = (name, name.replace("text_", "include_", 1), name.partition("_")[0])
    return next((candidate for candidate in candidates if candidate in form.fields), None)


def report_published(model_admin, request, page: Page, version: Version) -> None:
    """Log the publication in the admin's history and tell the user about it."""
    number = {"number": version.number}
    model_admin.log_change(request, page, _("Published version %(number)d.") % number)
    is_announced = version.effective_at > version.published_at
    text = _("Version %(number)d is announced.") if is_announced else _("Version %(number)d is published.")
    link = format_html('<a href="{}v/{}/">{}</a>', page.get_absolute_url(), version.number, _("View"))
    messages.success(request, format_html("{} {}", text % number, link))


VIEWS = (
    PageView("publish/", "publish", publish_view, can_publish),
    PageView("revert/<int:number>/", "revert", revert_view, can_publish),
)
