"""`history.json`: every version of a page that readers may know of, with the digests that the publication log holds.

Format 1. Moments are UTC with microseconds (RFC 3339), addresses are relative to the site's root, digests are SHA-256
in hexadecimal. Fields may be added to the format; a field that changes its meaning makes the next one.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe

from pages.history.hash_chain import format_timestamp
from pages.history.version_spans import Span
from pages.languages import served_languages
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.presentation.page_presentation import page_at, spans_of
from pages.public.machine_readable.responses import answer_json
from pages.public.responses import now
from pages.public.views import found

FORMAT = 1

# Confirmations of translations: by language and digest, the versions that the text was said to reflect.
Confirmed = dict[tuple[str, str], list[int]]


@require_safe
def history_json(request, path):
    """Answer with the history of a page; it says the same in every language."""
    at = now()
    page = found(page_at, path)
    versions = _versions(page, at)
    if not versions:
        raise Http404
    content = {
        "format": FORMAT,
        "page": {
            "uuid": str(page.uuid),
            "path": page.path,
            "source_language": page.source_language,
            "url": _url(page),
            **_withdrawn(page, at),
            "records": [_event(record) for record in _events(page, at)],
        },
        "publication_log": "/publication-log.json",
        "versions": versions,
    }
    return answer_json(content, canonical=f"{_url(page)}history.json", at=at)


def _versions(page: Page, at: datetime) -> list[dict]:
    """Return the versions that readers may know of, newest first."""
    spans = spans_of(page, at)
    known = page.versions.published(at).order_by("-number")
    of_page = PublicationRecord.objects.filter(version__page=page)
    cancelled, confirmed = dict(of_page.cancellations(at).values_list("version", "at")), _confirmed(page, at)
    texts, records = _by_version(_texts(known)), _by_version(of_page.public(at).order_by("number"))
    return [
        {
            **_version(page, version, spans[version.number]),
            "cancelled_at": format_timestamp(cancelled.get(version.pk)),
            "records": [_record(record) for record in records.get(version.pk, ())],
            "texts": {text.language: _text(page, version, text, confirmed) for text in texts.get(version.pk, ())},
        }
        for version in known
    ]


def _version(page: Page, version: Version, span: Span) -> dict:
    return {
        "number": version.number,
        "url": f"{_url(page)}v/{version.number}/",
        "published_at": format_timestamp(version.published_at),
        "effective_at": format_timestamp(version.effective_at),
        "binding_language": version.binding_language,
        "state": span.state,
        "in_force_since": format_timestamp(span.since),
        "in_force_until": format_timestamp(span.until),
    }


def _record(record: PublicationRecord) -> dict:
    return {"number": record.number, "kind": record.kind, "hash": record.hash}


def _withdrawn(page: Page, at: datetime) -> dict:
    """Return since when the page is withdrawn, and why, in the words of each language that has some."""
    record = page.records.active_withdrawals(at).first()
    return {
        "withdrawn_at": format_timestamp(record and record.at),
        "withdrawn_reasons": record.reasons if record else {},
    }


def _events(page: Page, at: datetime):
    """Return the records that are of the page itself and of none of its versions, as far as the log shows them."""
    return page.records.public(at).filter(version=None).order_by("number")


def _event(record: PublicationRecord) -> dict:
    reasons = {"reasons": record.reasons} if record.kind == RecordKind.WITHDRAW else {}
    return {**_record(record), "at": format_timestamp(record.at), **reasons}


def _confirmed(page: Page, at: datetime) -> Confirmed:
    rows = page.records.confirmations(at).order_by("number")
    found: Confirmed = {}
    for language, digest, number in rows.values_list("language", "text_digest", "version__number"):
        found.setdefault((language, digest), []).append(number)
    return found


def _text(page: Page, version: Version, text: VersionText, confirmed: Confirmed) -> dict:
    # A language that is no longer served has no address; its digest stays in the history.
    url = f"{page.url_in(text.language)}v/{version.number}/" if text.language in served_languages() else None
    return {
        "digest": text.revision.digest,
        "significance": text.significance,
        "change_note": text.change_note,
        "based_on": text.based_on,
        # It counts for that very text, in versions from the one that it reflects on.
        "confirmed_to_reflect": [
            number for number in confirmed.get((text.language, text.revision.digest), ()) if number <= version.number
        ],
        "modified_at": format_timestamp(text.modified_at),
        "pictures": text.pictures,
        "url": url,
        "source_url": url and f"{url}index.md",
    }


def _url(page: Page) -> str:
    return page.url_in(settings.LANGUAGE_CODE)


def _texts(versions):
    texts = VersionText.objects.filter(version__in=versions.order_by())
    return texts.select_related("revision").defer("revision__source").order_by("language")


def _by_version(rows: Iterable) -> dict[int, list]:
    found_rows: dict[int, list] = {}
    for row in rows:
        found_rows.setdefault(row.version_id, []).append(row)
    return found_rows
