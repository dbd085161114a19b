"""What a page is, in the words of schema.org (JSON-LD 1.1): a text, its version, its dates and its translations."""

from collections.abc import Iterator

from pages.history.hash_chain import moment
from pages.history.version_spans import VersionState
from pages.presentation.page_presentation import PageReading
from pages.public.responses import served


def structured_data(reading: PageReading, *, root: str, licence_url: str = "") -> dict:
    """Describe the text shown; `root` is the site's address. A version that is not in force is known by its number."""
    own = "" if reading.span.state == VersionState.IN_FORCE else f"v/{reading.version.number}/"
    data = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": f"{root}{reading.text_url}{own}",
        "name": reading.title,
        "description": reading.text.revision.description,
        "inLanguage": reading.text.language,
        "version": reading.version.number,
        "datePublished": moment(reading.first_published_at),
        "dateModified": moment(reading.text.modified_at),
        "license": licence_url,
        **_translations(reading, root, own),
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


def _translations(reading: PageReading, root: str, own: str) -> dict:
    """Name the source of a translation, or the translations of the source; only what can be opened."""
    others = list(_others(reading, root, own))
    if reading.text.language == reading.page.source_language:
        return {"workTranslation": others}
    sources = [other for other in others if other["inLanguage"] == reading.page.source_language]
    return {"translationOfWork": sources[0]} if sources else {}


def _others(reading: PageReading, root: str, own: str) -> Iterator[dict]:
    for language in sorted(set(reading.languages) & set(served()) - {reading.text.language}):
        url = f"{root}{reading.page.url_in(language)}{own}"
        yield {"@type": "WebPage", "@id": url, "url": url, "inLanguage": language}
