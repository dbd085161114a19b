"""Taking an old text back into the draft: looked at beside what is there now, and done on a click."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.history.page_comparison import found
from pages.admin.page_views import PageView, render_page_view
from pages.admin.permissions import actor_of, can_view
from pages.models import Page, Revision
from pages.models.permissions import change_text_permission
from pages.presentation.comparison.state_comparison import DRAFT, compare_states
from pages.publishing.drafts import DraftConflict, copy_to_draft


def take(model_admin, request, page: Page, language: str, name: str):
    """Show what the draft would become, and make it that. Who saved in the meantime is named, and nothing is done."""
    actor = actor_of(request.user)
    actor.require(change_text_permission(language))
    shown = found(compare_states, page, language, DRAFT, name, timezone.now())
    if shown.newer.revision is None:
        raise Http404
    conflict = None
    if request.method == "POST":
        try:
            saved = copy_to_draft(
                shown.newer.revision, by=actor, now=timezone.now(), expected_revision=_opened_with(request)
            )
        except DraftConflict as raised:
            conflict = raised.saved[language]
        else:
            _say(model_admin, request, page, saved, shown.older.text)
            change = reverse("admin:pages_page_change", args=[page.pk])
            return HttpResponseRedirect(f"{change}#tab={language}")
    context = {"shown": shown, "language": request.LANGUAGE_CODE, "conflict": conflict}
    title, status = _("Take this text into the draft"), 409 if conflict else 200
    template = "admin/pages/page/copy_to_draft.html"
    return render_page_view(model_admin, request, page, template, title=title, status=status, **context)


def _opened_with(request) -> int | None:
    key = request.POST.get("head", "")
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None


def _say(model_admin, request, page: Page, saved: Revision | None, before: Revision | None) -> None:
    if saved is None:
        messages.info(request, _("The draft says the same already: nothing was changed."))
        return
    model_admin.log_change(request, page, _("Took an earlier text into the draft."))
    sentence = _("The earlier text is the draft now, readers do not see it yet.")
    if before is not None:
        kept = _("What was the draft stays in the history as r%(number)d.") % {"number": before.pk}
        sentence = f"{sentence} {kept}"
    messages.success(request, sentence)


VIEWS = (PageView("take/<slug:language>/<state:name>/", "take", take, can_view),)
