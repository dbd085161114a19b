"""Structured data of a page (JSON-LD 1.1, schema.org): its text, version, dates and translations."""

from collections.abc import Iterator

from pages.history.record_format import format_timestamp
from pages.history.version_spans import VersionState
from pages.languages import served_languages
from pages.presentation.page_presentation import PagePresentation


def structured_data(presentation: PagePresentation, *, root: str, publisher: str = "", licence_url: str = "") -> dict:
    """Return the structured data of the text shown.

    `root` is the origin of the site, and `publisher` its name. A version that is not in force has the URL with its
    number.
    """
    suffix = "" if presentation.span.state == VersionState.IN_FORCE else f"v/{presentation.version.number}/"
    data = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": f"{root}{presentation.text_url}{suffix}",
        "name": presentation.title,
        "description": presentation.text.revision.description,
        "inLanguage": presentation.text.language,
        "version": presentation.version.number,
        "datePublished": format_timestamp(presentation.first_published_at),
        "dateModified": format_timestamp(presentation.text.modified_at),
        "publisher": {"@type": "Organization", "name": publisher, "url": f"{root}/"} if publisher else "",
        "license": licence_url,
        **_translations(presentation, root, suffix),
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


def _translations(presentation: PagePresentation, root: str, suffix: str) -> dict:
    """Return the source of a translation, or the translations of a source, as far as they have a URL."""
    texts = list(_other_texts(presentation, root, suffix))
    if presentation.text.language == presentation.page.source_language:
        return {"workTranslation": texts}
    sources = [text for text in texts if text["inLanguage"] == presentation.page.source_language]
    return {"translationOfWork": sources[0]} if sources else {}


def _other_texts(presentation: PagePresentation, root: str, suffix: str) -> Iterator[dict]:
    for language in sorted(set(presentation.languages) & set(served_languages()) - {presentation.text.language}):
        url = f"{root}{presentation.page.url_in(language)}{suffix}"
        yield {"@type": "WebPage", "@id": url, "url": url, "inLanguage": language}
