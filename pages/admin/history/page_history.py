"""The history of one page: who did what to it and when, drafts and publications in one line of time."""

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
# What the links of each event say: looked up once a page.
WORDS = {
    "unchanged": gettext_lazy("unchanged"),
    "older": gettext_lazy("Before:"),
    "newer": gettext_lazy("After:"),
    "see": gettext_lazy("See the text"),
    "before": gettext_lazy("Compare with the one before"),
    "live": gettext_lazy("Compare with what is in force"),
    "take": gettext_lazy("Take into the draft…"),
}


def page_history(model_admin, request, page: Page):
    """Show a sheet of the timeline, of the language and the kind of event that were asked for."""
    languages = languages_of(page)
    asked = {
        "language": _known(request.GET.get("language"), languages),
        "kind": _known(request.GET.get("kind"), KINDS),
    }
    timeline = timeline_of(page, timezone.now(), **asked, page_number=request.GET.get("sheet"))
    context = {
        "timeline": timeline,
        "live": timeline.has_text_in_force,
        "languages": languages,
        "kinds": KINDS.items(),
        "asked": asked,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "words": {name: str(words) for name, words in WORDS.items()},
        "writable": writable_languages(actor_of(request.user)),
    }
    return render_page_view(model_admin, request, page, "admin/pages/page/history.html", title=_("History"), **context)


def _known(value: str | None, choices) -> str:
    return value if value in choices else ""


VIEWS = (PageView("history/", "history", page_history, can_view),)
