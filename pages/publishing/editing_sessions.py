"""Editing sessions: unsaved texts that are kept for their author, and who has a page open.

A text is kept here until its author saves or discards it. It is never a draft: no operation but these reads it. Without
a page, it is a text in the form of a new one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pages.models import EditingSession, Page, Revision
from pages.models.permissions import change_text_permission
from pages.publishing.actors import Actor
from pages.publishing.starter_text import starter_text
from pages.text.fields import Fields
from pages.text.source import normalise

# A draft can have a body of 256 KB; what is typed beyond that limit is not lost either.
MAX_UNSAVED_BYTES = 512 * 1024
# Of a person in a language of a page. The oldest goes first.
MAX_UNSAVED_TEXTS = 10


@dataclass(frozen=True)
class OpenForm:
    """A form that a person has opened. `restored` holds the keys of the sessions whose texts were put into it."""

    person: int
    key: UUID
    restored: tuple[int, ...] = ()


@dataclass(frozen=True)
class TypedText:
    """What is in the fields of a language. `base` is the key of the draft that they were opened with, None for none.

    `place` is what the form of a new page says about where it is to be, by form field.
    """

    fields: Fields
    base: int | None
    place: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def record_session(
    page: Page | None, form: OpenForm, language: str, typed: Mapping[str, TypedText], *, by: Actor, now: datetime
) -> None:
    """Record that a person has a language of a page open, and keep the typed texts by language.

    A text that is the draft, or the one that the fields were opened with, is not kept. Nobody is present in a new page.
    Raises ValidationError for a text over MAX_UNSAVED_BYTES, PermissionDenied for a language that the actor may not
    write, Page.DoesNotExist.
    """
    by.require(*map(change_text_permission, typed))
    for text in typed.values():
        _validate_size(text.fields)
    page = page and Page.objects.only("pk").get(pk=page.pk)
    # No job does this at a fixed time, so that the site needs none.
    EditingSession.objects.expired(now).delete()
    saved = _saved_fields(page, typed)
    unsaved = {code: text for code, text in typed.items() if normalise(text.fields) not in saved[code]}
    forget_unsaved_texts(page, form, typed)
    for code in {*([language] if page else []), *unsaved}:
        kept = _columns(page, unsaved[code], now) if code in unsaved else {}
        EditingSession.objects.update_or_create(
            defaults={"seen_at": now, **kept}, page=page, person_id=form.person, language=code, form=form.key
        )
    for code in unsaved:
        _delete_oldest(EditingSession.objects.filter(page=page, person=form.person, language=code))


@transaction.atomic
def forget_unsaved_texts(page: Page | None, form: OpenForm, languages: Collection[str]) -> None:
    """Forget what was typed into a form in some languages, because it is saved, discarded or replaced."""
    sessions = EditingSession.objects.filter(page=page, person=form.person, language__in=languages)
    sessions.filter(pk__in=form.restored).exclude(form=form.key).delete()
    sessions.filter(form=form.key).update(unsaved_text=None, unsaved_at=None, base_revision=None)


def discard_unsaved_text(page: Page | None, person: int, key: int) -> None:
    """Delete an unsaved text of a person, named by the key of its session, unless it was deleted already."""
    EditingSession.objects.filter(page=page, person=person, pk=key).delete()


def unsaved_texts(page: Page | None, person: int, languages: Collection[str], now: datetime) -> list[EditingSession]:
    """Return the person's unsaved texts in some languages that differ from the draft, the newest first."""
    sessions = EditingSession.objects.filter(page=page, person=person, language__in=languages).with_text(now)
    kept = list(sessions.order_by("-unsaved_at", "language"))
    if page is None:
        return kept
    drafts = page.revisions.drafts().filter(language__in=[session.language for session in kept])
    heads = {head.language: normalise(head.fields) for head in drafts.select_related("blob")} if kept else {}
    return [session for session in kept if session.fields != heads.get(session.language, Fields())]


def people_present(page: Page, person: int, now: datetime) -> list[str]:
    """Return the names of other people who have the page open."""
    sessions = EditingSession.objects.filter(page=page).present(now).exclude(person=person).select_related("person")
    people = {session.person_id: session.person for session in sessions}.values()
    return sorted(user.get_full_name() or user.get_username() for user in people)


def _validate_size(text: Fields) -> None:
    if sum(len(value.encode("utf-8", errors="replace")) for value in asdict(text).values()) > MAX_UNSAVED_BYTES:
        raise ValidationError(
            _("This text is too large to be kept while you type: it has more than %(size)d KB."),
            params={"size": MAX_UNSAVED_BYTES // 1024},
        )


def _saved_fields(page: Page | None, typed: Mapping[str, TypedText]) -> dict[str, list[Fields]]:
    """Return by language the text of the draft and the one that the fields were opened with.

    A new page has the starter text instead.
    """
    if page is None:
        return {language: [Fields(), normalise(starter_text(language))] for language in typed}
    fields: dict[str, list[Fields]] = {language: [] for language in typed}
    for language, text in typed.items():
        if text.base is None:
            fields[language].append(Fields())
    for revision in _revisions(page, typed):
        fields[revision.language].append(normalise(revision.fields))
    return fields


def _revisions(page: Page, typed: Mapping[str, TypedText]) -> Iterable[Revision]:
    own = page.revisions.filter(language__in=typed).select_related("blob")
    # Filtered by the page, because the keys were posted.
    return own.drafts() | own.filter(pk__in=[text.base for text in typed.values() if text.base is not None])


def _columns(page: Page | None, text: TypedText, now: datetime) -> dict[str, object]:
    keys = [] if text.base is None else [text.base]
    base = page and page.revisions.filter(pk__in=keys).values_list("pk", flat=True).first()
    kept = asdict(normalise(text.fields)) | ({} if page else {"place": dict(text.place)})
    return {"base_revision_id": base, "unsaved_text": kept, "unsaved_at": now}


def _delete_oldest(sessions: QuerySet[EditingSession]) -> None:
    with_text = sessions.exclude(unsaved_at=None).order_by("-unsaved_at").values_list("pk", flat=True)
    sessions.filter(pk__in=list(with_text[MAX_UNSAVED_TEXTS:])).delete()
