"""Lists of pages and versions: the public pages, the history of a page, and the pages of a print view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Page as PageObject
from django.core.paginator import Paginator
from django.db.models import Min, Q

from pages.history.first_publication import first_publication, source_with_date
from pages.history.version_spans import Publication, Span, find_previous, version_spans
from pages.languages import LocalizedText, text_for
from pages.models import Page, Version, VersionText
from pages.models.blob import decode_text
from pages.models.page import page_url
from pages.models.significance import Significance
from pages.models.version_text import IS_REDACTED
from pages.presentation.page_events import PageEvents, read_events
from pages.presentation.page_presentation import PagePresentation, find_published, read_in_force
from pages.presentation.public_tree import PublicStatus, PublicTree, ShownTitle, read_tree
from pages.presentation.recordings import NOT_RECORDED, Recording, read_recordings
from pages.presentation.redactions import localized_title
from pages.presentation.site_state import SiteState
from pages.presentation.sized_cache import SizedCache
from pages.presentation.withdrawals import Withdrawal, withdrawals_of
from pages.text.rendering import RenderedBody, remove_title_heading

VERSIONS_PER_PAGE = 20
PAGES_PER_LIST = 200
# In bytes: of all histories that a process keeps, and, roughly, of one without texts, and of a text.
MAX_SIZE = 8 * 1024 * 1024
HISTORY_SIZE, TEXT_SIZE = 20_000, 400


@dataclass(frozen=True)
class ListedPage:
    """A public page in the list of all, with the number of its version in force and when its text was last updated."""

    url: str
    title: ShownTitle
    number: int
    modified_at: datetime
    # The pages below it that are on the same page of results.
    children: tuple["ListedPage", ...]


@dataclass(frozen=True)
class PageList:
    """One page of results of the public pages, as a tree. The home page is not listed on itself.

    `pages` are those whose parent is not listed here.
    """

    pages: tuple[ListedPage, ...]
    page_obj: PageObject


class ListedText(NamedTuple):
    """A text of a version in the history, without its body."""

    language: str
    significance: str
    counted_significance: str
    # With corrections.
    change_note: str
    language_of_note: str
    digest: str
    # Its version's effective date, except in the first version of a page, which can be younger than its text.
    first_published_at: datetime
    # What was published, if the change note was corrected.
    published_note: str | None = None
    corrected_at: datetime | None = None
    is_redacted: bool = False

    @property
    def significance_label(self) -> str:
        return str(Significance(self.significance).label)

    @property
    def counted_significance_label(self) -> str:
        return str(Significance(self.counted_significance).label)


@dataclass(frozen=True)
class ListedVersion:
    """A version in the history of its page. The text in the reader's language comes first in `texts`."""

    version: Version
    span: Span
    texts: tuple[ListedText, ...]
    note: LocalizedText | None
    previous: int | None
    reviewed_at: datetime | None = None
    recording: Recording = NOT_RECORDED
    # If it was cancelled before it took effect.
    cancelled_at: datetime | None = None
    # The languages that the version before has a text in, and this one has not.
    removed: tuple[str, ...] = ()

    @property
    def corrected(self) -> tuple[ListedText, ...]:
        """Return the texts of which the change note or the significance was corrected."""
        return tuple(text for text in self.texts if text.corrected_at)

    @property
    def first_published_at(self) -> datetime:
        return min(text.first_published_at for text in self.texts)

    @property
    def changed(self) -> tuple[ListedText, ...]:
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
    # When an announced version will change it.
    changes_at: datetime | None = None
    # The addresses of all pages of the print view, with their anchors.
    anchors: tuple[tuple[str, str], ...] = ()
    recording: Recording = NOT_RECORDED

    @property
    def anchor(self) -> str:
        return _anchor(self.number)

    @property
    def rendered(self) -> RenderedBody:
        """Return the body without the heading that repeats the title, with ids that are unique in the print view."""
        body = self.presentation.render(f"{self.anchor}-", self.anchors)
        return remove_title_heading(body, self.presentation.title)


def _anchor(number: str) -> str:
    """Return an id that is unique in a print view, from the number of a page in it."""
    return f"p{number.replace('.', '-')}"


def public_pages(language: str, state: SiteState, page_number: int | None = None) -> PageList:
    """Return a page of results of the public pages. An invalid page number selects the nearest valid one."""
    tree = read_tree(state)
    home = tree.by_path.get("")
    page_obj = Paginator([key for key in tree.keys_in_tree_order if key != home], PAGES_PER_LIST).get_page(page_number)
    return PageList(_listed_pages(tree, list(page_obj.object_list), language, state.at), page_obj)


