"""`current.json`: the version of a page in force, for apps that show it or have to tell their users of a change.

Format 1. Times are UTC with microseconds (RFC 3339), URLs are absolute. New fields do not change the number of the
format; a new meaning of a field does.
"""

from collections.abc import Mapping
from sys import getsizeof

from django.conf import settings

from pages.history.record_format import format_timestamp
from pages.history.translation_status import TranslationAssessment, assess_version
from pages.languages import served_languages
from pages.models import Page, VersionText
from pages.presentation.current_texts import read_current_texts
from pages.presentation.page_presentation import find_public
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.public.machine_readable.responses import json_response, json_text
from pages.public.responses import origin

FORMAT = 1
# Of all documents that a process keeps.
MAX_SIZE = 1024 * 1024


def current_json(request, state, path):
    """Return what is in force. The document is the same in every language."""
    page, version = find_public(path, state)
    text = current_document(page, version, origin(request), state)
    return json_response(text, state, canonical=f"{page.url_in(settings.LANGUAGE_CODE)}current.json")


def current_document(
    page: Page, version: int, root: str, state: SiteState, texts: Mapping[str, VersionText] | None = None
) -> str:
    """Return the document about the version with a key. `root` is the origin of the site.

    `texts` are those of `read_current_texts`, if they have been read.
    """
    key = read_tree(state).stamp(page.pk), root
    return _documents.get(key, lambda: _document(page, version, root, state, texts))


# Until a record or the time changes the page. In bytes; a document is made for one language after the other.
_documents: SizedCache[str] = SizedCache(MAX_SIZE, getsizeof)


def _document(page: Page, version: int, root: str, state: SiteState, texts: Mapping[str, VersionText] | None) -> str:
    texts = read_current_texts(page, version, state.at) if texts is None else texts
    row, url = page.versions.get(pk=version), f"{root}{page.url_in(settings.LANGUAGE_CODE)}"
    row.page = page
    assessments = assess_version(row, texts, state.at)
    content = {
        "format": FORMAT,
        "page": {"uuid": str(page.uuid), "path": page.path, "source_language": page.source_language, "url": url},
        "version": {
            "number": row.number,
            "url": f"{url}v/{row.number}/",
            "published_at": format_timestamp(row.published_at),
            "in_force_since": format_timestamp(row.effective_at),
            "binding_language": row.binding_language,
        },
        "next": _next_version(page, url, state),
        "texts": {
            language: _text_fields(page, row.number, text, assessments.get(language), root)
            for language, text in texts.items()
        },
        "bundle": f"{url}bundle.zip",
        "history": f"{url}history.json",
    }
    return json_text(content, state)


def _next_version(page: Page, url: str, state: SiteState) -> dict | None:
    """Return the announced version that comes into force next."""
    if read_tree(state).statuses[page.pk].changes_at is None:
        return None
    version = page.versions.upcoming(state.at).order_by("effective_at", "number")[0]
    texts = VersionText.objects.filter(version=version).with_counted_significance(state.at).order_by("language")
    return {
        "number": version.number,
        "url": f"{url}v/{version.number}/",
        "published_at": format_timestamp(version.published_at),
        "in_force_from": format_timestamp(version.effective_at),
        "significance": dict(texts.values_list("language", "counted_significance")),
    }


def _text_fields(
    page: Page, number: int, text: VersionText, assessment: TranslationAssessment | None, root: str
) -> dict:
    is_served = text.language in served_languages()
    permanent = f"{root}{page.version_url(number, text.language)}"
    # A language that is no longer served has only its permanent address.
    url = f"{root}{page.url_in(text.language)}" if is_served else permanent
    return {
        "title": text.revision.title,
        "description": text.revision.description or "",
        "last_updated": format_timestamp(text.modified_at),
        "last_major_version": text.updated_in,
        "translation": assessment.status if assessment else None,
        "digest": text.revision.digest,
        "url": url,
        "permanent_url": permanent,
        "markdown_url": f"{permanent}index.md",
        "fragment_url": f"{url}fragment.html" if is_served else None,
    }
