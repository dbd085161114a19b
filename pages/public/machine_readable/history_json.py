"""`history.json`: the published versions of a page, with the digests that the publication log holds.

Format 1. Times are UTC with microseconds (RFC 3339), URLs are absolute, digests are SHA-256 in hexadecimal. New fields
do not change the number of the format; a new meaning of a field does.
"""

from collections.abc import Iterable
from datetime import datetime
from sys import getsizeof
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from pages.history.last_updates import last_updates
from pages.history.record_format import format_timestamp, recorded_fields
from pages.history.translation_status import ConfirmedVersions
from pages.history.version_spans import Publication, Span, version_spans
from pages.models import Blob, Page, PublicationRecord, Revision, Version, VersionText
from pages.models.publication_record import END_OF_TIME, RecordKind
from pages.models.version_text import IS_REDACTED
from pages.presentation.page_events import PageEvents, read_events
from pages.presentation.page_presentation import find_published
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.public.machine_readable.publication_log import FIRST_PART_URL
from pages.public.machine_readable.responses import json_response, json_text
from pages.public.responses import origin
from pages.text.fields import FRONT_MATTER_KEYS

FORMAT = 1
# Of all documents that a process keeps, in bytes.
MAX_SIZE = 4 * 1024 * 1024


class _TextRow(NamedTuple):
    """The text of a version. `revision` and `note` are keys."""

    version_id: int
    language: str
    revision: int
    digest: str
    significance: str
    counted_significance: str
    note: str | None
    based_on: int | None
    pictures: dict[str, str]
    is_redacted: bool


def history_json(request, state, path):
    """Return the history of a page. The document is the same in every language."""
    page, _status = find_published(path, state)
    root = origin(request)
    text = _documents.get((read_tree(state).stamp(page.pk), root), lambda: _document(page, root, state))
    return json_response(text, state, canonical=f"{_url(page)}history.json")


# Until a record or the time changes the page. In bytes; a document is made for one language after the other.
_documents: SizedCache[str] = SizedCache(MAX_SIZE, getsizeof)


def _document(page: Page, root: str, state: SiteState) -> str:
    events = read_events(page.pk, state)
    versions = _versions(page, root, events, state.at)
    content = {
        "format": FORMAT,
        "page": {
            "uuid": str(page.uuid),
            "path": page.path,
            "source_language": page.source_language,
            "url": f"{root}{_url(page)}",
            **_withdrawal_fields(page, events),
            "records": [_page_record_fields(record) for record in _page_records(page)],
        },
        "publication_log": f"{root}{FIRST_PART_URL}",
        "versions": versions,
    }
    return json_text(content, state)


def _versions(page: Page, root: str, events: PageEvents, at: datetime) -> list[dict]:
    """Return the published versions, newest first, with every event that is recorded, as in the log."""
    published = page.versions.order_by("-number")
    cancelled = {
        version.pk: events.cancelled[version.number] for version in published if version.number in events.cancelled
    }
    spans = version_spans(
        (Publication(version.number, version.effective_at, version.pk in cancelled) for version in published), at
    )
    version_records = PublicationRecord.objects.filter(version__page=page).order_by("number")
    confirmed = events.confirmed_versions(END_OF_TIME)
    # One query for all versions, because an imported page can have thousands. Most texts repeat those of the version
    # before, so their revisions are read and written out only once.
    rows = _text_rows(published, at)
    columns = ("number", "kind", "hash", "version", "recorded_at", "commit__commit_id")
    texts, records = _by_version(rows), _by_version(version_records.select_related("commit").only(*columns))
    revisions, notes, corrected = _revision_fields(published), _notes(published), _corrected_notes(page, events)
    updates = last_updates(reversed(published), texts, cancelled)
    return [
        {
            **_version_fields(page, root, version, spans[version.number]),
            "cancelled_at": format_timestamp(cancelled.get(version.pk)),
            "reviewed_at": format_timestamp(events.reviewed_at(version.number, END_OF_TIME)),
            **_recording_fields(records.get(version.pk, ())),
            "records": [_record_fields(record) for record in records.get(version.pk, ())],
            "texts": {
                text.language: {
                    **_text_fields(page, root, version, text, confirmed),
                    **revisions[text.revision],
                    "change_note": _salted_text(notes.get(text.note)),
                    "corrected_note": _salted_text(corrected.get((version.pk, text.language))),
                    "modified_at": format_timestamp(updates[version.pk][text.language]),
                }
                for text in texts.get(version.pk, ())
            },
        }
        for version in published
    ]


def _version_fields(page: Page, root: str, version: Version, span: Span) -> dict:
    return {
        "number": version.number,
        "url": f"{root}{_url(page)}v/{version.number}/",
        "published_at": format_timestamp(version.published_at),
        "effective_at": format_timestamp(version.effective_at),
        "binding_language": version.binding_language,
        "state": span.state,
        "in_force_since": format_timestamp(span.since),
        "in_force_until": format_timestamp(span.until),
    }


