"""The report of an import as a person reads it: totals first, then what is so now, then what is no longer so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from pages.models import ImportLine, ImportRun
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import TEXT_COMMITS, RunLog
from pages.publishing.records import format_time

# In the order of the report: first what somebody may have to act upon.
TITLES: Mapping[str, Promise] = {
    LineKind.SAMPLE_REMOVED: gettext_lazy("Removed with the sample content"),
    LineKind.SKIPPED: gettext_lazy("Skipped"),
    LineKind.NOT_APPLIED: gettext_lazy("Not applied because the page was edited on this site"),
    LineKind.DRAFT_REVISION: gettext_lazy("Kept as a draft revision because the page was edited on this site"),
    LineKind.DRAFT: gettext_lazy("Imported as a draft, because the source does not publish it"),
    LineKind.ASKED_DRAFT: gettext_lazy("Imported as a draft, as --as drafts says"),
    LineKind.WITHDRAWN: pgettext_lazy("title in the report of an import", "Withdrawn"),
    LineKind.LANGUAGE: gettext_lazy("Imported but not served"),
    LineKind.NOTE: gettext_lazy("Note"),
    LineKind.SITE: gettext_lazy("Settings and links of the site"),
    LineKind.RENAMED: gettext_lazy("Renamed"),
    LineKind.MOVED: gettext_lazy("Moved"),
    LineKind.BROUGHT_BACK: gettext_lazy("Brought back"),
    LineKind.REDIRECT_REMOVED: gettext_lazy("Redirect removed because a page has its address now"),
}
_ORDER = {str(kind): position for position, kind in enumerate(TITLES)}
_COUNTS = {
    "commits": gettext_lazy("Commits imported: %(count)s."),
    "pages": gettext_lazy("Pages created: %(count)s."),
    "versions": gettext_lazy("Versions published: %(count)s."),
    "unchanged": gettext_lazy("Pages unchanged: %(count)s."),
}
# Of a commit's id, as git shortens it.
_ID_LENGTH = 12


@dataclass(frozen=True)
class ReportSection:
    """The lines of one kind. Each is the file or page, what is to be said about it, and the commits."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class ImportReport:
    """The report in the active language. `ended` are the lines that are no longer so in the last commit."""

    counts: tuple[str, ...]
    totals: tuple[str, ...]
    current: tuple[ReportSection, ...]
    ended: tuple[ReportSection, ...]
    is_complete: bool

    @property
    def is_empty(self) -> bool:
        return not (self.current or self.ended)

    def lines(self) -> Iterator[str]:
        """Yield the lines for a terminal."""
        yield " ".join(self.counts)
        if self.totals:
            yield " ".join(self.totals)
        yield from _section_lines(self.current)
        if self.ended:
            yield _("No longer so in the last commit:")
            yield from _section_lines(self.ended)


def run_heading(run: ImportRun) -> str:
    """Return a line about an import: its number, source, time and who made it."""
    started, ended = (time and format_time(time) for time in (run.started_at, run.ended_at))
    values = {"number": run.pk, "source": run.source, "by": run.by, "started": started, "ended": ended}
    if ended is None:
        return _("Import %(number)d of %(source)s by %(by)s, started %(started)s, not ended") % values
    return _("Import %(number)d of %(source)s by %(by)s, started %(started)s, ended %(ended)s") % values


def present_run(run: ImportRun) -> ImportReport:
    """Return the report of an import."""
    return present_log(RunLog(run))


def present_log(log: RunLog) -> ImportReport:
    """Return the report of an import, as far as it got."""
    ordered = sorted(log.lines, key=lambda line: _ORDER.get(line.kind, len(_ORDER)))
    numbers = Counter(line.kind for line in ordered)
    return ImportReport(
        counts=tuple(_count_lines(log.counts, is_history=bool(log.run.options.get("history")))),
        totals=tuple(f"{_title(kind)}: {number}." for kind, number in numbers.items()),
        current=_sections([line for line in ordered if not line.ended_by]),
        ended=_sections([line for line in ordered if line.ended_by]),
        is_complete=log.is_complete,
    )


def _count_lines(counts: Mapping[str, int], *, is_history: bool) -> Iterator[str]:
    if is_history and not counts.get("commits"):
        yield _("Nothing new: all commits were imported before.")
        return
    # A history has commits, a folder has pages that were not changed.
    omitted = {"unchanged" if is_history else "commits"}
    if is_history and TEXT_COMMITS in counts:
        omitted.add("commits")
        text = _("Commits imported: %(count)s, of which %(with_texts)s with texts.")
        yield text % {"count": counts["commits"], "with_texts": counts[TEXT_COMMITS]}
    for name, template in _COUNTS.items():
        if name not in omitted:
            yield str(template) % {"count": counts.get(name, 0)}


def _sections(lines: Sequence[ImportLine]) -> tuple[ReportSection, ...]:
    return tuple(
        ReportSection(_title(kind), tuple(_texts(kind, list(group))))
        for kind, group in groupby(lines, key=lambda line: line.kind)
    )


def _title(kind: str) -> str:
    return str(TITLES.get(kind, kind))


def _texts(kind: str, lines: Sequence[ImportLine]) -> Iterator[str]:
    if kind != LineKind.LANGUAGE:
        yield from map(_text, lines)
        return
    for message, group in groupby(sorted(lines, key=lambda line: line.message), key=lambda line: line.message):
        yield f"{', '.join(sorted(line.subject for line in group))} ({message.translated})"


def _text(line: ImportLine) -> str:
    message = line.message.translated
    # A new address continues the sentence that the old one begins.
    separator = " " if line.kind in {LineKind.MOVED, LineKind.RENAMED} else ": "
    if not line.subject:
        # About the site as a whole.
        return message
    return f"{line.subject}{separator + message if message else ''}{_commits(line)}"


def _commits(line: ImportLine) -> str:
    """Return the commits that a line is about, in brackets; nothing without a history."""
    if not line.first_commit:
        return ""
    first, last, until = (name[:_ID_LENGTH] for name in (line.first_commit, line.last_commit, line.ended_by))
    if line.count > 1:
        text = ngettext(
            "%(count)d commit, %(first)s to %(last)s", "%(count)d commits, %(first)s to %(last)s", line.count
        ) % {"count": line.count, "first": first, "last": last}
    else:
        text = _("commit %(commit)s") % {"commit": first}
    if until and until == last:
        # A date of the text: it does not take a commit to begin or stop being published.
        text = _("%(commits)s; until a date after that commit") % {"commits": text}
    elif until:
        text = _("%(commits)s; until %(until)s") % {"commits": text, "until": until}
    return f" ({text})"


def _section_lines(sections: Iterable[ReportSection]) -> Iterator[str]:
    for section in sections:
        yield from (f"{section.title}: {line}" for line in section.lines)
