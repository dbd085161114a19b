"""The publish page, and the way back to an earlier version through the same page."""

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
from pages.admin.publishing.outgoing_texts import (
    PublishContext,
    outgoing_drafts,
    outgoing_version,
    publish_context,
    standing_texts,
)
from pages.admin.publishing.publish_form import PublishForm
from pages.models import Page, Version
from pages.models.page import text_field
from pages.publishing.announcements import AnnouncementAction, SupersedesAnnouncement
from pages.publishing.records import PublicationConflict
from pages.publishing.versions import ForeignText, announce, publish, revert


def publish_view(model_admin, request, page: Page):
    """Ask what has to be asked, and publish the drafts."""
    around = publish_context(page, timezone.now(), actor_of(request.user))

    def verb(form: PublishForm, **said) -> Version:
        later = said["effective_at"] is not None
        return (announce if later else publish)(page, form.choices(), removed=form.removed(), **said)

    title = _("Publish %(page)s") % {"page": page}
    return _asked(model_admin, request, around, outgoing_drafts(around), verb, title=title)


def revert_view(model_admin, request, page: Page, number: int):
    """Ask the same of an earlier version's texts, and make a new version of them."""
    earlier = get_object_or_404(page.versions.published(timezone.now()), number=number)
    around = publish_context(page, timezone.now(), actor_of(request.user))

    def verb(form: PublishForm, **said) -> Version:
        chosen = form.included()
        answers = {text.language: form.significance_of(text) for text in chosen}
        return revert(page, earlier, [text.language for text in chosen], significance=answers, **said)

    title = _("Go back to version %(number)d") % {"number": number}
    return _asked(model_admin, request, around, outgoing_version(around, earlier), verb, title=title, earlier=earlier)


def _asked(model_admin, request, around: PublishContext, outgoing, verb: Callable, *, title: str, earlier=None):
    """Show the questions, or carry the verb out."""
    standing = [] if earlier else standing_texts(around, outgoing)
    texts = {"outgoing": outgoing, "standing": standing, "takes_place": earlier is None}
    form = PublishForm(request.POST if request.method == "POST" else None, around=around, **texts)
    is_late = form.is_late(around.page)
    if form.is_valid() and not is_late and (version := _done(form, around, verb)):
        say_published(model_admin, request, around.page, version)
        return HttpResponseRedirect(reverse("admin:pages_page_change", args=[around.page.pk]))
    context = {
        "title": title,
        "form": form,
        "around": around,
        "earlier": earlier,
        "tabs": [(text, form.of_language(text.language)) for text in outgoing],
        "standing": [(text, form.of_language(text.language)) for text in standing],
        "is_withdrawn": Page.objects.withdrawn(around.at).filter(pk=around.page.pk).exists(),
    }
    status = 400 if form.errors else 200
    return render_page_view(
        model_admin, request, around.page, "admin/pages/page/publish.html", status=status, **context
    )


def _done(form: PublishForm, around: PublishContext, verb: Callable) -> Version | None:
    """Return the version, or None where the form now says what is in the way."""
    answers = form.cleaned_data
    try:
        _insist_on_what_was_looked_at(form)
        return verb(
            form,
            by=around.actor,
            now=around.at,
            notes=form.notes(),
            effective_at=answers["effective_at"],
            binding_language=answers["binding_language"] or None,
            announcement_action=AnnouncementAction(answers["waiting"]) if answers.get("waiting") else None,
            expected_record=answers["record"],
        )
    except (ValidationError, PermissionDenied, SupersedesAnnouncement, PublicationConflict, ForeignText) as refusal:
        refuse(form, around.page, refusal)
    return None


def _insist_on_what_was_looked_at(form: PublishForm) -> None:
    for text in form.included():
        if form.cleaned_data[text_field("revision", text.language)] != text.revision.pk:
            raise PublicationConflict


def refuse(form, page: Page, refusal: Exception) -> None:
    """Say in the form why a verb refused."""
    if isinstance(refusal, ValidationError):
        for name, errors in refusal.error_dict.items():
            form.add_error(_field_for(form, name), errors)
    elif isinstance(refusal, SupersedesAnnouncement):
        form.add_error("waiting", _("An announced version waits: say what becomes of it."))
    elif isinstance(refusal, PermissionDenied):
        form.add_error(None, str(refusal))
    else:
        form.say_meanwhile(page)


def _field_for(form, name: str) -> str | None:
    """Return the field that an error of a verb belongs to: some are asked once for all languages."""
    candidates = (name, name.replace("text_", "include_", 1), name.partition("_")[0])
    return next((candidate for candidate in candidates if candidate in form.fields), None)


def say_published(model_admin, request, page: Page, version: Version) -> None:
    """Note the publication in the admin's own log, and say what happened."""
    number = {"number": version.number}
    model_admin.log_change(request, page, _("Published version %(number)d.") % number)
    is_later = version.effective_at > version.published_at
    text = _("Version %(number)d is announced.") if is_later else _("Version %(number)d is published.")
    link = format_html('<a href="{}v/{}/">{}</a>', page.get_absolute_url(), version.number, _("See it"))
    messages.success(request, format_html("{} {}", text % number, link))


VIEWS = (
    PageView("publish/", "publish", publish_view, can_publish),
    PageView("revert/<int:number>/", "revert", revert_view, can_publish),
)
