"""Runs of imports and the reports that are kept of them."""

import json

import pytest
from django.db import DatabaseError, transaction

from pages.history.verification import find_problems
from pages.models import ImportLine, ImportRun, PublicationRecord
from pages.publishing.actors import system_actor
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import begin_run, discard_run, end_run, last_options
from pages.text.messages import Message
from tests.building import without_triggers

pytestmark = pytest.mark.django_db

BY = system_actor("import_hugo")
COMMITS = [letter * 40 for letter in "abc"]


@pytest.fixture
def begin(moment):
    """Return a function that begins a run of the source `site`."""

    def begin(*, day=0, **options):
        return begin_run(source="site", options=options or {"history": True}, plan={}, by=BY, now=moment(day))

    return begin


def lines_of(log):
    return [
        (line.subject, str(line.message), line.count, line.first_commit[:1], line.last_commit[:1], line.ended_by[:1])
        for line in log.lines
    ]


def test_same_line_of_several_commits_is_one_line_with_the_first_and_the_last(begin):
    log = begin()
    for commit in COMMITS:
        log.add(LineKind.SKIPPED, "a.md", "it is empty.")
        log.close(commit=commit)
    assert lines_of(log) == [("a.md", "it is empty.", 3, "a", "c", "")]


def test_line_about_a_file_ends_with_the_commit_that_changes_the_file_without_repeating_it(begin):
    log = begin()
    for name in ("a.md", "b.md"):
        log.add(LineKind.SKIPPED, name, "it is empty.")
    log.close(commit=COMMITS[0])
    log.close(touched=["a.md"], commit=COMMITS[1])
    assert lines_of(log) == [("a.md", "it is empty.", 1, "a", "a", "b"), ("b.md", "it is empty.", 1, "a", "a", "")]


def test_single_line_ends_with_the_commit_that_says_so(begin):
    log = begin()
    for message in ("it is empty.", "its title is long."):
        log.add(LineKind.NOTE, "a.md", message)
    log.close(commit=COMMITS[0])
    log.end(LineKind.NOTE, "a.md", "it is empty.")
    log.end(LineKind.NOTE, "a.md", "it was never said.")
    log.close(commit=COMMITS[1])
    assert lines_of(log) == [
        ("a.md", "it is empty.", 1, "a", "a", "b"),
        ("a.md", "its title is long.", 1, "a", "a", ""),
    ]


def test_notes_are_found_when_the_log_is_saved_and_keep_their_place(begin):
    log, found = begin(), []

    def find():
        found.append(True)
        return [Message("it has a comment.")]

    log.add(LineKind.NOTE, "a.md", "it is long.")
    log.add_notes("a.md", find)
    log.add(LineKind.NOTE, "a.md", "it is a draft.")
    log.close(commit=COMMITS[0])
    log.close(touched=["a.md"], commit=COMMITS[1])
    assert found == []
    log.save()
    assert found == [True]
    messages = ["it is long.", "it has a comment.", "it is a draft."]
    assert lines_of(log) == [("a.md", message, 1, "a", "a", "b") for message in messages]
    assert [str(line.message) for line in log.run.lines.order_by("pk")] == messages


def test_line_that_comes_again_has_not_ended(begin):
    log = begin()
    log.add(LineKind.SKIPPED, "a.md", "it is empty.")
    log.close(touched=["a.md"], commit=COMMITS[0])
    log.close(touched=["a.md"], commit=COMMITS[1])
    log.add(LineKind.SKIPPED, "a.md", "it is empty.")
    log.close(touched=["a.md"], commit=COMMITS[2])
    assert lines_of(log) == [("a.md", "it is empty.", 2, "a", "c", "")]


def test_what_an_import_did_does_not_end(begin):
    log = begin()
    log.add(LineKind.MOVED, "/a/", "→ /b/")
    log.close(commit=COMMITS[0])
    log.close(touched=["/a/"], commit=COMMITS[1])
    assert lines_of(log) == [("/a/", "→ /b/", 1, "a", "a", "")]


def write_commits(log, commits):
    """Write some commits as batches: the first has a problem that the second mends, each has a version."""
    for commit in commits:
        if commit == COMMITS[0]:
            log.add(LineKind.SKIPPED, "a.md", "it is empty.")
        log.add(LineKind.DRAFT, "b.md")
        log.count(commits=1, versions=1)
        with transaction.atomic():
            log.close(touched=["a.md"], commit=commit)
            log.save()


