"""The page that copies an earlier text to the draft, after a comparison with the current draft."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.history.page_comparison import call_or_404
from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_view
from pages.admin.primary_keys import parse_key
from pages.models import Page, Revision
from pages.models.permissions import change_text_permission
from pages.presentation.comparison.state_comparison import DRAFT, compare_states
from pages.publishing.drafts import DraftConflict, copy_to_draft


def copy_to_draft_view(model_admin, request, page: Page, language: str, name: str):
    """Compare the draft with a text. On POST, copy the text, unless the draft has been saved since the page opened."""
    actor = actor_of(request.user)
    actor.require(change_text_permission(language))
    shown = call_or_404(compare_states, page, language, DRAFT, name, timezone.now())
    # A version can lack a text in this language.
    if shown.newer.revision is None:
        raise Http404
    conflict = None
    if request.method == "POST":
        try:
            saved = copy_to_draft(
                shown.newer.revision, by=actor, now=timezone.now(), expected_revision=_submitted_head(request)
            )
        except DraftConflict as raised:
            conflict = raised.saved[language]
        else:
            _report_result(model_admin, request, page, saved, shown.older.text)
            change_url = reverse("admin:pages_page_change", args=[page.pk])
            return HttpResponseRedirect(f"{change_url}#tab={language}")
    context = {"shown": shown, "language": request.LANGUAGE_CODE, "conflict": conflict}
    title, status = _("Copy to draft"), 409 if conflict else 200
    template = "admin/pages/page/copy_to_draft.html"
    return render_page_view(model_admin, request, page, template, title=title, status=status, **context)


def _submitted_head(request) -> int | None:
    """Return the key of the revision that was the draft when the page was opened, or None if there was none."""
    return parse_key(request.POST.get("head", ""))


def _report_result(model_admin, request, page: Page, saved: Revision | None, previous: Revision | None) -> None:
    if saved is None:
        messages.info(request, _("The draft has this text already: nothing was changed."))
        return
    model_admin.log_change(request, page, _("An earlier text was copied to the draft."))
    message = _("The earlier text is now the draft. Readers do not see it yet.")
    if previous is not None:
        previous_draft = _("The previous draft stays in the history as r%(number)d.") % {"number": previous.pk}
        message = f"{message} {previous_draft}"
    messages.success(request, message)


VIEWS = (PageView("copy-to-draft/<slug:language>/<state:name>/", "copy_to_draft", copy_to_draft_view, can_view),)
