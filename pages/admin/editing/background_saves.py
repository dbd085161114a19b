"""Saving in the background: the answers to `saving.js`, which keeps the form open and shows that it was saved."""

from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from pages.admin.editing.conflicts import head_field
from pages.admin.editing.editing_sessions import session_url
from pages.admin.editing.language_tabs import tab_description
from pages.admin.editing.page_form import PageForm, opened_field
from pages.admin.editing.tab_statuses import tab_statuses
from pages.admin.page_header import load_header
from pages.admin.repeated_submissions import redirect_with
from pages.models.page import text_fields
from pages.text.source import normalise

# Posted by the script if the form stays open: then its message is in the answer, and not on the next page.
STAY = "_stay"


def saved_answer(form: PageForm, now: datetime) -> JsonResponse:
    """Answer with the time, the fields to set before the form is saved again, and what to show above it.

    The time is empty if nothing was saved.
    """
    fields = _fields_to_set(form)
    is_saved = form.saved.is_anything or any(form.data.get(name, "") != value for name, value in fields.items())
    tabs = tab_statuses(form.instance, form.actor, now)
    time = f"{timezone.localtime(now):%H:%M}" if is_saved else ""
    return JsonResponse(
        {
            "saved_at": time,
            "message": form.saved.summary_at(time) if time else form.saved.summary,
            "fields": fields,
            "heading": _heading(form, now),
            "descriptions": {code: tab_description(code, tab=tab, page=form.instance) for code, tab in tabs.items()},
        }
    )


def leaving_answer(form: PageForm, location: str) -> JsonResponse:
    """Answer with where to go on, and the same fields: what was typed in the meantime is saved first."""
    return JsonResponse({"location": location, "fields": _fields_to_set(form)})


def created_answer(form: PageForm, location: str) -> HttpResponse:
    """Redirect from the form of a new page; what was typed in the meantime is kept as an unsaved text of the page."""
    # No texts: the session keeps the answer, and a new page has no other ones.
    return redirect_with(location, fields=_keys_to_set(form), session_url=session_url(form.instance))


def _fields_to_set(form: PageForm) -> dict[str, str]:
    return {**_keys_to_set(form), **_other_texts(form)}


def _keys_to_set(form: PageForm) -> dict[str, str]:
    return {**_heads(form), **_opened_position(form)}


def _heading(form: PageForm, now: datetime) -> str:
    context = {"header": load_header(form.instance, now), "original": form.instance}
    return render_to_string("admin/pages/page/page_heading.html", context)


def unsaved_answer() -> JsonResponse:
    """Answer that the form has errors or conflicts; the script then sends it as a form, whose answer shows them.

    The status is that of the form that is shown again: 200.
    """
    return JsonResponse({"reason": "invalid"})


def _heads(form: PageForm) -> dict[str, str]:
    """Return the keys of the drafts that the fields hold now.

    A language that somebody else has saved in the meantime keeps the key of the text that is in the form. It gets the
    new one if both texts are the same, as after a save whose answer was lost.
    """
    opened, heads = form.opened_with(), form.instance.revisions.drafts().select_related("blob")
    drafts = {head.language: head for head in heads}
    keys = {}
    for language, text in form.texts().items():
        head = drafts.get(language)
        is_draft = head is not None and normalise(head.fields) == normalise(text)
        keys[language] = head.pk if head is not None and is_draft else opened[language]
    return {head_field(language): "" if key is None else str(key) for language, key in keys.items()}


def _opened_position(form: PageForm) -> dict[str, str]:
    values = {opened_field(name): value for name, value in form.posted_position().items()}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _other_texts(form: PageForm) -> dict[str, str]:
    """Return the texts that the editor chose instead of their own after a conflict."""
    columns = [column for language in form.replaced_languages() for column in text_fields(language).values()]
    return {column: form.cleaned_data[column] for column in columns}
