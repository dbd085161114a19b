"""What happened to a page, newest first: every text that was saved, and everything that the publication log tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page as PageObject
from django.core.paginator import Paginator
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value

from pages.history import hash_chain
from pages.history.version_spans import Span, VersionState
from pages.models import Page, PublicationRecord, Revision, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.models.version_text import Significance
from pages.presentation.page_presentation import spans_of
from pages.text import source

DRAFT = "draft"
EVENTS_PER_PAGE = 12
# They happen to the page in all languages.
_OF_THE_PAGE = (RecordKind.WITHDRAW, RecordKind.BRING_BACK, RecordKind.MOVE)


@dataclass(frozen=True)
class DraftEvent:
    """A text was saved. `previous` is the revision of its language before it; its source is not loaded."""

    revision: Revision
    previous: int | None
    is_unchanged: bool
    is_current_draft: bool
    # The versions that it was published with.
    versions: tuple[int, ...]

    kind = DRAFT

    @property
    def name(self) -> str:
        """Return the name of the state."""
        return f"r{self.revision.pk}"

    @property
    def previous_name(self) -> str:
        """Return the name of the state before."""
        return f"r{self.previous}" if self.previous else ""

    @property
    def is_empty(self) -> bool:
        """Tell whether the language was left without a text."""
        return self.revision.digest == source.digest(b"")

    @property
    def at(self) -> datetime:
        """Return when it was saved."""
        return self.revision.created_at

    @property
    def author(self) -> str:
        """Return who saved it."""
        return self.revision.author


@dataclass(frozen=True)
class RecordEvent:
    """The publication log tells of it. `removed` are the languages that a version took away from the `previous` one."""

    record: PublicationRecord
    previous: int | None
    span: Span | None
    texts: tuple[VersionText, ...]
    removed: tuple[str, ...]
    payload: dict

    @property
    def kind(self) -> str:
        """Return what happened."""
        return self.record.kind

    @property
    def name(self) -> str:
        """Return the name of the state that a publication made; nothing for other events."""
        return f"v{self.record.version.number}" if self.kind == RecordKind.PUBLISH else ""

    @property
    def at(self) -> datetime:
        """Return the moment that it counts from."""
        return self.record.at

    @property
    def author(self) -> str:
        """Return whose deed it was."""
        return self.record.actor_name

    @property
    def recorded_at(self) -> datetime | None:
        """Return when it was written down, where that was another minute: an import tells of older moments."""
        moment = _moment(self.payload.get("recorded_at"))
        return moment if moment and abs((moment - self.at).total_seconds()) >= 60 else None

    @property
    def changed(self) -> tuple[VersionText, ...]:
        """Return the texts that a version changed."""
        return tuple(text for text in self.texts if text.significance != Significance.UNCHANGED)

    @property
    def carried(self) -> tuple[VersionText, ...]:
        """Return the texts that a version carried forward."""
        return tuple(text for text in self.texts if text.significance == Significance.UNCHANGED)

    @property
    def previous_name(self) -> str:
        """Return the name of the state that a version was measured against."""
        return f"v{self.previous}" if self.previous else ""

    @property
    def old_path(self) -> str:
        """Return where the page stood before a move."""
        return _path(self.payload, "from")

    @property
    def new_path(self) -> str:
        """Return where the page stood after a move."""
        return _path(self.payload, "to")


@dataclass(frozen=True)
class Timeline:
    """A sheet of what happened to a page; and whether a version of it is in force, to compare with."""

    page: Page
    events: tuple[DraftEvent | RecordEvent, ...]
    page_obj: PageObject
    has_text_in_force: bool


def timeline_of(
    page: Page, at: datetime, *, language: str = "", kind: str = "", page_number: str | None = None
) -> Timeline:
    """Return a sheet of the events, of a language or a kind if one is named. No source is loaded."""
    page_obj = Paginator(_keys(page, language, kind), EVENTS_PER_PAGE).get_page(page_number)
    keys = [(is_record, key) for _moment_of_it, is_record, key in page_obj.object_list]
    drafts = _drafts(page, [key for is_record, key in keys if not is_record])
    spans = spans_of(page, at)
    records = _records(page, [key for is_record, key in keys if is_record], spans)
    events = tuple((records if is_record else drafts)[key] for is_record, key in keys)
    is_in_force = any(span.state == VersionState.IN_FORCE for span in spans.values())
    return Timeline(page, events, page_obj, is_in_force)


def _keys(page: Page, language: str, kind: str) -> QuerySet:
    """Return the moment, the table and the key of each event; the database puts both tables into one order."""
    drafts = page.revisions.filter(language=language) if language else page.revisions.all()
    records = page.records.filter(_concerning(language)) if language else page.records.all()
    drafts = drafts if kind in ("", DRAFT) else drafts.none()
    records = records.filter(kind=kind) if kind else records
    drafts, records = _keyed(drafts, "created_at", 0), _keyed(records, "at", 1)
    # Of one moment, what was saved came before what was published.
    return drafts.union(records, all=True).order_by("-moment", "-is_record", "-key")


def _keyed(rows: QuerySet, moment: str, is_record: int) -> QuerySet:
    table = Value(is_record, output_field=IntegerField())
    keyed = rows.order_by().annotate(moment=F(moment), is_record=table, key=F("pk"))
    return keyed.values_list("moment", "is_record", "key")


def _concerning(language: str) -> Q:
    """Return the events that concern a language: it was changed, taken away, noted or confirmed, or the page was."""
    texts = VersionText.objects.filter(language=language)
    own = texts.filter(version=OuterRef("version"))
    told = own.filter(~Q(significance=Significance.UNCHANGED) | ~Q(change_note=""))
    before = texts.filter(version__page=OuterRef("page"), version__number=OuterRef("version__number") - 1)
    is_of_a_version = Q(Exists(told)) | (Q(Exists(before)) & ~Q(Exists(own)))
    by_version = Q(kind__in=(RecordKind.PUBLISH, RecordKind.CANCEL)) & is_of_a_version
    return by_version | Q(kind__in=_OF_THE_PAGE) | Q(kind=RecordKind.CONFIRM, language=language)


def _drafts(page: Page, keys: list[int]) -> dict[int, DraftEvent]:
    if not keys:
        return {}
    before = Revision.objects.filter(page=page, language=OuterRef("language"), pk__lt=OuterRef("pk")).order_by("-pk")
    told = {"before": Subquery(before.values("pk")[:1]), "digest_before": Subquery(before.values("digest")[:1])}
    rows = page.revisions.defer("source").annotate(**told).in_bulk(keys)
    working = set(page.revisions.drafts().order_by().values_list("pk", flat=True))
    versions: dict[int, list[int]] = {}
    went_out = VersionText.objects.filter(revision__in=keys).exclude(significance=Significance.UNCHANGED)
    for key, number in went_out.order_by("version__number").values_list("revision", "version__number"):
        versions.setdefault(key, []).append(number)
    return {
        key: DraftEvent(
            revision=row,
            previous=row.before,
            is_unchanged=row.digest_before == row.digest,
            is_current_draft=key in working,
            versions=tuple(versions.get(key, ())),
        )
        for key, row in rows.items()
    }


def _records(page: Page, keys: list[int], spans: dict[int, Span]) -> dict[int, RecordEvent]:
    if not keys:
        return {}
    rows = page.records.select_related("version").in_bulk(keys)
    versions = [row.version for row in rows.values() if row.version]
    bases = _bases(page, versions)
    texts = _texts(page, {version.number for version in versions} | set(bases.values()))
    found: dict[int, RecordEvent] = {}
    for key, row in rows.items():
        number = row.version.number if row.version else 0
        own = texts.get(number, ())
        before = {text.language for text in texts.get(bases.get(number, 0), ())}
        removed = before - {text.language for text in own}
        is_version = row.kind == RecordKind.PUBLISH
        found[key] = RecordEvent(
            record=row,
            previous=bases.get(number),
            span=spans.get(number) if is_version else None,
            texts=tuple(own) if is_version else (),
            removed=tuple(sorted(removed)) if is_version else (),
            payload=hash_chain.parse_record(row.canonical),
        )
    return found


def _bases(page: Page, versions: Iterable[Version]) -> dict[int, int]:
    """Return the version that each was measured against: the highest before it that was not cancelled by then."""
    rows = page.records.filter(kind=RecordKind.CANCEL).order_by().values_list("version__number", "at")
    cancelled = {number: moment for number, moment in rows if number}
    bases: dict[int, int] = {}
    for version in versions:
        below = range(version.number - 1, 0, -1)
        stood = (n for n in below if n not in cancelled or cancelled[n] > version.published_at)
        if (base := next(stood, None)) is not None:
            bases[version.number] = base
    return bases


def _texts(page: Page, numbers: set[int]) -> dict[int, list[VersionText]]:
    rows = VersionText.objects.filter(version__page=page, version__number__in=numbers).order_by("language")
    found: dict[int, list[VersionText]] = {}
    for row in rows.select_related("version", "revision").defer("revision__source"):
        found.setdefault(row.version.number, []).append(row)
    return found


def _moment(words) -> datetime | None:
    try:
        return datetime.fromisoformat(words)
    except (TypeError, ValueError):
        return None


def _path(payload: dict, end: str) -> str:
    path = payload.get("path")
    return f"/{path.get(end, '')}/" if isinstance(path, dict) else ""
