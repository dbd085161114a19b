"""The timeline of a page: saved drafts and records of the publication log, newest first."""

from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_view, writable_languages
from pages.models import Page
from pages.models.publication_record import RecordKind
from pages.presentation.comparison.state_comparison import languages_of
from pages.presentation.editors.timeline import DRAFT, timeline_of

KINDS = {DRAFT: gettext_lazy("draft saved"), **dict(RecordKind.choices)}
# Translated once per response: the templates repeat them for every event.
LABELS = {
    "unchanged": gettext_lazy("unchanged"),
    "older": gettext_lazy("Before:"),
    "newer": gettext_lazy("After:"),
    "view": gettext_lazy("View the text"),
    "compare_with_previous": gettext_lazy("Compare with the previous one"),
    "compare_with_text_in_force": gettext_lazy("Compare with the version in force"),
    "copy_to_draft": gettext_lazy("Copy to draft…"),
}


def history_view(model_admin, request, page: Page):
    """Show one page of the timeline, filtered by language and kind of event."""
    languages = languages_of(page)
    filters = {
        "language": _valid_choice(request.GET.get("language"), languages),
        "kind": _valid_choice(request.GET.get("kind"), KINDS),
    }
    timeline = timeline_of(page, timezone.now(), **filters, page_number=request.GET.get("page"))
    context = {
        "timeline": timeline,
        "languages": languages,
        "kinds": KINDS.items(),
        "filters": filters,
        "filter_query": urlencode({name: value for name, value in filters.items() if value}),
        "labels": {name: str(label) for name, label in LABELS.items()},
        "writable_languages": writable_languages(actor_of(request.user)),
    }
    title = _("History: %(title)s") % {"title": page}
    return render_page_view(model_admin, request, page, "admin/pages/page/history.html", title=title, **context)


def _valid_choice(value: str | None, choices) -> str:
    return value if value in choices else ""


VIEWS = (PageView("history/", "history", history_view, can_view),)
