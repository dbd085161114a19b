"""Histories of Hugo sites as cases: commits, what the import is to make of them, and what it made."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.management import call_command

from pages.history import verification
from pages.models import ImportedCommit, Page, PublicationRecord, Redirect, Version
from pages.models.publication_record import RecordKind
from tests.repositories import ANN, Builder, git

# The first commit's date; each further one is made so many seconds later.
FIRST, STEP = 1_700_000_000, 1000
MARKS = {"major": "!", "minor": "~", "unchanged": "="}


@dataclass(frozen=True)
class CommitSpec:
    """A commit as tests/repositories.py takes it; `at` is the committer's date in seconds."""

    files: dict = field(default_factory=dict)
    moves: dict = field(default_factory=dict)
    at: int | None = None
    message: str = ""
    # The positions of other commits.
    parents: tuple[int, ...] | None = None
    branch: str | None = None
    options: dict = field(default_factory=dict)


def commit(files=(), **options):
    """Return a commit that changes files."""
    return CommitSpec(dict(files), **options)


@dataclass(frozen=True)
class Case:
    """A history, and what is to come of it.

    `pages` has by address the versions of each page: the position of the commit that made it, and each language with
    "!" (a major change), "~" (a minor one) or "=" (carried forward). `moments` are the versions' moments where they are
    not their commits' dates. `lines` are the report's after the first; "#2" stands for the id of the third commit.
    """

    name: str
    commits: list
    pages: dict[str, list[str]]
    lines: list[str] = field(default_factory=list)
    status: int = 0
    moments: dict[tuple[str, int], int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    # The position of the commit that withdrew a page last.
    withdrawn: dict[str, int] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    bytes: dict[tuple[str, str], bytes] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)


def setting_for(languages):
    """Return the report's line on languages that could be served."""
    return f"Imported but not served: {languages} (add them to SITE_LANGUAGES)"


def no_setting_for(languages):
    """Return the report's line on languages that nobody can have served without a change of the site itself."""
    instruction = "add them to MODELTRANSLATION_LANGUAGES, with a migration, and to SITE_LANGUAGES"
    return f"Imported but not served: {languages} ({instruction})"


def build(path, commits):
    """Make the repository, or go on with it, and return the ids of the commits."""
    marks, branches = [], {}
    with Builder(path) as site:
        for position, one in enumerate(map(as_commit, commits)):
            at = FIRST + STEP * position if one.at is None else one.at
            parents = None if one.parents is None else [marks[parent] for parent in one.parents]
            options = {"message": one.message or f"Commit {position}", "date": f"{at} +0200", **one.options}
            mark = site.commit(one.files, moves=one.moves, parents=parents, branch=one.branch, **options)
            marks.append(mark)
            branches[one.branch] = mark
    return [site.ids[mark] for mark in marks]


def as_commit(one):
    """Return a commit that may be given by its files alone."""
    return one if isinstance(one, CommitSpec) else commit(one)


def import_history(path, capsys, *options):
    """Run the command with --history; return its exit status and the lines that it printed."""
    status = 0
    try:
        call_command("import_hugo", str(path), "--history", *options)
    except SystemExit as leaving:
        status = leaving.code
    return status, capsys.readouterr().out.splitlines()


def versions_of_pages(ids):
    """Return the versions of every page with any, as a case writes them."""
    commits = dict(
        PublicationRecord.objects.filter(kind=RecordKind.PUBLISH).values_list("version", "commit__commit_id")
    )
    found = {}
    for version in Version.objects.select_related("page").order_by("page__path", "number"):
        marks = [f"{text.language}{MARKS[text.significance]}" for text in version.texts.order_by("language")]
        position = ids.index(commits[version.pk])
        found.setdefault(version.page.path, []).append(" ".join([str(position), *marks]))
    return found


def moments_of_versions(ids, dates):
    """Return the moments of versions that are not those of their commits, in seconds."""
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH).select_related("version__page", "commit")
    moments = {
        (one.version.page.path, one.version.number): (one.at, dates[ids.index(one.commit.commit_id)]) for one in records
    }
    return {name: int(at.timestamp()) for name, (at, date) in moments.items() if int(at.timestamp()) != date}


def withdrawn_pages(ids):
    """Return the positions of the commits that withdrew the pages that are withdrawn."""
    pages = Page.objects.withdrawn(datetime.now(UTC))
    records = PublicationRecord.objects.filter(page__in=pages, kind=RecordKind.WITHDRAW).order_by("number")
    return {one.page.path: ids.index(one.commit.commit_id) for one in records.select_related("page", "commit")}


def redirects():
    """Return the pages' addresses by the old ones."""
    return dict(Redirect.objects.values_list("old_path", "page__path"))


def with_positions(lines, ids):
    """Return lines in which commits are named by their positions."""
    positions = {name[:12]: f"#{position}" for position, name in enumerate(ids)}
    return [re.sub(r"\b[0-9a-f]{12}\b", lambda found: positions.get(found[0], found[0]), line) for line in lines]


def troubles(path):
    """Yield what does not hold of an imported history: its chain, its bytes against git's, its authors and notes."""
    yield from verification.find_problems()
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH).select_related("version__page", "commit")
    before = {}
    for record in records.order_by("number"):
        name = f"{record.version.page.path} {record.version.number}"
        if record.actor_name != ANN[0]:
            yield f"{name}: by {record.actor_name!r}"
        if not record.version.published_at == record.version.effective_at == record.at:
            yield f"{name}: it was not published when it was recorded"
        subject = bytes(record.commit.message).decode().split("\n")[0]
        for text in record.version.texts.select_related("revision"):
            yield from (f"{name} {text.language}: {why}" for why in _text_troubles(path, record, text, subject, before))
            before[record.page_id, text.language] = text.revision_id
    yield from _gaps()


def _text_troubles(path, record, text, subject, before):
    revision = text.revision
    if text.significance == "unchanged":
        if revision.pk != before.get((record.page_id, text.language)):
            yield "it was carried forward, and is another one"
        return
    blob = git(path, "cat-file", "blob", f"{record.commit.commit_id}:{revision.file_name}")
    if bytes(revision.source) != blob:
        yield "its bytes are not git's"
    if text.change_note != subject:
        yield f"its note is {text.change_note!r}"


def _gaps():
    """Yield where a page's versions or moments are not in order."""
    for page in Page.objects.all():
        versions = list(page.versions.order_by("number").values_list("number", "published_at"))
        if [number for number, _ in versions] != list(range(1, len(versions) + 1)):
            yield f"{page.path}: its numbers have gaps"
        moments = [at for _, at in versions]
        if moments != sorted(moments):
            yield f"{page.path}: its moments run backwards"
    for row in ImportedCommit.objects.all():
        if PublicationRecord.objects.filter(commit=row, kind=RecordKind.IMPORT).count() != 1:
            yield f"{row}: it has not one record"
