"""Random histories: the import agrees with a reference implementation, and survives resuming and a round trip."""

import tempfile
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.history import verification
from pages.hugo.commits import page_tracker
from pages.hugo.commits.commit_changes import FileChange
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.site_structure.detection import detect_structure
from pages.hugo.site_structure.structure import SiteStructure
from pages.models import Page, Redirect, VersionText
from tests.exports import blob_ids, commit_ids, export_repository, import_repository, published_state, rolled_back
from tests.reference_import import BODIES, ImportedSite
from tests.repositories import RepositoryBuilder

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
FILES = [(name, language) for name in ("a", "b", "c") for language in ("en", "ru")]
DATES = st.integers(1_690_000_000, 1_730_000_000)
MARKDOWN = {"list *": "* item\n* item", "list -": "- item\n- item"}


def content(identity, language, body):
    """Return a file that is similar to itself with another body, but not to any other page or language."""
    unique = "".join(f"{identity}{language}{number} is in no other file.\n\n" for number in range(12))
    markdown = MARKDOWN.get(body, "{}").format(f"{body} {identity} {language}")
    return f"---\ntitle: Title\n---\n\n{unique}{markdown}\n".encode()


def test_structure_is_detected_again_only_if_files_are_added_or_deleted(monkeypatch):
    detected = []

    def record_and_detect(paths, *arguments):
        detected.append(sorted(paths))
        return detect_structure(paths, *arguments)

    monkeypatch.setattr(page_tracker, "detect_structure", record_and_detect)
    tracker = PageTracker(lambda _blobs: {}, SiteStructure("en", languages=frozenset({"en"})))
    for number in range(5):
        tracker.apply([FileChange("docs/a.md", f"{number}")], f"{number}")
    tracker.apply([FileChange("en/a.md", "a")], "5")
    tracker.apply([FileChange("en/a.md", "b"), FileChange("docs/b.md", "b")], "6")
    assert detected == [["docs/a.md"], ["docs/a.md", "en/a.md"]]


@st.composite
def histories(draw):
    """Draw commits: a date, whether it is a merge, an old and a new name or None, and bodies by name and language."""
    files = {("a", "en"): "one"}
    commits = [(draw(DATES), False, None, dict(files))]
    for number in range(draw(st.integers(0, 7))):
        names = sorted({name for name, _ in files})
        if names and draw(st.integers(0, 3)) == 0:
            old, new = draw(st.sampled_from(names)), f"n{number}"
            files = {(new if name == old else name, language): body for (name, language), body in files.items()}
            commits.append((draw(DATES), draw(st.booleans()), (old, new), {}))
            continue
        drawn = draw(st.lists(st.sampled_from(FILES), min_size=1, unique=True))
        bodies = {file: draw(st.sampled_from([*BODIES, None])) for file in drawn}
        changes = {file: body for file, body in bodies.items() if body or file in files}
        files = {file: body for file, body in (files | changes).items() if body}
        commits.append((draw(DATES), draw(st.booleans()), None, changes))
    return commits


def write(path, commits):
    """Write the commits to a repository. Return the bodies by the bytes of their files."""
    identities, files, bodies = {}, {}, {}
    with RepositoryBuilder(path) as site:
        last = None
        for number, (date, is_merge, renamed, changes) in enumerate(commits):
            changed = {}
            if renamed:
                old, new = renamed
                identities[new] = identities.pop(old)
                for name, language in [file for file in files if file[0] == old]:
                    changed[name, language], changed[new, language] = None, files[name, language]
            for (name, language), body in changes.items():
                identity = identities.setdefault(name, f"{name}{number}x")
                changed[name, language] = body and content(identity, language, body)
                bodies[changed[name, language]] = body
            files = {file: source for file, source in (files | changed).items() if source}
            by_path = {f"content/{language}/{name}.md": source for (name, language), source in changed.items()}
            options = {"date": f"{date} +0000", "message": f"Commit {number}"}
            if is_merge and last:
                side = site.commit(by_path, branch="side", parents=[last], **options)
                last = site.commit(by_path, parents=[last, side], **options)
            else:
                last = site.commit(by_path, **options)
    return bodies


def reference_state(commits):
    """Return what the reference implementation publishes for the commits."""
    site = ImportedSite(int(NOW.timestamp()))
    for date, _is_merge, renamed, changes in commits:
        if renamed:
            site.rename(date, *renamed)
        else:
            site.commit(date, changes)
    return site.state()


def site_state(bodies):
    """Return what this site has published, in the form of the reference implementation."""
    versions = {page.path: [] for page in Page.objects.all()}
    rows = VersionText.objects.with_modified_at(NOW).select_related("version__page", "revision")
    for text in rows.order_by("version__number"):
        page_versions, version = versions[text.version.page.path], text.version
        if len(page_versions) < version.number:
            page_versions.append((int(version.effective_at.timestamp()), {}))
        body, modified_at = bodies[bytes(text.revision.source)], int(text.modified_at.timestamp())
        page_versions[-1][1][text.language] = (body, text.significance, text.based_on, modified_at)
    withdrawn = set(Page.objects.withdrawn(NOW).values_list("path", flat=True))
    return versions, withdrawn, dict(Redirect.objects.values_list("old_path", "page__path"))


# Every example makes two repositories and imports three times, hence fewer examples.
@settings(max_examples=settings().max_examples // 4)
@given(histories(), st.integers(0, 7))
def test_import_agrees_with_the_reference_and_survives_resuming_and_a_round_trip(commits, split):
    with tempfile.TemporaryDirectory() as name:
        repository, copy = Path(name) / "site.git", Path(name) / "copy.git"
        bodies = write(repository, commits)
        ids = commit_ids(repository)
        with rolled_back():
            import_repository(repository, NOW)
            assert site_state(bodies) == reference_state(commits)
            assert list(verification.find_problems()) == []
            state = published_state()
            export_repository(copy, NOW)
        # A commit without changes is not exported.
        trees = [tree for tree, _ in groupby(blob_ids(repository, commit_id) for commit_id in ids)]
        assert [blob_ids(copy, commit_id) for commit_id in commit_ids(copy)] == trees
        with rolled_back():
            import_repository(repository, NOW, ref=ids[min(split, len(ids) - 1)])
            import_repository(repository, NOW)
            assert published_state() == state
        with rolled_back():
            import_repository(copy, NOW)
            assert published_state() == state
