"""Comparing the reports of imports with what is expected."""

import re

from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import RunLog

HEADING = "No longer so in the last commit:"
# What a line says about commits, at its end.
_UNTIL = re.compile(r"; until [^)]*\)\Z")
_COMMITS = re.compile(r" \((?:commit |\d+ commits, )[^)]*\)\Z")


def summarised(*lines: str, **counts: int) -> tuple[dict[str, int], list[str]]:
    return counts, list(lines)


def summary(log: RunLog) -> tuple[dict[str, int], list[str]]:
    """Return the numbers of a report other than 0, and its lines, in the form of `summarised`."""
    counts = {name: number for name, number in log.counts.items() if number and name not in ("changed", "text_commits")}
    return counts, [f"{line.kind}: {line.subject}{f': {line.message}' if line.message else ''}" for line in log.lines]


def reasons(log: RunLog, kind: LineKind = LineKind.SKIPPED) -> dict[str, list[str]]:
    """Return what the lines of a kind say, by file or page."""
    found: dict[str, list[str]] = {}
    for line in log.lines:
        if line.kind == kind:
            found.setdefault(line.subject, []).append(str(line.message))
    return found


def comparable_lines(lines: list[str], expected: list[str]) -> list[str]:
    """Return the lines of a printed report, sorted, without the totals and the heading between the two parts.

    What a line says about commits is left out if the expected line does not say it.
    """
    texts = [line for line in lines[2:] if line != HEADING]
    forms = ([line, _UNTIL.sub(")", line), _COMMITS.sub("", line)] for line in texts)
    return sorted(next((form for form in variants if form in expected), variants[0]) for variants in forms)