def stored_report():
    run = ImportRun.objects.get()
    columns = ("kind", "subject", "stored_message", "count", "first_commit", "last_commit", "ended_by")
    return run.counts, list(run.lines.order_by("pk").values_list(*columns)), run.started_at


def test_interrupted_run_is_continued_and_has_the_report_of_an_uninterrupted_one(begin):
    with transaction.atomic():
        write_commits(begin(), COMMITS)
        uninterrupted = stored_report()
        transaction.set_rollback(True)
    log = begin()
    write_commits(log, COMMITS[:1])
    # Of a batch that is rolled back nothing is left.
    with transaction.atomic():
        log.add(LineKind.NOTE, "lost.md", "lost")
        log.close(commit=COMMITS[1])
        log.save()
        transaction.set_rollback(True)
    write_commits(begin(day=1), COMMITS[1:])
    assert stored_report() == uninterrupted


def test_run_that_is_read_in_another_way_or_has_ended_is_not_continued(begin, moment):
    first = begin().run
    assert begin().run == first
    other = begin(history=False)
    assert other.run != first
    other.count(versions=1)
    end_run(other, by=BY, now=moment(1))
    assert begin(history=False).run not in (first, other.run)


def test_record_of_an_ended_run_has_its_number_and_the_digest_of_its_report(begin, moment):
    log = begin()
    write_commits(log, COMMITS)
    run = end_run(log, by=BY, now=moment(1))
    record = PublicationRecord.objects.get(kind="import")
    payload = json.loads(record.canonical)
    assert (payload["run"], record.at, record.actor_name) == (run.pk, moment(1), "import_hugo")
    assert list(find_problems()) == []
    with without_triggers():
        ImportLine.objects.filter(subject="b.md").update(subject="c.md")
        changed = f"Record {record.number}: the report of the import is not the recorded one."
        assert changed in list(find_problems())


def test_two_runs_with_the_same_report_have_different_digests(begin, moment):
    digests = set()
    for _attempt in range(2):
        log = begin()
        write_commits(log, COMMITS)
        end_run(log, by=BY, now=moment(5))
    for record in PublicationRecord.objects.filter(kind="import"):
        digests.add(json.loads(record.canonical)["report"])
    assert len(digests) == 2


def test_report_of_an_ended_run_cannot_be_changed(begin, moment):
    log = begin()
    write_commits(log, COMMITS)
    end_run(log, by=BY, now=moment(1))
    log.add(LineKind.NOTE, "a.md", "late")
    log.close(commit="d" * 40)
    with pytest.raises(DatabaseError, match="pages_importline is insert-only"), transaction.atomic():
        log.save()


def test_run_that_changed_nothing_and_says_nothing_new_leaves_nothing(begin, moment):
    for day in range(2):
        log = begin(history=False)
        log.add(LineKind.SKIPPED, "a.md", "it is empty.")
        log.set_count("unchanged", 3)
        log.close()
        assert (end_run(log, by=BY, now=moment(day)) is None) == (day == 1)
    assert ImportRun.objects.count() == PublicationRecord.objects.filter(kind="import").count() == 1


def test_run_of_files_is_kept_only_if_its_findings_differ_from_those_of_the_last_one(begin, moment):
    kept = []
    for day, lines in enumerate([["moved", "skipped"], ["skipped"], ["skipped"], [], [], ["skipped"]]):
        log = begin(history=False)
        for kind in lines:
            log.add(LineKind(kind), "a.md", "One")
        log.close()
        kept.append(end_run(log, by=BY, now=moment(day)) is not None)
    assert kept == [True, False, False, True, False, True]


def test_run_that_was_refused_leaves_nothing_but_one_that_another_process_began_stays(begin):
    first, second = begin(), begin()
    discard_run(second)
    assert ImportRun.objects.get() == first.run
    discard_run(first)
    assert not ImportRun.objects.exists()


def test_last_options_are_those_of_the_newest_run_of_the_source_in_its_place(begin):
    begin(languages=["en"], places=["a"])
    begin(languages=["ru"], places=["a", "b"])
    begin(languages=["de"], places=["c"])
    for places in (["a"], ["b", "d"]):
        assert last_options("site", places)["languages"] == ["ru"]
    assert last_options("site", ["d"]) == last_options("other", ["a"]) == {}


def test_run_with_other_options_is_kept_although_nothing_is_new(begin, moment):
    for options in ({"as_drafts": False}, {"as_drafts": True}):
        end_run(begin(history=True, **options), by=BY, now=moment(1))
    assert ImportRun.objects.first().options["as_drafts"]
