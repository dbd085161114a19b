"""Saves the form of a page with the operations of `pages.publishing`, and shows it again if one of them fails."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import (
    THEIRS,
    conflicts_of,
    draft_conflict_error,
    keep_field,
    position_conflict_error,
)
from pages.admin.editing.language_tabs import language_title
from pages.admin.editing.page_form import CREATION_FIELDS, POSITION_FIELDS, head_field, opened_field
from pages.admin.permissions import actor_of
from pages.admin.primary_keys import parse_key
from pages.languages import served_languages
from pages.models import Page, Revision
from pages.models.page import draft_columns
from pages.publishing.drafts import DraftConflict, save_draft
from pages.publishing.page_tree import PositionConflict, create_page, set_position


def save_page(request, page: Page, form, *, is_new: bool) -> None:
    """Save the position and the texts that changed, or nothing: Django runs the admin's view in one transaction.

    Raises one of SAVE_ERRORS. What the admin needs to show the form again is stored on the request.
    """
    now, by = timezone.now(), actor_of(request.user)
    request.save_messages = []
    if is_new:
        values = {name: form.cleaned_data[name] for name in (*CREATION_FIELDS, *POSITION_FIELDS)}
        created = create_page(**values, by=by)
        # The admin keeps using the unsaved instance of the form, for instance for its log entry and its redirect.
        page.pk, page.uuid, page.path, page._state.adding = created.pk, created.uuid, created.path, False
        request.save_messages.append(_("The page was created."))
    elif values := form.changed_position():
        _save_position(request, page, values, form.opened_position(), by=by, now=now)
    try:
        saved = save_draft(page, form.texts(), by=by, now=now, expected_revisions=form.opened_with())
    except DraftConflict as conflict:
        request.conflicts = conflicts_of(page, conflict, form.texts(), form.opened_with(), now)
        raise
    except Page.DoesNotExist as error:
        # Somebody deleted the page after the form was validated. PreserveSubmissions then shows what was posted.
        raise Http404 from error
    if saved:
        text = _("Saved as a draft. Readers do not see it yet: %(languages)s.")
        request.save_messages.append(text % {"languages": ", ".join(map(language_title, sorted(saved)))})


def _save_position(request, page: Page, values, opened, *, by, now) -> None:
    try:
        set_position(page, **values, by=by, now=now, expected_values=opened)
    except Page.DoesNotExist as error:
        raise Http404 from error
    except PositionConflict:
        # For the error message, which `prepare_redisplay` makes without access to the form.
        request.opened_position = opened
        raise
    if any(value != opened.get(name) for name, value in values.items()):
        request.save_messages.append(_("Weight and review date are saved."))


def replace_with_their_texts(request, object_id: str) -> None:
    """Replace the posted text by the other editor's, in the languages where the editor chose that after a conflict.

    This changes `request.POST` before the form reads it. If the form then has another error, it is shown again with the
    chosen text.
    """
    chosen = [language for language in served_languages() if request.POST.get(keep_field(language)) == THEIRS]
    page_key = parse_key(object_id)
    if not chosen or page_key is None:
        return
    # A QueryDict is immutable, its copy is not.
    request.POST = request.POST.copy()
    for language in chosen:
        head = parse_key(request.POST.get(head_field(language), ""))
        # Filtered by page and language, because the posted key could be that of any revision.
        theirs = Revision.objects.filter(page=page_key, language=language, pk=head)
        for revision in theirs:
            for column, value in draft_columns(revision.fields, language).items():
                request.POST[column] = value


def save_summary(request) -> str:
    """Return the message for a successful save."""
    return " ".join(getattr(request, "save_messages", [])) or _("Nothing was changed, so nothing was saved.")


def prepare_redisplay(request, error: Exception) -> None:
    """Store the error on the request for the form, which is then shown again with what was posted.

    After a conflict the form names the revision or value that is stored now. The editor has then seen the conflict, so
    saving again succeeds.
    """
    request.POST = request.POST.copy()
    if isinstance(error, DraftConflict):
        request.save_error = draft_conflict_error(error)
        for language, revision in error.saved.items():
            request.POST[head_field(language)] = str(revision.pk)
    elif isinstance(error, PositionConflict):
        request.save_error = position_conflict_error(error, request.opened_position)
        for name, stored in error.stored.items():
            request.POST[opened_field(name)] = "" if stored is None else str(stored)
    else:
        request.save_error = error


SAVE_ERRORS = (DraftConflict, PositionConflict, ValidationError)
