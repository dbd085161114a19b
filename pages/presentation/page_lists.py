"""Lists of pages and versions: the public pages, the history of a page, and the pages of a print view."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page as PageObject
from django.core.paginator import Paginator

from pages.history.version_spans import Span
from pages.languages import LocalizedText, text_for
from pages.models import Page, Version, VersionText
from pages.models.significance import Significance
from pages.models.version_text import VersionTextQuerySet
from pages.presentation.page_presentation import (
    NothingToShow,
    PagePresentation,
    page_with_path,
    read_in_force,
    spans_of,
)
from pages.presentation.public_tree import PublicTree, read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.withdrawals import Withdrawal, withdrawals_of
from pages.text.rendering import RenderedBody, remove_title_heading

VERSIONS_PER_PAGE = 20


@dataclass(frozen=True)
class PublicPage:
    """A public page with its version in force and the text for a reader."""

    page: Page
    version: Version
    text: VersionText

    @property
    def title(self) -> str:
        return self.text.revision.link_title or self.text.revision.title


@dataclass(frozen=True)
class ListedVersion:
    """A version in the history of its page. The text in the reader's language comes first in `texts`."""

    version: Version
    span: Span
    texts: tuple[VersionText, ...]
    note: LocalizedText | None
    previous: int | None

    @property
    def changed(self) -> tuple[VersionText, ...]:
        return tuple(text for text in self.texts if text.significance != Significance.UNCHANGED)


@dataclass(frozen=True)
class PageHistory:
    """One page of results of the versions of a page, newest first, and all its withdrawals."""

    page: Page
    title: LocalizedText
    versions: tuple[ListedVersion, ...]
    page_obj: PageObject
    withdrawals: tuple[Withdrawal, ...]

    @property
    def withdrawal(self) -> Withdrawal | None:
        """Return the withdrawal in effect, or None."""
        return next((withdrawal for withdrawal in self.withdrawals if withdrawal.until is None), None)


@dataclass(frozen=True)
class PrintedPage:
    """A page in a print view. The first page has no number; those below it have 1, 1.1, 1.2, 2 …"""

    number: str
    presentation: PagePresentation

    @property
    def anchor(self) -> str:
        """Return an id that is unique in the print view."""
        return f"p{self.number.replace('.', '-')}" if self.number else "p"

    @property
    def rendered(self) -> RenderedBody:
        """Return the body without the heading that repeats the title, with ids that are unique in the print view."""
        return remove_title_heading(self.presentation.render(f"{self.anchor}-"), self.presentation.title)


def public_pages(language: str, at: datetime) -> list[PublicPage]:
    """Return the public pages in the order of the tree."""
    pages = Page.objects.public(at).only("path", "uuid", "slug", "weight", "parent", "source_language")
    versions = {version.page_id: version for version in Version.objects.in_force(at)}
    texts = VersionText.objects.that_readers_get(language).with_modified_at(at)
    texts = _texts_by_version(texts, versions.values())
    return [
        PublicPage(page, version, text_for(texts[version.pk], language, page.source_language))
        for page in pages.in_sibling_order()
        # None if the page was published between the two queries.
        if (version := versions.get(page.pk))
    ]


def page_history(path: str, language: str, at: datetime, page_number: str | None = None) -> PageHistory:
    """Return a page of results of the published versions. Raises NothingToShow if there are none.

    An invalid page number selects the nearest valid one.
    """
    page = page_with_path(path)
    page_obj = Paginator(page.versions.order_by("-number"), VERSIONS_PER_PAGE).get_page(page_number)
    versions = list(page_obj.object_list)
    if not versions:
        raise NothingToShow
    counted = VersionText.objects.with_counted_significance(at)
    texts, spans = _texts_by_version(counted, versions), spans_of(page, at)
    # If nothing is in force, the title is that of the newest version.
    titled = page.versions.in_force(at).first() or versions[0]
    title = text_for(_texts_by_version(counted, [titled])[titled.pk], language, page.source_language)
    listed = tuple(
        _listed_version(page, version, spans[version.number], texts[version.pk], language) for version in versions
    )
    withdrawals = withdrawals_of(page, language, at)
    return PageHistory(page, LocalizedText(title.revision.title, title.language), listed, page_obj, withdrawals)


def printed_pages(path: str, language: str, state: SiteState) -> list[PrintedPage]:
    """Return a page and all public pages below it, in the order of the tree. Raises Withdrawn, NothingToShow."""
    first, tree = read_in_force(path, language, state.at), read_tree(state)
    numbers = _section_numbers(tree, first.page.pk)
    below = [key for key in numbers if key != first.page.pk]
    return [
        PrintedPage("", first),
        *(PrintedPage(numbers[key], read_in_force(tree.rows[key].path, language, state.at)) for key in below),
    ]


def _section_numbers(tree: PublicTree, key: int, number: str = "") -> dict[int, str]:
    numbers = {key: number}
    for position, child in enumerate(tree.children.get(key, ()), 1):
        numbers |= _section_numbers(tree, child, f"{number}.{position}".lstrip("."))
    return numbers


def _listed_version(
    page: Page, version: Version, span: Span, texts: dict[str, VersionText], language: str
) -> ListedVersion:
    ordered = tuple(sorted(texts.values(), key=lambda text: (text.language != language, text.language)))
    noted = [text for text in ordered if text.change_note]
    # The note in the reader's language, else in the source language, else in any language.
    noted.sort(key=lambda text: (text.language != language, text.language != page.source_language))
    note = LocalizedText(noted[0].change_note, noted[0].language) if noted else None
    # The first version has none before it.
    return ListedVersion(version, span, ordered, note, version.number - 1 or None)


def _texts_by_version(texts: VersionTextQuerySet, versions: Iterable[Version]) -> dict[int, dict[str, VersionText]]:
    by_version: dict[int, dict[str, VersionText]] = {}
    for text in texts.filter(version__in=[version.pk for version in versions]).select_related("revision", "note"):
        by_version.setdefault(text.version_id, {})[text.language] = text
    return by_version
