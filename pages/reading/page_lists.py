"""Lists: the pages that are public, and the versions of one page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from pages.history.version_spans import Span
from pages.models import Page, Version, VersionText
from pages.reading.page_reading import NothingToRead, direction, spans_of, text_for


@dataclass(frozen=True)
class ListedPage:
    """A public page in a list."""

    page: Page
    version: Version
    text: VersionText

    @property
    def title(self) -> str:
        """Return the title for menus and lists."""
        return self.text.revision.link_title or self.text.revision.title

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the title."""
        return direction(self.text.language)


@dataclass(frozen=True)
class ListedVersion:
    """A version in the history of its page."""

    version: Version
    span: Span
    texts: tuple[VersionText, ...]

    @property
    def changed(self) -> tuple[VersionText, ...]:
        """Return the texts that the version changed."""
        return tuple(text for text in self.texts if text.significance != "unchanged")


def public_pages(language: str, at: datetime) -> list[ListedPage]:
    """Return the pages that have a version in force at the moment, in the order of the tree."""
    pages = Page.objects.public(at).only("path", "uuid", "slug", "weight", "parent", "source_language")
    versions = {version.page_id: version for version in Version.objects.in_force(at)}
    texts = _texts_by_version(versions.values())
    return [
        ListedPage(page, version, text_for(texts[version.pk], language, page.source_language))
        for page in pages.in_tree_order()
        if (version := versions.get(page.pk))
    ]


def page_history(path: str, language: str, at: datetime) -> tuple[Page, list[ListedVersion]]:
    """Return a page's versions that readers may know of, newest first. Raises NothingToRead where there are none."""
    page = Page.objects.only("path", "uuid", "source_language").filter(path=path).first()
    versions = list(page.versions.published(at).order_by("-number")) if page else []
    if not versions:
        raise NothingToRead
    texts, spans = _texts_by_version(versions), spans_of(page, at)
    listed = [
        ListedVersion(version, spans[version.number], _reader_first(texts[version.pk], language))
        for version in versions
    ]
    return page, listed


def _without_sources(texts: QuerySet) -> QuerySet:
    return texts.select_related("revision").defer("revision__source")


def _texts_by_version(versions) -> dict[int, dict[str, VersionText]]:
    by_version: dict[int, dict[str, VersionText]] = {}
    for text in _without_sources(VersionText.objects.filter(version__in=[version.pk for version in versions])):
        by_version.setdefault(text.version_id, {})[text.language] = text
    return by_version


def _reader_first(texts: dict[str, VersionText], language: str) -> tuple[VersionText, ...]:
    return tuple(sorted(texts.values(), key=lambda text: (text.language != language, text.language)))
