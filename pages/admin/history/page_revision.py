"""One text of a page, of whatever revision or version: as readers would see it, and its exact bytes."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from pages.admin.history.page_comparison import found
from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_view, writable_languages
from pages.languages import served_languages
from pages.models import Page
from pages.presentation.comparison.state_comparison import TextState, read_state
from pages.text import source


def text(model_admin, request, page: Page, language: str, name: str):
    """Show a text with who wrote it, when, and its digest."""
    state = _state(page, language, name)
    context = {
        "state": state,
        "source": source.decode(state.source),
        "live": page.versions.in_force(timezone.now()).exists(),
        "is_served": language in served_languages(),
        "writable": writable_languages(actor_of(request.user)),
    }
    return render_page_view(model_admin, request, page, "admin/pages/page/revision.html", title=_("Text"), **context)


def text_source(model_admin, request, page: Page, language: str, name: str):
    """Answer with the exact bytes, as a file to keep: a browser must not take them for a page of the admin."""
    state = _state(page, language, name)
    response = HttpResponse(state.source, content_type="text/markdown; charset=utf-8")
    place = page.path.replace("/", "-") or "home"
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{place}.{language}.{name}.md")
    return response


def _state(page: Page, language: str, name: str) -> TextState:
    state = found(read_state, page, language, name, timezone.now())
    if state.revision is None:
        raise Http404
    return state


VIEWS = (
    PageView("text/<slug:language>/<state:name>/", "text", text, can_view),
    PageView("text/<slug:language>/<state:name>/source/", "text_source", text_source, can_view),
)
