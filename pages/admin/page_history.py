"""A page's history: the timeline, single texts, comparisons, and copying an earlier text to the draft."""

import re
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.admin.primary_keys import parse_key
from pages.languages import served_languages
from pages.models import Page, Revision
from pages.models.handover import HandoverKind
from pages.models.permissions import change_text_permission
from pages.models.publication_record import RecordKind
from pages.presentation.comparison.state_comparison import DRAFT, TextState, compare_states, languages_of, read_state
from pages.presentation.editors.timeline import timeline_of
from pages.publishing.drafts import DraftConflict, copy_to_draft
from pages.text import source

KINDS = {DRAFT: gettext_lazy("draft saved"), **dict(HandoverKind.choices), **dict(RecordKind.choices)}


class StateNameConverter(StringConverter):
    """A state of a text: r12 (a revision), v3 (a version), draft, or live (the version in force)."""

    # The number of digits is limited, because the database refuses larger integers.
    regex = r"(?:r[1-9][0-9]{0,17}|v[1-9][0-9]{0,8}|draft|live)"


register_converter(StateNameConverter, "state")


def history_view(model_admin, request, page: Page):
    """Show one page of the timeline, filtered by language and kind of event."""
    languages = languages_of(page)
    choices = {"language": languages, "kind": KINDS}
    # An unknown value in the query string is ignored.
    filters = {name: value if (value := request.GET.get(name)) in choices[name] else "" for name in choices}
    context = {
        "timeline": timeline_of(page, timezone.now(), **filters, page_number=request.GET.get("page")),
        "languages": languages,
        "kinds": KINDS.items(),
        "filters": filters,
        "filter_query": urlencode({name: value for name, value in filters.items() if value}),
    }
    template = "admin/pages/page/history.html"
    return render_page_view(model_admin, request, page, template, title=_("History"), current_tab="history", **context)


def text_view(model_admin, request, page: Page, language: str, name: str):
    """Show a text, from a revision, a version or the draft, with its author, date and digest."""
    state = _read_text(page, language, name)
    context = {
        "state": state,
        "source": source.decode(state.source),
        "has_text_in_force": page.versions.in_force(timezone.now()).exists(),
        "is_served": language in served_languages(),
        "parent_tab": "history",
    }
    return render_page_view(model_admin, request, page, "admin/pages/page/revision.html", title=_("Text"), **context)


def text_source_view(model_admin, request, page: Page, language: str, name: str):
    """Download the exact source bytes."""
    state = _read_text(page, language, name)
    if state.is_redacted:
        raise Http404
    response = HttpResponse(state.source, content_type="text/markdown; charset=utf-8")
    stem = page.path.replace("/", "-") or "home"
    # As an attachment, because shown in the admin's origin, HTML in the source could act as the editor.
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{stem}.{language}.{name}.md")
    return response


def _read_text(page: Page, language: str, name: str) -> TextState:
    state = read_state(page, language, name, timezone.now())
    if state.revision is None:
        raise Http404
    return state


def compare_view(model_admin, request, page: Page, language: str, older: str, newer: str):
    """Compare the rendered texts; with `?source` in the URL, the source bytes."""
    shown = compare_states(page, language, older, newer, timezone.now())
    context = {"shown": shown, "shows_source": "source" in request.GET, "parent_tab": "history"}
    return render_page_view(
        model_admin, request, page, "admin/pages/page/compare.html", title=_("What changed"), **context
    )


def compare_selected_view(model_admin, request, page: Page):
    """Redirect to the comparison of the two states that were selected in the history."""
    names = [request.GET.get(side, "") for side in ("older", "newer")]
    history = HttpResponseRedirect(reverse("admin:pages_page_history", args=[page.pk]))
    if not all(re.fullmatch(StateNameConverter.regex, name) for name in names):
        messages.warning(request, _("Select two texts to compare, one in each column."))
        return history
    languages = _revision_languages(page, names) or {request.GET.get("language") or page.source_language}
    if len(languages) > 1:
        messages.warning(request, _("These texts are in different languages: select two texts in one language."))
        return history
    language = languages.pop()
    if language not in languages_of(page):
        raise Http404
    return HttpResponseRedirect(reverse("admin:pages_page_compare", args=[page.pk, language, *names]))


def _revision_languages(page: Page, names: list[str]) -> set[str]:
    """Return the languages of the revisions among the names. Raise Http404 if one belongs to another page."""
    keys = {int(name[1:]) for name in names if name.startswith("r")}
    languages = dict(page.revisions.filter(pk__in=keys).values_list("pk", "language"))
    if keys - set(languages):
        raise Http404
    return set(languages.values())


def copy_to_draft_view(model_admin, request, page: Page, language: str, name: str):
    """Compare the draft with a text. On POST, copy the text, unless the draft has been saved since the page opened."""
    actor = actor_of(request.user)
    actor.require(change_text_permission(language))
    shown = compare_states(page, language, DRAFT, name, timezone.now())
    # A version can lack a text in this language, and nothing is left of one that was redacted.
    if shown.newer.revision is None or shown.newer.revision.blob.is_redacted:
        raise Http404
    conflict = None
    if request.method == "POST":
        # The revision that was the draft when the page was opened, or None if there was none.
        head = parse_key(request.POST.get("head", ""))
        try:
            saved = copy_to_draft(shown.newer.revision, by=actor, now=timezone.now(), expected_revision=head)
        except DraftConflict as raised:
            conflict = raised.saved[language]
        else:
            _report_copy(model_admin, request, page, saved, shown.older.text)
            change_url = reverse("admin:pages_page_change", args=[page.pk])
            return HttpResponseRedirect(f"{change_url}#tab={language}")
    context = {"shown": shown, "conflict": conflict, "status": 409 if conflict else 200, "parent_tab": "history"}
    return render_page_view(
        model_admin, request, page, "admin/pages/page/copy_to_draft.html", title=_("Copy to draft"), **context
    )


def _report_copy(model_admin, request, page: Page, saved: Revision | None, previous: Revision | None) -> None:
    if saved is None:
        messages.info(request, _("The draft has this text already: nothing was changed."))
        return
    model_admin.log_change(request, page, _("An earlier text was copied to the draft."))
    message = _("The earlier text is now the draft. Readers do not see it yet.")
    if previous is not None:
        previous_draft = _("The previous draft stays in the history as r%(number)d.") % {"number": previous.pk}
        message = f"{message} {previous_draft}"
    messages.success(request, message)
