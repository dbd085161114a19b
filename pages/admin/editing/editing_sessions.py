"""Unsaved texts and who has a page open: what the script of the form sends, and what the form offers."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.admin.editing.conflicts import format_short_time, head_field
from pages.admin.permissions import actor_of, can_edit, writable_languages
from pages.admin.primary_keys import parse_key
from pages.admin.refused_saves import UNREADABLE, wants_json
from pages.admin.repeated_submissions import FORM_KEY
from pages.languages import served_languages, served_or_default
from pages.models import EditingSession, Page
from pages.models.page import draft_columns, text_fields
from pages.publishing.editing_sessions import (
    OpenForm,
    TypedText,
    discard_unsaved_text,
    people_present,
    record_session,
    unsaved_texts,
)
from pages.text.fields import Fields

# Of the query string of the form, and of the data that the script posts.
RESTORE, DISCARD = "restore", "discard"
# Of the form of a new page.
PLACE_FIELDS = ("slug", "is_home", "parent", "source_language")
# More than a path that a page can have.
_MAX_PLACE_LENGTH = 1000
# The hidden fields with the keys of the sessions whose texts the form was opened with.
RESTORED = "_restored"


@dataclass(frozen=True)
class OfferedText:
    """The user's unsaved text in a language. `restore_url` leads to the form with it; `is_restored` if this is it."""

    session: EditingSession
    is_restored: bool
    restore_url: str

    @property
    def language(self) -> str:
        return self.session.language

    @property
    def time(self) -> str:
        return format_short_time(self.session.unsaved_at)


def editing_session_view(model_admin, request, page: Page) -> HttpResponse:
    """Keep what was typed, or discard what was kept; answer with who else has the page open."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not can_edit(actor_of(request.user)):
        raise PermissionDenied
    return _keep(request, page)


def new_page_session_view(model_admin, request) -> HttpResponse:
    """Do the same for the form of a page that does not exist yet: nobody else can have it open."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return _keep(request, None)


def _keep(request, page: Page | None) -> HttpResponse:
    if DISCARD in request.POST:
        return _discard(request, page)
    now, typed = timezone.now(), _typed_texts(request.POST)
    # The language only says which tab is open.
    language = served_or_default(request.POST.get("language"))
    try:
        record_session(page, open_form(request), language, typed, by=actor_of(request.user), now=now)
    except ValidationError as error:
        return JsonResponse({"reason": UNREADABLE, "message": " ".join(error.messages)}, status=413)
    except Page.DoesNotExist as error:
        # Somebody deleted the page since it was read.
        raise Http404 from error
    people = people_present(page, request.user.pk, now) if page else []
    return JsonResponse({"presence": presence_sentence(people)})


def open_form(request) -> OpenForm:
    """Return what the posted form says of itself; a form that is not posted gets a new key."""
    restored = map(parse_key, request.POST.getlist(RESTORED))
    try:
        key = UUID(request.POST.get(FORM_KEY, ""))
    except ValueError:
        key = uuid4()
    return OpenForm(request.user.pk, key, tuple(session for session in restored if session is not None))


def _typed_texts(posted: QueryDict) -> dict[str, TypedText]:
    """Return the posted texts by language. The script sends the languages that have changed since it last did."""
    columns = {language: text_fields(language) for language in served_languages()}
    place = {name: posted[name][:_MAX_PLACE_LENGTH] for name in PLACE_FIELDS if name in posted}
    return {
        language: TypedText(
            Fields(**{name: posted.get(column, "") for name, column in names.items()}),
            parse_key(posted.get(head_field(language), "")),
            place,
        )
        for language, names in columns.items()
        if names["body"] in posted
    }


def _discard(request, page: Page | None) -> HttpResponse:
    key = parse_key(request.POST[DISCARD])
    if key is not None:
        discard_unsaved_text(page, request.user.pk, key)
    if wants_json(request):
        return JsonResponse({})
    messages.success(request, _("The unsaved text was discarded."))
    return HttpResponseRedirect(_form_url(page))


def _form_url(page: Page | None) -> str:
    return reverse("admin:pages_page_change", args=[page.pk]) if page else reverse("admin:pages_page_add")


def session_url(page: Page | None) -> str:
    """Return where the form of a page, or of a new one, sends what was typed."""
    if page is None:
        return reverse("admin:pages_page_new_editing_session")
    return reverse("admin:pages_page_editing_session", args=[page.pk])


def presence_sentence(people: list[str]) -> str:
    """Return a sentence that names other people who have the page open, or nothing."""
    if not people:
        return ""
    sentence = ngettext("%(names)s has this page open.", "%(names)s have this page open.", len(people))
    return sentence % {"names": ", ".join(people)}


def offered_texts(request, page: Page | None) -> list[OfferedText]:
    """Return the user's unsaved texts in the languages that they may still write.

    Of each language one can be restored: the newest of those that the request names.
    """
    languages = writable_languages(actor_of(request.user))
    sessions = unsaved_texts(page, request.user.pk, languages, timezone.now())
    named = {key for key in map(parse_key, request.GET.getlist(RESTORE)) if key is not None}
    restored = {session.language: session.pk for session in reversed(sessions) if session.pk in named}
    return [
        OfferedText(
            session,
            session.pk == restored.get(session.language),
            _restore_url(page, {**restored, session.language: session.pk}),
        )
        for session in sessions
    ]


def _restore_url(page: Page | None, keys: dict[str, int]) -> str:
    query = urlencode([(RESTORE, key) for key in keys.values()])
    return f"{_form_url(page)}?{query}"


def restored_values(request, page: Page | None) -> dict[str, object]:
    """Return the form's values for the texts that the request restores, with the drafts that they were based on.

    Those of a new page come with its place.
    """
    if RESTORE not in request.GET:
        return {}
    values: dict[str, object] = {}
    for text in offered_texts(request, page):
        if text.is_restored:
            values |= draft_columns(text.session.fields, text.language) | text.session.place
            values[head_field(text.language)] = text.session.base_revision_id
    return values


def session_context(request, page: Page | None) -> dict[str, object]:
    """Return the template context of the unsaved texts and of the people who have the page open."""
    texts = offered_texts(request, page)
    form, restored = open_form(request), [text for text in texts if text.is_restored]
    return {
        "offered_texts": [text for text in texts if not text.is_restored and text.session.form != form.key],
        "restored_texts": restored,
        "presence": presence_sentence(people_present(page, request.user.pk, timezone.now()) if page else []),
        "session_url": session_url(page),
        "form_key": form.key,
        "restored_keys": form.restored or [text.session.pk for text in restored],
    }
