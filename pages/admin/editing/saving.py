"""Saving the form of a page through the verbs; what they refuse comes back to the form, with everything in it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import THEIRS, conflicts_of, explained, keep_field, place_explained
from pages.admin.editing.language_tabs import language_title
from pages.admin.editing.page_form import CREATION_FIELDS, ORDER_FIELDS, head_field, opened_field
from pages.admin.permissions import actor_of
from pages.languages import served_languages
from pages.models import Page, Revision
from pages.models.page import TEXT_FIELDS, text_field
from pages.publishing.drafts import DraftConflict, fields_of, save_draft
from pages.publishing.page_tree import PositionConflict, create_page, set_position


def save_page(request, page: Page, form, *, is_new: bool) -> None:
    """Save the place and the texts that changed. What a verb refuses stops all of it, and is kept for the form."""
    now, by = timezone.now(), actor_of(request.user)
    request.said = []
    if is_new:
        place = {name: form.cleaned_data[name] for name in (*CREATION_FIELDS, *ORDER_FIELDS)}
        made = create_page(**place, by=by)
        page.pk, page.uuid, page.path, page._state.adding = made.pk, made.uuid, made.path, False
        request.said.append(_("The page is made."))
    elif values := form.order():
        _set_order(request, page, values, form.opened_order(), by=by, now=now)
    try:
        saved = save_draft(page, form.texts(), by=by, now=now, expected=form.opened_with())
    except DraftConflict as conflict:
        request.conflicts = conflicts_of(page, conflict, form.texts(), form.opened_with(), now)
        raise
    except Page.DoesNotExist as error:
        raise Http404 from error
    if saved:
        text = _("Saved as a draft, readers do not see it yet: %(languages)s.")
        request.said.append(text % {"languages": ", ".join(map(language_title, sorted(saved)))})


def _set_order(request, page: Page, values, opened, *, by, now) -> None:
    try:
        set_position(page, **values, by=by, now=now, expected=opened)
    except Page.DoesNotExist as error:
        raise Http404 from error
    except PositionConflict:
        request.opened_order = opened
        raise
    if any(value != opened.get(name) for name, value in values.items()):
        request.said.append(_("Weight and review day are saved."))


def take_theirs(request, object_id: str) -> None:
    """Put somebody else's text in the place of what was typed, in the languages where that was chosen after a conflict.

    It is done before anything else: should the form come back for another reason, it shows the text that was chosen.
    """
    chosen = [language for language in served_languages() if request.POST.get(keep_field(language)) == THEIRS]
    if not chosen or not _is_key(object_id):
        return
    request.POST = request.POST.copy()
    for language in chosen:
        head = request.POST.get(head_field(language), "")
        theirs = Revision.objects.filter(page=int(object_id), language=language, pk=int(head) if _is_key(head) else 0)
        for revision in theirs:
            text = fields_of(revision)
            for column, value in {text_field(name, language): getattr(text, name) for name in TEXT_FIELDS}.items():
                request.POST[column] = value


def _is_key(number: str) -> bool:
    # Nineteen digits could pass what a database takes for a key.
    return number.isdecimal() and len(number) < 19


def what_was_saved(request) -> str:
    """Return the sentence for a save that went well."""
    return " ".join(getattr(request, "said", [])) or _("Nothing was changed, so nothing was saved.")


def refused(request, error: Exception) -> None:
    """Note a refusal for the form, which is then shown again; whoever saves again has been told."""
    request.POST = request.POST.copy()
    if isinstance(error, DraftConflict):
        request.refusal = explained(error)
        for language, revision in error.saved.items():
            request.POST[head_field(language)] = str(revision.pk)
    elif isinstance(error, PositionConflict):
        request.refusal = place_explained(error, request.opened_order)
        for name, stored in error.stored.items():
            request.POST[opened_field(name)] = "" if stored is None else str(stored)
    else:
        request.refusal = error


REFUSALS = (DraftConflict, PositionConflict, ValidationError)
