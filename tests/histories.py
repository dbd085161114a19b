"""Test cases for importing git histories: commits, the expected result, and functions that return the actual one."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.management import call_command

from pages.history import verification
from pages.models import ImportedCommit, Page, PublicationRecord, Redirect, Version
from pages.models.publication_record import RecordKind
from tests.repositories import ANN, RepositoryBuilder, git

# The date of the first commit and the seconds between commits.
FIRST_TIMESTAMP, INTERVAL = 1_700_000_000, 1000
MARKS = {"major": "!", "minor": "~", "unchanged": "="}


@dataclass(frozen=True)
class CommitSpec:
    """The arguments for `RepositoryBuilder.commit`. `at` is the committer's date as a Unix timestamp."""

    files: dict = field(default_factory=dict)
    moves: dict = field(default_factory=dict)
    at: int | None = None
    message: str = ""
    # Positions in the list of commits.
    parents: tuple[int, ...] | None = None
    branch: str | None = None
    options: dict = field(default_factory=dict)


def commit(files=(), **options):
    return CommitSpec(dict(files), **options)


@dataclass(frozen=True)
class Case:
    """A history and the expected result of importing it.

    `pages` maps addresses to versions. A version is the position of its commit and its languages, each with "!" (major
    change), "~" (minor change) or "=" (unchanged). `timestamps` has the versions whose timestamp is not that of their
    commit. `lines` are those of the report without the first one; "#2" stands for the id of the third commit.
    """

    name: str
    commits: list
    pages: dict[str, list[str]]
    lines: list[str] = field(default_factory=list)
    status: int = 0
    timestamps: dict[tuple[str, int], int] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    # The position of the commit that withdrew each withdrawn page.
    withdrawn: dict[str, int] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    bytes: dict[tuple[str, str], bytes] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)


def draft_line(path, reason="its front matter has draft: true."):
    """Return the line of the report on a text that the source does not publish."""
    return f"Imported as a draft, because the source does not publish it: {path}: {reason}"


def not_served_line(languages):
    """Return the line of the report on languages that a setting could serve."""
    return f"Imported but not served: {languages} (add them to SITE_LANGUAGES)"


def not_configured_line(languages):
    """Return the line of the report on languages that cannot be served without a migration."""
    instruction = "add them to MODELTRANSLATION_LANGUAGES, with a migration, and to SITE_LANGUAGES"
    return f"Imported but not served: {languages} ({instruction})"


def build_repository(path, commits):
    """Create a repository or add commits to it. Return the ids of the commits."""
    marks, branches = [], {}
    with RepositoryBuilder(path) as site:
        for position, spec in enumerate(map(as_commit_spec, commits)):
            at = FIRST_TIMESTAMP + INTERVAL * position if spec.at is None else spec.at
            parents = None if spec.parents is None else [marks[parent] for parent in spec.parents]
            options = {"message": spec.message or f"Commit {position}", "date": f"{at} +0200", **spec.options}
            mark = site.commit(spec.files, moves=spec.moves, parents=parents, branch=spec.branch, **options)
            marks.append(mark)
            branches[spec.branch] = mark
    return [site.ids[mark] for mark in marks]


def as_commit_spec(spec):
    """Return a CommitSpec; a commit can also be written as its files only."""
    return spec if isinstance(spec, CommitSpec) else commit(spec)


def import_history(path, capsys, *options):
    """Run `import_hugo --history`. Return its exit status and the lines of its report."""
    status = 0
    try:
        call_command("import_hugo", str(path), "--history", *options)
    except SystemExit as error:
        status = error.code
    return status, split_plan(capsys.readouterr().out)[1]


_SITE = "Settings and links of the site: "


def split_plan(output):
    """Return the lines of the plan in the output of an import, and those of the report.

    What the report says of the site as a whole is left out: tests/pages/hugo/importing/test_site_import.py has it.
    """
    lines = []
    for line in output.splitlines(keepends=True):
        kept = re.sub(rf"(?:^| ){_SITE}\d+\.", "", line).lstrip(" ")
        if not kept.startswith(_SITE) and (kept.strip() or not line.strip()):
            lines.append(kept)
    output = "".join(lines)
    plan, separator, report = output.partition("\n\n")
    return (plan.splitlines(), report.splitlines()) if separator else ([], output.splitlines())