def _listed_pages(tree: PublicTree, keys: Sequence[int], language: str, at: datetime) -> tuple[ListedPage, ...]:
    """Return the pages with these keys, which are in the order of the tree; each with those below it."""
    titles = tree.shown_titles(keys, language)
    facts = _facts_in_force(tree, keys, {titles[key].language for key in keys}, at)
    below: dict[int | None, list[ListedPage]] = {key: [] for key in (None, *keys)}
    # The last one first, so that the pages below a page are known before the page itself.
    for key in reversed(keys):
        children = tuple(reversed(below[key]))
        parent = tree.parent[key] if tree.parent[key] in below else None
        facts_of = facts[key, titles[key].language]
        below[parent].append(ListedPage(page_url(tree.rows[key].path, language), titles[key], *facts_of, children))
    return tuple(reversed(below[None]))


def _facts_in_force(
    tree: PublicTree, keys: Iterable[int], languages: Iterable[str], at: datetime
) -> dict[tuple[int, str], tuple[int, datetime]]:
    """Return the number of the version and when it was last updated, by page and language."""
    versions = [tree.statuses[key].version for key in keys]
    texts = VersionText.objects.filter(version__in=versions, language__in=languages)
    rows = (
        texts.with_modified_at(at).order_by().values_list("version__page", "language", "version__number", "modified_at")
    )
    return {(page, language): (number, modified_at) for page, language, number, modified_at in rows}


def page_history(path: str, language: str, state: SiteState, page_number: int | str | None = None) -> PageHistory:
    """Return a page of results of the published versions. Raises NothingToShow if there are none.

    An invalid page number selects the nearest valid one. The number of queries is the same for any number of versions.
    """
    page, status = find_published(path, state)
    # The numbers of versions have no gaps, so they need not be counted.
    page_obj = Paginator(range(status.newest, 0, -1), VERSIONS_PER_PAGE).get_page(page_number)
    key = (read_tree(state).stamp(page.pk), language, page_obj.number)
    return _histories.get(key, lambda: _read_history(page, status, page_obj, language, state))


def _size(history: PageHistory) -> int:
    return HISTORY_SIZE + sum(TEXT_SIZE * len(listed.texts) for listed in history.versions)


# Until a record or the time changes the page.
_histories = SizedCache(MAX_SIZE, _size)


def _read_history(
    page: Page, status: PublicStatus, page_obj: PageObject, language: str, state: SiteState
) -> PageHistory:
    rows = _rows.get(
        (read_tree(state).stamp(page.pk), page_obj.number), lambda: _read_rows(page, status, page_obj, state)
    )
    listed = tuple(
        replace(
            _listed_version(page, version, rows, language),
            reviewed_at=read_events(page.pk, state).reviewed_at(version.number, state.at),
        )
        for version in rows.versions
    )
    withdrawals = withdrawals_of(page, language, state.at) if read_events(page.pk, state).was_withdrawn else ()
    return PageHistory(page, _title(page, status, language, state), listed, page_obj, withdrawals)


class _Rows(NamedTuple):
    """What a page of results shows in every language. `previous` has the numbers of the versions to compare with.

    `cancelled` has the time by number, and `removed` the languages by the key of the version.
    """

    versions: list[Version]
    texts: dict[int, list[ListedText]]
    spans: dict[int, Span]
    previous: dict[int, int | None]
    recordings: dict[int, Recording]
    cancelled: dict[int, datetime]
    removed: dict[int, tuple[str, ...]]


def _read_rows(page: Page, status: PublicStatus, page_obj: PageObject, state: SiteState) -> _Rows:
    versions = list(page.versions.filter(number__in=page_obj.object_list).order_by("-number"))
    events = read_events(page.pk, state)
    spans = _spans(page, versions, events, state.at, status.newest)
    previous = {version.number: find_previous(version.number, events.cancelled) for version in versions}
    recordings = read_recordings(version.pk for version in versions)
    texts = _listed_texts(versions, events, state.at)
    removed = _removed_languages(page, versions, texts, previous)
    return _Rows(versions, texts, spans, previous, recordings, events.cancelled, removed)


def _removed_languages(
    page: Page, versions: Sequence[Version], texts: dict[int, list[ListedText]], previous: dict[int, int | None]
) -> dict[int, tuple[str, ...]]:
    """Return the languages that each version lacks and the one before it has, by the key of the version."""
    languages = {version.number: {text.language for text in texts[version.pk]} for version in versions}
    # The one before the oldest version is on the next page of results.
    if missing := {number for number in previous.values() if number} - languages.keys():
        rows = VersionText.objects.filter(version__page=page, version__number__in=missing).order_by()
        for number, language in rows.values_list("version__number", "language"):
            languages.setdefault(number, set()).add(language)
    before = {version.number: languages.get(previous[version.number] or 0, set()) for version in versions}
    return {version.pk: tuple(sorted(before[version.number] - languages[version.number])) for version in versions}


