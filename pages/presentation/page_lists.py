"""Lists: the pages that are public, the versions of one page, and the pages of one print."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page as PageObject
from django.core.paginator import Paginator
from django.db.models import QuerySet

from pages.history.version_spans import Span
from pages.languages import LocalizedText, direction, text_for
from pages.models import Page, Version, VersionText
from pages.models.version_text import Significance
from pages.presentation.navigation import PublicTree
from pages.presentation.page_presentation import NothingToShow, PagePresentation, page_at, read_in_force, spans_of
from pages.presentation.withdrawals import Withdrawal, withdrawals_of
from pages.text.rendering import RenderedBody, remove_title_heading

VERSIONS_PER_PAGE = 20


@dataclass(frozen=True)
class PublicPage:
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
    """A version in the history of its page; the reader's language comes first."""

    version: Version
    span: Span
    texts: tuple[VersionText, ...]
    note: LocalizedText | None
    previous: int | None

    @property
    def changed(self) -> tuple[VersionText, ...]:
        """Return the texts that the version changed."""
        return tuple(text for text in self.texts if text.significance != Significance.UNCHANGED)

    @property
    def is_major(self) -> bool:
        """Tell whether readers of any language had to know."""
        return any(text.significance == Significance.MAJOR for text in self.texts)


@dataclass(frozen=True)
class PageHistory:
    """The versions of a page, one sheet of them at a time, newest first."""

    page: Page
    title: LocalizedText
    versions: tuple[ListedVersion, ...]
    page_obj: PageObject
    withdrawals: tuple[Withdrawal, ...]

    @property
    def withdrawal(self) -> Withdrawal | None:
        """Return the withdrawal that the page is under."""
        return next((one for one in self.withdrawals if one.until is None), None)


@dataclass(frozen=True)
class PrintedPage:
    """A page of a print: the first has no number, those below it 1, 1.1, 1.2, 2 …"""

    number: str
    presentation: PagePresentation

    @property
    def anchor(self) -> str:
        """Return an id that is the page's alone on the sheet."""
        return f"p{self.number.replace('.', '-')}" if self.number else "p"

    @property
    def rendered(self) -> RenderedBody:
        """Return the body below its title, with ids that are the page's alone."""
        return remove_title_heading(self.presentation.rendered_with(f"{self.anchor}-"), self.presentation.title)


def public_pages(language: str, at: datetime) -> list[PublicPage]:
    """Return the pages that have a version in force at the moment, in the order of the tree."""
    pages = Page.objects.public(at).only("path", "uuid", "slug", "weight", "parent", "source_language")
    versions = {version.page_id: version for version in Version.objects.in_force(at)}
    texts = _texts_by_version(versions.values())
    return [
        PublicPage(page, version, text_for(texts[version.pk], language, page.source_language))
        for page in pages.in_tree_order()
        if (version := versions.get(page.pk))
    ]


def page_history(path: str, language: str, at: datetime, page_number: str | None = None) -> PageHistory:
    """Return a sheet of the versions that readers may know of. Raises NothingToShow where there are none.

    A sheet that does not exist is the nearest one that does.
    """
    page = page_at(path)
    known = page.versions.published(at).order_by("-number")
    page_obj = Paginator(known, VERSIONS_PER_PAGE).get_page(page_number)
    versions = list(page_obj.object_list)
    if not versions:
        raise NothingToShow
    texts, spans = _texts_by_version(versions), spans_of(page, at)
    shown = known.in_force(at).first() or versions[0]
    title = text_for(_texts_by_version([shown])[shown.pk], language, page.source_language)
    listed = tuple(
        _listed_version(page, version, spans[version.number], texts[version.pk], language) for version in versions
    )
    withdrawals = withdrawals_of(page, language, at)
    return PageHistory(page, LocalizedText(title.revision.title, title.language), listed, page_obj, withdrawals)


def printed_pages(path: str, language: str, at: datetime) -> list[PrintedPage]:
    """Return a page and all public ones below it, numbered, in the reading order. Raises NothingToShow."""
    first, tree = read_in_force(path, language, at), PublicTree(at)
    numbers = _numbered(tree, first.page.pk)
    paths = dict(Page.objects.filter(pk__in=numbers).values_list("pk", "path"))
    return [PrintedPage(number, read_in_force(paths[key], language, at)) for key, number in numbers.items()]


def _numbered(tree: PublicTree, key: int, number: str = "") -> dict[int, str]:
    found = {key: number}
    for position, child in enumerate(tree.children.get(key, ()), 1):
        found |= _numbered(tree, child, f"{number}.{position}".lstrip("."))
    return found


def _listed_version(
    page: Page, version: Version, span: Span, texts: dict[str, VersionText], language: str
) -> ListedVersion:
    ordered = tuple(sorted(texts.values(), key=lambda text: (text.language != language, text.language)))
    noted = [text for text in ordered if text.change_note]
    # The reader's language, else the source's, else any that was written.
    noted.sort(key=lambda text: (text.language != language, text.language != page.source_language))
    note = LocalizedText(noted[0].change_note, noted[0].language) if noted else None
    return ListedVersion(version, span, ordered, note, version.number - 1 or None)


def _without_sources(texts: QuerySet) -> QuerySet:
    return texts.select_related("revision").defer("revision__source")


def _texts_by_version(versions) -> dict[int, dict[str, VersionText]]:
    by_version: dict[int, dict[str, VersionText]] = {}
    for text in _without_sources(VersionText.objects.filter(version__in=[version.pk for version in versions])):
        by_version.setdefault(text.version_id, {})[text.language] = text
    return by_version
