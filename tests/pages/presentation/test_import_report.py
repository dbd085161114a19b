"""The report of an import as a person reads it."""

from pages.models import ImportRun
from pages.presentation.import_report import present_log
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import TEXT_COMMITS, RunLog

FIRST, SECOND = "a" * 40, "b" * 40


def test_line_that_a_date_ended_does_not_name_its_commit_twice():
    log = RunLog()
    for name in ("date.md", "commit.md"):
        log.add(LineKind.DRAFT, name, "it is not due.")
    log.close(commit=FIRST)
    log.close(touched=["date.md"], commit=FIRST)
    log.close(touched=["commit.md"], commit=SECOND)
    assert present_log(log).ended[0].lines == (
        "date.md: it is not due. (commit aaaaaaaaaaaa; until a date after that commit)",
        "commit.md: it is not due. (commit aaaaaaaaaaaa; until bbbbbbbbbbbb)",
    )


def test_report_of_a_run_that_did_not_count_commits_with_texts_gives_all():
    log = RunLog(ImportRun(options={"history": True}))
    log.count(commits=3)
    assert present_log(log).counts[0] == "Commits imported: 3."
    log.count(**{TEXT_COMMITS: 2})
    assert present_log(log).counts[0] == "Commits imported: 3, of which 2 with texts."