_rows: SizedCache[_Rows] = SizedCache(
    MAX_SIZE, lambda rows: HISTORY_SIZE + sum(TEXT_SIZE * len(texts) for texts in rows.texts.values())
)


def read_title(page: Page, language: str, state: SiteState) -> LocalizedText:
    """Return the title of a published page, in the reader's language or in another one."""
    return _title(page, find_published(page.path, state)[1], language, state)


def _title(page: Page, status: PublicStatus, language: str, state: SiteState) -> LocalizedText:
    """Return the title in force, or that of the newest version if none is."""
    if status.version:
        title = read_tree(state).shown_titles([page.pk], language)[page.pk]
        return localized_title(title.full_title, title.language)
    texts = VersionText.objects.filter(version__page=page, version__number=status.newest).that_readers_get(language)
    titles = {code: localized_title(title, code) for code, title in texts.values_list("language", "revision__title")}
    return text_for(titles, language, page.source_language)


def _listed_texts(versions: Iterable[Version], events: PageEvents, at: datetime) -> dict[int, list[ListedText]]:
    """Return the texts of versions by the key of the version."""
    texts: dict[int, list[ListedText]] = {}
    shown = VersionText.objects.filter(version__in=[version.pk for version in versions]).order_by("language")
    note = ("note__content", "note_language")
    columns = ("version_id", "language", "significance", *note, "revision__blob", "version__effective_at")
    dated_source = source_with_date(Q(version__number=1))
    counted = {
        (correction.version, correction.language): correction.significance
        for correction in events.corrections
        if correction.at <= at and correction.significance
    }
    notes = events.corrected_notes(at)
    rows = shown.values_list(*columns, dated_source, IS_REDACTED)
    for key, language, significance, content, note_language, digest, effective_at, dated, is_redacted in rows:
        text = ListedText(
            language=language,
            significance=significance,
            counted_significance=counted.get((key, language), significance),
            change_note=decode_text(notes.get((key, language), content)),
            language_of_note=language if (key, language) in notes else note_language or language,
            digest=digest,
            first_published_at=first_publication(dated, effective_at),
            published_note=decode_text(content) if (key, language) in notes else None,
            corrected_at=events.corrected_at(key, language, at),
            is_redacted=is_redacted,
        )
        texts.setdefault(key, []).append(text)
    return texts


def _spans(page: Page, versions: list[Version], events: PageEvents, at: datetime, newest: int) -> dict[int, Span]:
    """Return the spans of versions with consecutive numbers, given newest first."""
    publications = [
        Publication(version.number, version.effective_at, version.number in events.cancelled) for version in versions
    ]
    if versions[0].number == newest:
        return version_spans(publications, at)
    higher = page.versions.filter(number__gt=versions[0].number).exclude(number__in=events.cancelled)
    return version_spans(publications, at, higher.aggregate(at=Min("effective_at"))["at"])


def printed_pages(path: str, language: str, state: SiteState) -> list[PrintedPage]:
    """Return a page and all public pages below it, in the order of the tree. Raises Withdrawn, NothingToShow."""
    first, tree = read_in_force(path, language, state), read_tree(state)
    numbers = _section_numbers(tree, first.page.pk)
    anchors = tuple((page_url(tree.rows[key].path, language), _anchor(number)) for key, number in numbers.items())
    printed = {key: read_in_force(tree.rows[key].path, language, state) for key in numbers}
    recordings = read_recordings([presentation.version.pk for presentation in printed.values()])
    return [
        PrintedPage(
            numbers[key],
            presentation,
            tree.statuses[key].changes_at,
            anchors,
            recordings.get(presentation.version.pk, NOT_RECORDED),
        )
        for key, presentation in printed.items()
    ]


def _section_numbers(tree: PublicTree, key: int, number: str = "") -> dict[int, str]:
    numbers = {key: number}
    for position, child in enumerate(tree.children.get(key, ()), 1):
        numbers |= _section_numbers(tree, child, f"{number}.{position}".lstrip("."))
    return numbers


def _listed_version(page: Page, version: Version, rows: _Rows, language: str) -> ListedVersion:
    ordered = tuple(sorted(rows.texts[version.pk], key=lambda text: text.language != language))
    # The note in the reader's language, else in the source language, else in any language.
    noted = sorted(
        (text for text in ordered if text.change_note),
        key=lambda text: (text.language != language, text.language != page.source_language),
    )
    note = LocalizedText(noted[0].change_note, noted[0].language_of_note) if noted else None
    return ListedVersion(
        version,
        rows.spans[version.number],
        ordered,
        note,
        rows.previous[version.number],
        recording=rows.recordings.get(version.pk, NOT_RECORDED),
        cancelled_at=rows.cancelled.get(version.number),
        removed=rows.removed[version.pk],
    )
