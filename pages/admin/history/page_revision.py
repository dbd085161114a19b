"""The page of a single text, from a revision, a version or the draft: as rendered and as source."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from pages.admin.history.page_comparison import call_or_404
from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_view, writable_languages
from pages.languages import served_languages
from pages.models import Page
from pages.presentation.comparison.state_comparison import TextState, read_state
from pages.text import source


def text_view(model_admin, request, page: Page, language: str, name: str):
    """Show a text with its author, date and digest."""
    state = _state_or_404(page, language, name)
    context = {
        "state": state,
        "source": source.decode(state.source),
        "has_text_in_force": page.versions.in_force(timezone.now()).exists(),
        "is_served": language in served_languages(),
        "writable_languages": writable_languages(actor_of(request.user)),
    }
    return render_page_view(model_admin, request, page, "admin/pages/page/revision.html", title=_("Text"), **context)


def text_source_view(model_admin, request, page: Page, language: str, name: str):
    """Download the exact source bytes."""
    state = _state_or_404(page, language, name)
    response = HttpResponse(state.source, content_type="text/markdown; charset=utf-8")
    stem = page.path.replace("/", "-") or "home"
    # As an attachment, because shown in the admin's origin, HTML in the source could act as the editor.
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{stem}.{language}.{name}.md")
    return response


def _state_or_404(page: Page, language: str, name: str) -> TextState:
    state = call_or_404(read_state, page, language, name, timezone.now())
    if state.revision is None:
        raise Http404
    return state


VIEWS = (
    PageView("text/<slug:language>/<state:name>/", "text", text_view, can_view),
    PageView("text/<slug:language>/<state:name>/source/", "text_source", text_source_view, can_view),
)
