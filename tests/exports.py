"""Exports in tests: histories that go out and come in again, and what is in the repositories that were written."""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from pages.hugo.exporting.git_export import export_git
from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import HistoryImport
from pages.hugo.importing.report import ImportReport
from pages.models import Page, Redirect, VersionText
from pages.publishing.actors import system_actor
from tests.repositories import Builder, git

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
IMPORTER = system_actor("import_hugo")


def make_repository(path: Path, *steps) -> Path:
    """Write commits to a repository, one a day: files, with what was renamed before them where it is a pair."""
    with Builder(path) as site:
        for day, step in enumerate(steps):
            moves, named = step if isinstance(step, tuple) else ({}, step)
            date = f"{1_690_000_000 + day * 86_400} +0300"
            site.commit(named, moves=moves, message=f"Step {day}\n\nWhy: because.\n", date=date)
    return path


def import_repository(path: Path, now: datetime = NOW, **options) -> ImportReport:
    """Import a repository's history."""
    with Repository(path) as repository:
        return HistoryImport(repository, by=IMPORTER, now=now, **options).run()


def export_repository(path: Path, at: datetime = NOW, **options):
    """Export to a repository, and insist that git finds nothing wrong with it."""
    report = export_git(path, at=at, **options)
    git(path, "fsck", "--strict", "--no-dangling")
    return report


def commit_ids(path: Path) -> list[str]:
    """Return the ids of a repository's commits, oldest first."""
    return git(path, "rev-list", "--first-parent", "--reverse", "main").decode().split()


def blob_ids(path: Path, commit: str = "main") -> dict[str, str]:
    """Return the ids of the blobs in a commit's tree by their paths, but for the site's config."""
    listed = git(path, "ls-tree", "-r", "-z", commit).decode().split("\0")[:-1]
    found = {line.partition("\t")[2]: line.split()[2] for line in listed}
    return {name: blob for name, blob in found.items() if name != "hugo.toml"}


def files(path: Path, commit: str = "main") -> dict[str, str]:
    """Return the contents of a commit's files by their paths, but for the site's config."""
    return {name: git(path, "cat-file", "blob", blob).decode() for name, blob in blob_ids(path, commit).items()}


def file_changes(path: Path) -> list[list[str]]:
    """Return what each commit did to files, as git says it: `A`, `M` or `D` and a path."""
    return [
        sorted(line for line in told.decode().replace("\t", " ").splitlines() if not line.endswith(" hugo.toml"))
        for name in commit_ids(path)
        for told in [git(path, "diff-tree", "--root", "--no-commit-id", "--no-renames", "--name-status", "-r", name)]
    ]


def commit_messages(path: Path) -> list[str]:
    """Return the commits' messages, oldest first."""
    return [git(path, "cat-file", "commit", name).decode().partition("\n\n")[2] for name in commit_ids(path)]


def published_state() -> dict:
    """Return every version of every page with its dates and digests, and the old addresses."""
    found: dict = {path: {} for path in Page.objects.values_list("path", flat=True)}
    for text in VersionText.objects.select_related("version__page", "revision"):
        version = text.version
        said = (text.revision.digest, text.significance, text.based_on, text.modified_at, text.pictures)
        texts = found[version.page.path].setdefault((version.number, version.effective_at), {})
        texts[text.language] = (*said, text.change_note)
    redirects = dict(Redirect.objects.values_list("old_path", "page__path"))
    return {"pages": found, "redirects": redirects, "gone": withdrawn()}


def withdrawn() -> set[str]:
    """Return the paths of the pages that are withdrawn."""
    return set(Page.objects.withdrawn(NOW).values_list("path", flat=True))


@contextmanager
def rolled_back():
    """Undo at the end whatever is done within: the database is then what it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