def versions_of_pages(ids):
    """Return the versions of all pages in the notation of a case."""
    commits = dict(
        PublicationRecord.objects.filter(kind=RecordKind.PUBLISH).values_list("version", "commit__commit_id")
    )
    pages = {}
    for version in Version.objects.select_related("page").order_by("page__path", "number"):
        marks = [f"{text.language}{MARKS[text.significance]}" for text in version.texts.order_by("language")]
        position = ids.index(commits[version.pk])
        pages.setdefault(version.page.path, []).append(" ".join([str(position), *marks]))
    return pages


def shifted_timestamps(ids, dates):
    """Return the timestamps of the versions whose timestamp is not that of their commit."""
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH).select_related("version__page", "commit")
    timestamps = {}
    for record in records:
        timestamp = int(record.at.timestamp())
        if timestamp != dates[ids.index(record.commit.commit_id)]:
            timestamps[record.version.page.path, record.version.number] = timestamp
    return timestamps


def withdrawn_pages(ids):
    """Return the position of the commit that withdrew each withdrawn page."""
    pages = Page.objects.withdrawn(datetime.now(UTC))
    records = PublicationRecord.objects.filter(page__in=pages, kind=RecordKind.WITHDRAW).order_by("number")
    return {record.page.path: ids.index(record.commit.commit_id) for record in records.select_related("page", "commit")}


def redirects():
    return dict(Redirect.objects.values_list("old_path", "page__path"))


def replace_commit_ids(lines, ids):
    """Replace the ids of commits by their positions."""
    positions = {name[:12]: f"#{position}" for position, name in enumerate(ids)}
    return [re.sub(r"\b[0-9a-f]{12}\b", lambda match: positions.get(match[0], match[0]), line) for line in lines]


def find_import_problems(path):
    """Yield what is wrong with an imported history: its log, its bytes, authors and notes compared with git's."""
    yield from verification.find_problems()
    records = PublicationRecord.objects.filter(kind=RecordKind.PUBLISH).select_related("version__page", "commit")
    previous = {}
    for record in records.order_by("number"):
        name = f"{record.version.page.path} {record.version.number}"
        if record.actor_name != ANN[0]:
            yield f"{name}: by {record.actor_name!r}"
        if not record.version.published_at == record.version.effective_at == record.at:
            yield f"{name}: its dates are not that of its record"
        subject = bytes(record.commit.message).decode().split("\n")[0]
        for text in record.version.texts.select_related("revision"):
            for problem in _find_text_problems(path, record, text, subject, previous):
                yield f"{name} {text.language}: {problem}"
            previous[record.page_id, text.language] = text.revision_id
    yield from _find_order_problems()


def _find_text_problems(path, record, text, subject, previous):
    revision = text.revision
    if text.significance == "unchanged":
        if revision.pk != previous.get((record.page_id, text.language)):
            yield "it is unchanged but has another revision"
        return
    blob = git(path, "cat-file", "blob", f"{record.commit.commit_id}:{revision.file_name}")
    if bytes(revision.source) != blob:
        yield "its bytes are not those in git"
    if text.change_note != subject:
        yield f"its note is {text.change_note!r}"


def _find_order_problems():
    for page in Page.objects.all():
        versions = list(page.versions.order_by("number").values_list("number", "published_at"))
        if [number for number, _ in versions] != list(range(1, len(versions) + 1)):
            yield f"{page.path}: its numbers have gaps"
        timestamps = [published_at for _, published_at in versions]
        if timestamps != sorted(timestamps):
            yield f"{page.path}: its timestamps are not in order"
    for commit in ImportedCommit.objects.all():
        if PublicationRecord.objects.filter(commit=commit, kind=RecordKind.COMMIT).count() != 1:
            yield f"{commit}: it does not have exactly one record"
