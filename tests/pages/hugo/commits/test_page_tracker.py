"""Random histories come in as a plain tracker of them says, at once or in pieces, and go out and in again."""

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
from pages.models import Page, Redirect, VersionText
from tests.exports import blob_ids, commit_ids, export_repository, import_repository, published_state, rolled_back
from tests.naive_replay import BODIES, NaiveSite
from tests.repositories import Builder

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
PLACES = [(name, language) for name in ("a", "b", "c") for language in ("en", "ru")]
DATES = st.integers(1_690_000_000, 1_730_000_000)
WRITTEN = {"list *": "* item\n* item", "list -": "- item\n- item"}


def content(identity, language, body):
    """Return a file that is like that of no other page or language, and much like itself with another body."""
    words = "".join(f"{identity}{language}{number} stands here and nowhere else.\n\n" for number in range(12))
    written = WRITTEN.get(body, "{}").format(f"{body} {identity} {language}")
    return f"---\ntitle: Title\n---\n\n{words}{written}\n".encode()


def test_structure_is_not_looked_for_while_nothing_comes_or_goes(monkeypatch):
    asked = []

    def counted(paths, *arguments, **options):
        asked.append(sorted(paths))
        return detect_structure(paths, *arguments, **options)

    monkeypatch.setattr(page_tracker, "detect_structure", counted)
    files = PageTracker(lambda _blobs: {}, ["en"], "en")
    for number in range(5):
        files.apply([FileChange("docs/a.md", f"{number}")], f"{number}")
    files.apply([FileChange("en/a.md", "a")], "5")
    files.apply([FileChange("en/a.md", "b"), FileChange("docs/b.md", "b")], "6")
    assert asked == [["docs/a.md"], ["docs/a.md", "en/a.md"]]


@st.composite
def histories(draw):
    """Draw steps: a date, if it is a merge, a new name for an old one or None, and bodies by name and language."""
    there, number = {}, 0
    steps = [(draw(DATES), False, None, {("a", "en"): "one"})]
    there["a", "en"] = "one"
    for number in range(draw(st.integers(0, 7))):
        present = sorted({name for name, _ in there})
        if present and draw(st.integers(0, 3)) == 0:
            old, new = draw(st.sampled_from(present)), f"n{number}"
            there = {(new if name == old else name, language): body for (name, language), body in there.items()}
            steps.append((draw(DATES), draw(st.booleans()), (old, new), {}))
            continue
        places = draw(st.lists(st.sampled_from(PLACES), min_size=1, unique=True))
        bodies = {place: draw(st.sampled_from([*BODIES, None])) for place in places}
        changes = {place: body for place, body in bodies.items() if body or place in there}
        there = {place: body for place, body in (there | changes).items() if body}
        steps.append((draw(DATES), draw(st.booleans()), None, changes))
    return steps


def write(path, steps):
    """Write the steps to a repository; return the bodies by the bytes of their files."""
    identities, files, bodies = {}, {}, {}
    with Builder(path) as site:
        last = None
        for number, (date, is_merge, renamed, changes) in enumerate(steps):
            changed = {}
            if renamed:
                old, new = renamed
                identities[new] = identities.pop(old)
                for name, language in [place for place in files if place[0] == old]:
                    changed[name, language], changed[new, language] = None, files[name, language]
            for (name, language), body in changes.items():
                identity = identities.setdefault(name, f"{name}{number}x")
                changed[name, language] = body and content(identity, language, body)
                bodies[changed[name, language]] = body
            files = {place: written for place, written in (files | changed).items() if written}
            named = {f"content/{language}/{name}.md": written for (name, language), written in changed.items()}
            options = {"date": f"{date} +0000", "message": f"CommitChanges {number}"}
            if is_merge and last:
                side = site.commit(named, branch="side", parents=[last], **options)
                last = site.commit(named, parents=[last, side], **options)
            else:
                last = site.commit(named, **options)
    return bodies


def expected(steps):
    """Return what the plain tracker makes of the steps."""
    site = NaiveSite(int(NOW.timestamp()))
    for date, _is_merge, renamed, changes in steps:
        if renamed:
            site.rename(date, *renamed)
        else:
            site.commit(date, changes)
    return site.readers_have()


def found(bodies):
    """Return what the site has, in the form of the plain tracker."""
    versions = {page.path: [] for page in Page.objects.all()}
    rows = VersionText.objects.select_related("version__page", "revision").order_by("version__number")
    for text in rows:
        of_page, version = versions[text.version.page.path], text.version
        if len(of_page) < version.number:
            of_page.append((int(version.effective_at.timestamp()), {}))
        said = (bodies[bytes(text.revision.source)], text.significance, text.based_on)
        of_page[-1][1][text.language] = (*said, int(text.modified_at.timestamp()))
    gone = set(Page.objects.withdrawn(NOW).values_list("path", flat=True))
    return versions, gone, dict(Redirect.objects.values_list("old_path", "page__path"))


# Each makes two repositories and imports them thrice.
@settings(max_examples=settings().max_examples // 4)
@given(histories(), st.integers(0, 7))
def test_history_comes_in_as_its_replay_says_and_goes_out_and_in_again(steps, split):
    with tempfile.TemporaryDirectory() as name:
        repository, copy = Path(name) / "site.git", Path(name) / "copy.git"
        bodies = write(repository, steps)
        ids = commit_ids(repository)
        with rolled_back():
            import_repository(repository, NOW)
            assert found(bodies) == expected(steps)
            assert list(verification.find_problems()) == []
            whole = published_state()
            export_repository(copy, NOW)
        # A commit that left all files as they were makes nothing.
        texts = [tree for tree, _ in groupby(blob_ids(repository, one) for one in ids)]
        assert [blob_ids(copy, one) for one in commit_ids(copy)] == texts
        with rolled_back():
            import_repository(repository, NOW, ref=ids[min(split, len(ids) - 1)])
            import_repository(repository, NOW)
            assert published_state() == whole
        with rolled_back():
            import_repository(copy, NOW)
            assert published_state() == whole
