"""The publish page. Reverting to an earlier version uses the same page."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.admin.publishing.publish_context import load_publish_context
from pages.admin.publishing.publish_form import PublishForm
from pages.models import Page, Version
from pages.presentation.as_of import format_moment


def publish_view(model_admin, request, page: Page, number: int | None = None):
    """Publish or announce the drafts, or publish the texts of an earlier version again, if its number is given."""
    context = load_publish_context(page, timezone.now(), actor_of(request.user))
    earlier = get_object_or_404(page.versions, number=number) if number else None
    form = PublishForm(request.POST if request.method == "POST" else None, context=context, earlier=earlier)
    if form.is_valid() and form.save(by=context.actor, now=context.at):
        return report_published(model_admin, request, page, form.result)
    title = _("Revert to version %(number)d") if earlier else _("Publish")
    template_context = {
        "title": title % {"number": number},
        "current_tab": "publish",
        "form": form,
        "publish_context": context,
        "earlier": earlier,
        "is_withdrawn": Page.objects.withdrawn(context.at).filter(pk=page.pk).exists(),
        "changed_texts": [
            (text, form.language_fields(text), form.folded_fields(text), form.source_changes(text))
            for text in form.changed_texts
        ],
        "unchanged_texts": [
            (text, form.language_fields(text), form.source_changes(text) if text.handover else [])
            for text in form.unchanged_texts
        ],
        "unchanged_is_open": not form.changed_texts or form.has_unchanged_answers(),
        "is_only_ready": not form.changed_texts
        and any(text.matches_source(form.source_digest) for text in form.translations),
    }
    template, status = "admin/pages/page/publish.html", 400 if form.errors else 200
    return render_page_view(model_admin, request, page, template, status=status, **template_context)


def report_published(model_admin, request, page: Page, version: Version) -> HttpResponseRedirect:
    """Log the publication in the admin's history, tell the user what readers see and when, and return to the page."""
    number = {"number": version.number}
    model_admin.log_change(request, page, _("Published version %(number)d.") % number)
    link = format_html('<a href="{}v/{}/">{}</a>', page.get_absolute_url(), version.number, _("View"))
    messages.success(request, format_html("{} {}", _result(page, version, timezone.now()), link))
    return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]))


def _result(page: Page, version: Version, now: datetime) -> str:
    """Return since when or from when a new version is in force, and what readers see until then."""
    values = {"number": version.number, "moment": format_moment(version.effective_at)}
    in_force = page.versions.in_force(now).first()
    if version.effective_at <= now:
        text = _("Version %(number)d is published: in force since %(moment)s.")
    elif in_force is None:
        text = _("Version %(number)d is announced for %(moment)s. Until then readers see no text.")
    else:
        values["shown"] = in_force.number
        text = _("Version %(number)d is announced for %(moment)s. Until then readers see version %(shown)d.")
    return text % values