def _record_fields(record: PublicationRecord) -> dict:
    return {"number": record.number, "kind": record.kind, "hash": record.hash}


def _recording_fields(records: Iterable[PublicationRecord]) -> dict:
    """Return when the site recorded a version, which can be years after its dates, and the git commit it is from."""
    record = next((record for record in records if record.kind == RecordKind.PUBLISH), None)
    return {
        "recorded_at": format_timestamp(record and record.recorded_at),
        "commit": record.commit.commit_id if record and record.commit else None,
    }


def _withdrawal_fields(page: Page, events: PageEvents) -> dict:
    """Return since when the page is withdrawn, and the reason in each language that has one."""
    record = page.records.active_withdrawals(END_OF_TIME).first() if events.was_withdrawn else None
    return {
        "withdrawn_at": format_timestamp(record and record.at),
        "withdrawn_reasons": _salted_reasons(record) if record else {},
    }


def _page_records(page: Page):
    """Return the records about the page itself, not about a version of it."""
    return page.records.filter(version=None).order_by("number")


def _page_record_fields(record: PublicationRecord) -> dict:
    reasons = {"reasons": _salted_reasons(record)} if record.kind == RecordKind.WITHDRAW else {}
    return {**_record_fields(record), "at": format_timestamp(record.at), **reasons}


def _salted_reasons(record: PublicationRecord) -> dict:
    """Return the reasons by language; those that were redacted are left out."""
    blobs = Blob.objects.in_bulk(record.reason_digests.values())
    reasons = {language: blobs[digest] for language, digest in record.reason_digests.items()}
    return {language: _salted_text(blob) for language, blob in reasons.items() if not blob.is_redacted}


def _salted_text(blob: Blob | None) -> dict | None:
    """Return a short text with its salt, in hexadecimal; the log has the SHA-256 of both."""
    return {"text": blob.text, "salt": bytes(blob.salt).hex()} if blob and not blob.is_redacted else None


def _text_fields(page: Page, root: str, version: Version, text: _TextRow, confirmed: ConfirmedVersions) -> dict:
    # Also in a language that is no longer served.
    url = f"{root}{page.version_url(version.number, text.language)}"
    return {
        "digest": text.digest,
        **({"redacted": True} if text.is_redacted else {}),
        # For their place in the document: they are filled in for all texts with the same revision.
        "fields": None,
        "significance": text.significance,
        "corrected_significance": (
            text.counted_significance if text.counted_significance != text.significance else None
        ),
        "change_note": None,
        "corrected_note": None,
        "based_on": text.based_on,
        # Several versions can have the same text. A confirmation for version N says nothing about those before N.
        "confirmed_to_reflect": [
            number for number in confirmed.get((page.pk, text.language, text.digest), ()) if number <= version.number
        ],
        "pictures": text.pictures,
        "url": url,
        "source_url": f"{url}index.md",
    }


def _revision_fields(versions: QuerySet[Version]) -> dict[int, dict]:
    """Return the fields of the revisions of versions by their keys."""
    used = VersionText.objects.filter(version__in=versions.order_by()).order_by().values("revision")
    rows = Revision.objects.filter(pk__in=used).order_by().values_list("pk", "salt", *FRONT_MATTER_KEYS, named=True)
    return {row.pk: {"fields": {"values": recorded_fields(row), "salt": bytes(row.salt).hex()}} for row in rows}


def _notes(versions: QuerySet[Version]) -> dict[str, Blob]:
    used = VersionText.objects.filter(version__in=versions.order_by()).order_by().values("note")
    return {blob.pk: blob for blob in Blob.objects.filter(pk__in=used)}


def _corrected_notes(page: Page, events: PageEvents) -> dict[tuple[int, str], Blob]:
    """Return the newest corrected notes by the key of the version and the language."""
    if not any(correction.note is not None for correction in events.corrections):
        return {}
    records = PublicationRecord.objects.note_corrections(END_OF_TIME).filter(page=page).order_by("number")
    rows = records.select_related("note").only("version", "language", "note")
    return {(row.version_id, row.language): row.note for row in rows}


def _url(page: Page) -> str:
    return page.url_in(settings.LANGUAGE_CODE)


def _text_rows(versions: QuerySet[Version], at: datetime) -> list[_TextRow]:
    texts = VersionText.objects.filter(version__in=versions.order_by()).with_counted_significance(at)
    columns = ("version_id", "language", "revision", "revision__blob", "significance", "counted_significance")
    rows = texts.order_by("language").values_list(*columns, "note", "based_on", "pictures", IS_REDACTED)
    return [_TextRow._make(row) for row in rows]


def _by_version(rows: Iterable) -> dict[int, list]:
    by_version: dict[int, list] = {}
    for row in rows:
        by_version.setdefault(row.version_id, []).append(row)
    return by_version
