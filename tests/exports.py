"""Imports and exports of git repositories in tests, and the content of exported repositories."""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from pages.hugo.exporting.git_export import export_git
from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import HistoryImport
from pages.hugo.site_structure.reading_options import ReadingOptions
from pages.models import Page, Redirect, VersionText
from pages.publishing.actors import system_actor
from pages.publishing.importing.runs import RunLog
from tests.repositories import RepositoryBuilder, git

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
IMPORTER = system_actor("import_hugo")


def make_repository(path: Path, *commits) -> Path:
    """Write commits to a repository, one per day: each has files, or a pair of renames and files."""
    with RepositoryBuilder(path) as builder:
        for day, commit in enumerate(commits):
            moves, contents = commit if isinstance(commit, tuple) else ({}, commit)
            date = f"{1_690_000_000 + day * 86_400} +0300"
            builder.commit(contents, moves=moves, message=f"Commit {day}\n\nA reason.\n", date=date)
    return path


def import_repository(path: Path, now: datetime = NOW, *, ref: str = "", **options) -> RunLog:
    with Repository(path) as repository:
        return HistoryImport(repository, by=IMPORTER, now=now, options=ReadingOptions(ref=ref), **options).run()


def export_repository(path: Path, at: datetime = NOW, **options):
    """Export to a repository, which must pass `git fsck`."""
    report = export_git(path, at=at, **options)
    git(path, "fsck", "--strict", "--no-dangling")
    return report


def commit_ids(path: Path) -> list[str]:
    """Return the ids of the main branch's commits, oldest first."""
    return git(path, "rev-list", "--first-parent", "--reverse", "main").decode().split()


def blob_ids(path: Path, commit: str = "main") -> dict[str, str]:
    """Return the ids of the blobs in a commit's tree by path, except the site's config."""
    lines = git(path, "ls-tree", "-r", "-z", commit).decode().split("\0")[:-1]
    blobs = {line.partition("\t")[2]: line.split()[2] for line in lines}
    return {name: blob for name, blob in blobs.items() if name != "hugo.toml"}


def files(path: Path, commit: str = "main") -> dict[str, str]:
    """Return the contents of a commit's files by path, except the site's config."""
    return {name: git(path, "cat-file", "blob", blob).decode() for name, blob in blob_ids(path, commit).items()}


def file_changes(path: Path) -> list[list[str]]:
    """Return the changes of each commit in git's notation: `A`, `M` or `D` and a path."""
    return [
        sorted(line for line in output.decode().replace("\t", " ").splitlines() if not line.endswith(" hugo.toml"))
        for name in commit_ids(path)
        for output in [git(path, "diff-tree", "--root", "--no-commit-id", "--no-renames", "--name-status", "-r", name)]
    ]


def commit_messages(path: Path) -> list[str]:
    return [git(path, "cat-file", "commit", name).decode().partition("\n\n")[2] for name in commit_ids(path)]


def published_state() -> dict:
    """Return what readers can see: the versions of all pages, redirects and withdrawn pages."""
    pages: dict = {path: {} for path in Page.objects.values_list("path", flat=True)}
    for text in VersionText.objects.with_modified_at(NOW).select_related("version__page", "revision"):
        version = text.version
        values = (text.revision.digest, text.significance, text.based_on, text.modified_at, text.pictures)
        texts = pages[version.page.path].setdefault((version.number, version.effective_at), {})
        texts[text.language] = (*values, text.change_note)
    redirects = dict(Redirect.objects.values_list("old_path", "page__path"))
    return {"pages": pages, "redirects": redirects, "withdrawn": withdrawn_paths()}


def withdrawn_paths() -> set[str]:
    return set(Page.objects.withdrawn(NOW).values_list("path", flat=True))


@contextmanager
def rolled_back():
    """Roll the database back at the end of the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
