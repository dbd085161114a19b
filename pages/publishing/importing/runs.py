"""Runs of imports: begun, continued and ended here, with a report that is written together with what it tells of."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from pages.history.record_format import report_digest
from pages.models import ImportLine, ImportRun, Page
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.importing.report_lines import EVENTS, INCOMPLETE, LineKind, ReportLine
from pages.publishing.records import append_record, last_recorded_at
from pages.publishing.sample.changes import is_sample
from pages.publishing.sample.starting_over import start_over
from pages.text.messages import Message, message_of

# The number of pages that are as they were before.
UNCHANGED = "unchanged"
# The number of commits that changed a text.
TEXT_COMMITS = "text_commits"
# The key of the options for what identifies a source.
PLACES = "places"
# What identifies a line of a run: kind, subject, template, values.
_Key = tuple[str, str, str, str]
# A line, or a function that returns lines.
_Added = ReportLine | Callable[[], Iterable[ReportLine]]


@dataclass(frozen=True)
class _ClosedCommit:
    """What is said about a commit, or about a batch of files without history, and the subjects that it touched."""

    added: list[_Added]
    touched: set[str]
    commit: str

    def lines(self) -> Iterator[ReportLine]:
        for added in self.added:
            yield from [added] if isinstance(added, ReportLine) else added()


class RunLog:
    """The report of a run while it is written. `save` belongs into the transaction of the batch.

    A run that was interrupted is continued with the lines that its batches committed. Without a stored run, as for the
    sample, the report is in memory only.
    """

    def __init__(self, run: ImportRun | None = None, *, is_continued: bool = False):
        self.run, self.is_continued = run or ImportRun(), is_continued
        # What was added since the last commit was closed.
        self._pending: list[_Added] = []
        self._touched: set[str] = set()
        # Closed commits whose lines are not in `_lines` yet.
        self._closed: list[_ClosedCommit] = []
        self._counts = Counter(self.run.counts)
        self._lines: dict[_Key, ImportLine] = {}
        self._by_subject: dict[str, list[ImportLine]] = {}
        # Lines to insert and to update, by identity: a line without a primary key has no hash.
        self._changed: dict[int, ImportLine] = {}
        if self.run.pk:
            for line in self.run.lines.all():
                self._index(line)

    @property
    def lines(self) -> list[ImportLine]:
        """All lines in the order in which they were first added."""
        self._read_closed()
        return list(self._lines.values())

    @property
    def counts(self) -> Mapping[str, int]:
        return self._counts

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing was skipped, and nothing was held back for edits on this site."""
        return not any(line.kind in INCOMPLETE for line in self.lines)

    def count(self, **numbers: int) -> None:
        """Add to the numbers of the report."""
        self._counts.update({name: number for name, number in numbers.items() if number})

    def set_count(self, name: str, number: int) -> None:
        self._counts[name] = number

    def touch(self, subject: str) -> None:
        """Note that a page was changed, so that earlier lines about it are not so any more."""
        self._touched.add(subject)

    def add(self, kind: LineKind, subject: str, message: str = "") -> None:
        """Add a line about a file of the source, or about a page by its address, to the commit that is imported now."""
        self._pending.append(ReportLine(kind=kind, subject=subject, message=message_of(message)))

    def add_notes(self, subject: str, find: Callable[[], Iterable[Message]]) -> None:
        """Add notes that are found at the latest when the log is saved."""
        self._pending.append(lambda: [_note(subject, message) for message in find()])

    def end(self, kind: LineKind, subject: str, message: str) -> None:
        """Note that what a line says is no longer so since the commit that is imported now."""
        self._pending.append(ReportLine(kind=kind, subject=subject, message=message_of(message), is_over=True))

    def take(self) -> list[ReportLine]:
        """Return the lines that were added since the last commit, which will be closed with it."""
        pending, self._pending = self._pending, []
        return [line for line in pending if isinstance(line, ReportLine)]

    def close(self, lines: Iterable[ReportLine] = (), *, touched: Iterable[str] = (), commit: str = "") -> None:
        """Close a commit, or a batch of files without history, with these lines and those that were added.

        What earlier lines said about a `touched` file or page is no longer so, unless the commit says it again.
        """
        self._closed.append(_ClosedCommit([*lines, *self._pending], {*touched, *self._touched}, commit))
        self._pending, self._touched = [], set()

    def _read_closed(self) -> None:
        closed, self._closed = self._closed, []
        for commit in closed:
            self._read(commit)

    def _read(self, closed: _ClosedCommit) -> None:
        lines = list(closed.lines())
        added = {id(self._add(line, closed.commit)) for line in lines if not line.is_over}
        over = [self._lines.get(_line_key(line)) for line in lines if line.is_over]
        for subject in closed.touched:
            over += [line for line in self._by_subject.get(subject, ()) if line.kind not in EVENTS]
        for line in filter(None, over):
            if id(line) not in added and not line.ended_by:
                line.ended_by = closed.commit
                self._changed[id(line)] = line

    def save(self) -> None:
        """Write what is new."""
        self._read_closed()
        if self.run.pk is None:
            return
        changed = list(self._changed.values())
        ImportLine.objects.bulk_create(line for line in changed if line.pk is None)
        # `bulk_update` takes ten times as long: it makes a `CASE` for each line and column.
        ImportLine.objects.bulk_create(
            [line for line in changed if line.pk is not None],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["count", "last_commit", "ended_by"],
        )
        self._changed.clear()
        self.run.counts = dict(self._counts)
        self.run.save(update_fields=["counts"])

    def _add(self, new: ReportLine, commit: str) -> ImportLine:
        line = self._lines.get(_line_key(new))
        if line is None:
            line = ImportLine(
                run=self.run,
                kind=new.kind,
                subject=new.subject,
                stored_message=list(new.message.as_stored()),
                first_commit=commit,
                last_commit=commit,
            )
            self._index(line)
        elif line.last_commit != commit or line.ended_by:
            line.count += 1
            line.last_commit, line.ended_by = commit, ""
        else:
            return line
        self._changed[id(line)] = line
        return line

    def _index(self, line: ImportLine) -> None:
        self._lines[_key(line.kind, line.subject, line.stored_message)] = line
        self._by_subject.setdefault(line.subject, []).append(line)


def _note(subject: str, message: Message) -> ReportLine:
    return ReportLine(kind=LineKind.NOTE, subject=subject, message=message_of(message))


def _line_key(line: ReportLine) -> _Key:
    return _key(line.kind, line.subject, line.message.as_stored())


def _key(kind: str, subject: str, stored_message: Any) -> _Key:
    template, _plural, values = stored_message
    return kind, subject, template, str(sorted(values.items()))


@transaction.atomic
def begin_run(*, source: str, options: Mapping[str, Any], plan: Mapping[str, Any], by: Actor, now: datetime) -> RunLog:
    """Begin an import, or continue an interrupted one of the same source that is read in the same way.

    `source` is the name of the folder or repository, without the folders above it. `options`, with the `places` of
    `last_options`, and `plan` are JSON. A site with the sample starts over: sample content is never part of a real
    history. Raises SampleWasChanged.
    """
    sample = _remove_sample(by, now) if is_sample() else []
    newest = ImportRun.objects.filter(source=source).first()
    if newest is not None and newest.ended_at is None and _is_read_alike(newest.options, options):
        return RunLog(newest, is_continued=True)
    log = RunLog(ImportRun.objects.create(source=source, options=options, plan=plan, by=by.name, started_at=now))
    for page in sample:
        log.add(LineKind.SAMPLE_REMOVED, page)
    log.close()
    log.save()
    return log


def _remove_sample(by: Actor, now: datetime) -> list[str]:
    pages = [str(page) for page in Page.objects.order_by("path").only("path")]
    start_over(by=by, now=now)
    return pages


@transaction.atomic
def end_run(log: RunLog, *, by: Actor, now: datetime) -> ImportRun | None:
    """End a run: its report is complete, and a record has its digest. Return the run.

    Remove a run that changed nothing and has the same lines as the last one of its source, and return None.
    """
    log.save()
    run = log.run
    if not _is_worth_keeping(run, log.counts):
        run.delete()
        return None
    run.ended_at = max(now, last_recorded_at() or now)
    run.save(update_fields=["ended_at"])
    details = {"run": run.pk, "report": report_digest(run)}
    append_record(RecordKind.IMPORT, at=run.ended_at, now=run.ended_at, by=by, details=details)
    return run


def discard_run(log: RunLog) -> None:
    """Remove a run that was refused before it wrote anything; another process may work at one that was continued."""
    if not (log.is_continued or log.counts or log.lines):
        log.run.delete()


def last_options(source: str, places: Iterable[str]) -> Mapping[str, Any]:
    """Return how a source was read by the last run of it, {} if there was none.

    Different sources can have the same name, so the options have `places`: digests of what identifies theirs.
    """
    options = ImportRun.objects.filter(source=source).values_list("options", flat=True)
    return next((values for values in options if _is_same_source(values, {PLACES: places})), {})


def _is_same_source(options: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    return bool(set(options.get(PLACES, ())) & set(others.get(PLACES, ())))


def _is_read_alike(options: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    return {**options, PLACES: None} == {**others, PLACES: None}


def _is_worth_keeping(run: ImportRun, counts: Mapping[str, int]) -> bool:
    if any(number for name, number in counts.items() if name != UNCHANGED):
        return True
    previous = ImportRun.objects.filter(source=run.source).exclude(pk=run.pk).first()
    if previous is None or not _is_read_alike(previous.options, run.options):
        # The next import is read as this one.
        return True
    lines = _lines_by_key(run)
    if run.options.get("history"):
        # A history reports only what is new.
        return bool(lines)
    last = ImportRun.objects.ended().filter(source=run.source).first()
    before = _lines_by_key(last) if last else {}
    # What an import did is not reported again.
    ended = {key for key, line in before.items() if line.kind not in EVENTS}
    return not (lines.keys() <= before.keys() and ended <= lines.keys())


def _lines_by_key(run: ImportRun) -> dict[_Key, ImportLine]:
    return {_key(line.kind, line.subject, line.stored_message): line for line in run.lines.all()}
