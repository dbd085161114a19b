"""Import of git histories: the cases of `history_cases`, repeated imports, and the options of the command."""

import json
import re
import secrets
import tracemalloc
from contextlib import suppress
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.history import verification
from pages.history.translation_status import assess_version
from pages.hugo.git.repository import Repository
from pages.hugo.importing import history_import
from pages.hugo.importing.history_import import ConcurrentImport, HistoryImport
from pages.hugo.site_structure.detection import NoContentFound
from pages.models import ImportedCommit, Page, PublicationRecord, Redirect, Revision, Version, VersionText
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import move
from pages.publishing.reverts import revert
from tests.building import EDITOR, make_fields
from tests.exports import import_repository, rolled_back
from tests.histories import (
    FIRST_TIMESTAMP,
    INTERVAL,
    as_commit_spec,
    build_repository,
    commit,
    find_import_problems,
    import_history,
    redirects,
    replace_commit_ids,
    shifted_timestamps,
    split_plan,
    versions_of_pages,
    withdrawn_pages,
)
from tests.pages.hugo.importing.history_cases import addresses, renames, structures, texts
from tests.reports import comparable_lines
from tests.repositories import git
from tests.trees import markdown

pytestmark = pytest.mark.django_db

EN = "content/en/a.md"
CASES = [*texts.CASES, *renames.CASES, *addresses.CASES, *structures.CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_history_is_imported_as_its_case_says(tmp_path, capsys, case):
    ids = build_repository(tmp_path / "site.git", case.commits)
    status, lines = import_history(tmp_path / "site.git", capsys, *case.options)
    dates = [
        FIRST_TIMESTAMP + INTERVAL * position if spec.at is None else spec.at
        for position, spec in enumerate(map(as_commit_spec, case.commits))
    ]
    assert versions_of_pages(ids) == case.pages
    assert comparable_lines(replace_commit_ids(lines, ids), case.lines) == sorted(case.lines)
    assert status == case.status
    assert shifted_timestamps(ids, dates) == case.timestamps
    assert redirects() == case.redirects
    assert withdrawn_pages(ids) == case.withdrawn
    newest = {name: last_revision(*name) for name in (*case.titles, *case.bytes)}
    assert {name: newest[name].title for name in case.titles} == case.titles
    assert {name: bytes(newest[name].source) for name in case.bytes} == case.bytes
    assert list(find_import_problems(tmp_path / "site.git")) == []


def imported_content():
    """Return everything that an import stores, except primary keys and recording times."""
    queries = {
        "pages": Page.objects.values_list("uuid", "path", "weight", "source_language", "parent__uuid"),
        "texts": VersionText.objects.with_modified_at(timezone.now()).values_list(
            *("version__page__uuid", "version__number", "version__published_at", "language", "revision__blob"),
            *("revision__file_name", "significance", "note__content", "based_on", "modified_at", "pictures"),
        ),
        "revisions": Revision.objects.values_list("page__uuid", "language", "blob", "file_name", "is_draft_head"),
        "commits": ImportedCommit.objects.values_list("commit_id", "files", "site_structure"),
        "redirects": Redirect.objects.values_list("old_path", "page__uuid"),
    }
    stored = {name: sorted(query, key=str) for name, query in queries.items()}
    records = map(json.loads, PublicationRecord.objects.order_by("number").values_list("canonical", flat=True))
    return stored | {"records": [without(record, "recorded_at", "previous", "site") for record in records]}


def without(record, *names):
    return {name: value for name, value in record.items() if name not in names}


@pytest.mark.parametrize("case", [*addresses.RESUMED, *structures.CASES], ids=lambda case: case.name)
def test_two_imports_have_the_same_result_as_one(tmp_path, case, monkeypatch):
    # The same salts in both, so that the records have the same digests.
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    path = tmp_path / "site.git"
    ids = build_repository(path, case.commits)
    with rolled_back():
        import_repository(path)
        complete = imported_content()
    for commit_id in ids[:-1]:
        with rolled_back():
            with suppress(NoContentFound):
                import_repository(path, ref=commit_id)
            import_repository(path)
            assert imported_content() == complete, commit_id


RENAMED = [
    {"en-US/a.md": "# One", "ru/a.md": "# Один", "fr/a.md": "# Un"},
    {"en-US/a.md": "# Two", "ru/a.md": "# Два"},
    commit(moves={"en-US": "en"}),
]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ({}, {"fr": "behind", "ru": "up to date"}),
        ({"en/a.md": "# Three"}, {"fr": "behind", "ru": "behind"}),
        ({"fr/a.md": "# Deux"}, {"fr": "up to date", "ru": "up to date"}),
    ],
)
def test_translations_keep_their_status_when_the_source_language_gets_another_code(tmp_path, last, expected):
    build_and_import(tmp_path, [*RENAMED, last])
    page = Page.objects.get()
    assert (page.source_language, statuses(page)) == ("en", expected)


def test_translations_are_behind_when_the_source_changes_together_with_its_code(tmp_path):
    build_and_import(tmp_path, [*RENAMED[:2], {"en-US/a.md": None, "en/a.md": "# Two or three"}])
    assert statuses(Page.objects.get()) == {"fr": "behind", "ru": "behind"}


def test_source_language_stays_when_only_another_language_is_left(tmp_path):
    build_and_import(tmp_path, [*RENAMED[:2], {"en-US/a.md": None, "ru/a.md": "# Три"}])
    page = Page.objects.get()
    assert (page.source_language, statuses(page)) == ("en-us", {})


def test_section_whose_index_moved_redirects_readers(tmp_path, client):
    files = {"content/en/s/_index.md": markdown("S", "The text of the section."), "content/en/s/a.md": "One"}
    build_and_import(tmp_path, [files, commit(moves={"content/en/s/_index.md": "content/en/b.md"})])
    responses = [client.get(url) for url in ("/s/", "/s/history/", "/s/a/", "/b/")]
    assert [(response.status_code, response.headers.get("Location")) for response in responses] == [
        (301, "/b/"),
        (301, "/b/history/"),
        (200, None),
        (200, None),
    ]


def statuses(page):
    version = page.versions.order_by("-number").first()
    texts = {text.language: text for text in version.texts.select_related("revision")}
    assessments = assess_version(version, texts, timezone.now())
    return {name: str(assessment.status) for name, assessment in assessments.items()}


def build_and_import(folder, commits):
    build_repository(folder / "site.git", commits)
    import_repository(folder / "site.git")


def everything():
    """Return everything that an import can change."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("pages").get_models()
    }


@pytest.fixture
def extend_repository(tmp_path):
    """Return a function that returns the path of a repository with the earlier commits and further ones."""
    commits = []

    def extend(*new_commits):
        path = tmp_path / f"{len(commits)}.git"
        commits.extend(new_commits)
        build_repository(path, commits)
        return path

    return extend


def edit(body, language="en"):
    return save_draft(Page.objects.get(), {language: make_fields(body)}, by=EDITOR, now=timezone.now())


def test_second_import_only_imports_new_commits(extend_repository, capsys):
    import_history(extend_repository({EN: markdown("A", "One")}), capsys)
    path = extend_repository({EN: markdown("A", "Two")})
    assert import_history(path, capsys) == (
        0,
        ["Commits imported: 1, of which 1 with texts. Pages created: 0. Versions published: 1."],
    )
    before = everything()
    assert import_history(path, capsys) == (0, ["Nothing new: all commits were imported before."])
    assert everything() == before


def test_skipped_files_are_reported_once(tmp_path, capsys):
    path = tmp_path / "site.git"
    build_repository(path, [{"en/a.md": "One"}, {"docs/notes.md": "Notes"}])
    assert import_history(path, capsys)[0] == 1
    assert import_history(path, capsys) == (0, ["Nothing new: all commits were imported before."])


def test_commit_with_a_future_date_is_in_force_now(tmp_path):
    days_ago, in_a_year = (int((timezone.now() + timedelta(days=days)).timestamp()) for days in (-3, 365))
    files = ({"content/en/a.md": name} for name in ("One", "Two"))
    commits = [commit(changed, at=at) for changed, at in zip(files, (days_ago, in_a_year), strict=True)]
    build_repository(tmp_path / "site.git", commits)
    log = import_repository(tmp_path / "site.git")
    now = timezone.now()
    (version,) = Version.objects.in_force(now)
    assert (version.number, version.effective_at <= now, version.published_at <= now) == (2, True, True)
    assert not PublicationRecord.objects.filter(at__gt=now).exists()
    assert [str(line.message) for line in log.lines] == [
        "the commit is dated in the future; its version has the time of the import"
    ]


def test_import_of_another_language_does_not_change_existing_pages(tmp_path, capsys):
    files = {"content/en/a.md": "One"}, {"content/ru/_index.md": "Дом"}
    build_repository(tmp_path / "site.git", files[:1])
    import_history(tmp_path / "site.git", capsys)
    build_repository(tmp_path / "again.git", files)
    assert import_history(tmp_path / "again.git", capsys, "--languages", "ru")[0] == 0
    languages = {page.path: list(page.revisions.values_list("language", flat=True)) for page in Page.objects.all()}
    assert languages == {"a": ["en"], "": ["ru"]}


def test_concurrent_imports_import_each_commit_once(extend_repository, monkeypatch):
    monkeypatch.setattr(history_import, "BATCH_COMMITS", 1)
    path = extend_repository({EN: markdown("A", "One")}, {EN: markdown("A", "Two")}, {EN: markdown("A", "Three")})

    def import_concurrently(_done, _total):
        with Repository(path) as repository:
            HistoryImport(repository, by=EDITOR, now=timezone.now()).run()

    with Repository(path) as repository, pytest.raises(ConcurrentImport, match="Another import of the same commits"):
        HistoryImport(repository, by=EDITOR, now=timezone.now(), progress=import_concurrently).run()
    assert list(Version.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_dry_run_ends_after_the_plan_and_changes_nothing(extend_repository, capsys):
    path, before = extend_repository({EN: markdown("A", "![a](/a.svg)"), "content/en/b.md": ""}), everything()
    status, plan = import_history(path, capsys, "--dry-run")
    assert (status, plan[0], plan[-1], everything()) == (1, "Import plan", "Dry run: nothing was imported.", before)
    with suppress(SystemExit):
        call_command("import_hugo", str(path), "--history")
    assert split_plan(capsys.readouterr().out)[0] == plan[:-1]


def test_page_that_was_edited_on_this_site_keeps_its_texts(extend_repository, capsys, client):
    import_history(extend_repository({EN: markdown("A", "One")}), capsys)
    edit("Here")
    status, lines = import_history(extend_repository({EN: markdown("A", "Two")}), capsys)
    expected = [f"Kept as a draft revision because the page was edited on this site: {EN}"]
    assert (status, comparable_lines(lines, expected)) == (1, expected)
    assert Version.objects.count() == 1
    revision = Revision.objects.get(is_draft_head=False)
    assert (revision.title, bytes(revision.source)) == ("A", markdown("A", "Two").encode())
    assert Page.objects.get().draft_text("en")["body"] == "Here"


def test_page_that_was_edited_on_this_site_is_neither_moved_nor_withdrawn(extend_repository, capsys):
    body = "".join(f"Sentence {number} is long enough to be recognised.\n" for number in range(9))
    import_history(extend_repository({EN: markdown("A", body)}), capsys)
    edit("Here")
    status, lines = import_history(
        extend_repository(commit(moves={EN: "content/en/b.md"}), {"content/en/b.md": None}), capsys
    )
    assert status == 1
    assert [line.rpartition(" (commit ")[0] for line in lines[2:]] == [
        "Not applied because the page was edited on this site: /a/: it was moved to /b/",
        "Not applied because the page was edited on this site: /a/: en was deleted",
    ]
    assert [page.path for page in Page.objects.public(timezone.now())] == ["a"]


def test_revert_on_this_site_is_not_superseded_by_an_import(extend_repository, capsys):
    import_history(extend_repository({EN: markdown("A", "One")}, {EN: markdown("A", "Two")}), capsys)
    first = Version.objects.get(number=1)
    revert(
        first.page, first, ["en"], by=EDITOR, now=timezone.now(), notes={"en": "Back."}, significance={"en": "major"}
    )
    import_history(extend_repository({EN: markdown("A", "Three")}), capsys)
    assert Version.objects.count() == 3


def test_page_moved_by_an_editor_stays_there_until_its_files_are_renamed(extend_repository, capsys):
    import_history(extend_repository({EN: markdown("A", "One")}), capsys)
    move(Page.objects.get(), slug="here", parent=None, by=EDITOR, now=timezone.now())
    import_history(extend_repository({EN: markdown("A", "Two")}), capsys)
    assert (Page.objects.get().path, Version.objects.count()) == ("here", 2)


def test_notes_none_imports_no_change_notes(extend_repository, capsys):
    import_history(extend_repository({EN: markdown("A", "One")}, {EN: None}), capsys, "--notes", "none")
    assert Version.objects.get().texts.get().change_note == ""
    reasons = PublicationRecord.objects.get(kind="withdraw").reasons
    assert reasons == {"en": "The text was deleted in the repository.", "ru": "Текст удалён в репозитории."}


def test_ref_selects_the_history(extend_repository, capsys):
    path = extend_repository(
        {EN: markdown("A", "One")}, commit({EN: markdown("A", "Two")}, branch="side", parents=(0,))
    )
    git(path, "tag", "v1", "main")
    import_history(path, capsys, "--ref", "v1")
    assert Version.objects.count() == 1
    import_history(path, capsys, "--ref", "side")
    assert Version.objects.count() == 2


@pytest.mark.parametrize("ref", ["nowhere", "--upload-pack=x"])
def test_invalid_ref_exits_with_2(tmp_path, ref):
    build_repository(tmp_path / "site.git", [{EN: markdown("A", "One")}])
    with pytest.raises(CommandError, match=ref) as error:
        call_command("import_hugo", str(tmp_path / "site.git"), "--history", f"--ref={ref}")
    assert error.value.returncode == 2


def test_history_without_texts_exits_with_2(tmp_path):
    build_repository(tmp_path / "site.git", [{"a.txt": "One"}])
    with pytest.raises(CommandError, match="No texts found") as error:
        call_command("import_hugo", str(tmp_path / "site.git"), "--history")
    assert error.value.returncode == 2


def test_author_is_shown_and_the_whole_commit_is_stored(extend_repository, capsys):
    author = {"author": ("Bea", "bea@example.org"), "committer": ("Cem", "cem@example.org")}
    import_history(
        extend_repository(commit({EN: markdown("A", "One")}, message="Why\n\nBecause.\n", options=author)), capsys
    )
    stored = ImportedCommit.objects.get()
    assert (Revision.objects.get().author, PublicationRecord.objects.get(kind="publish").actor_name) == ("Bea", "Bea")
    date = f"{FIRST_TIMESTAMP} +0200"
    assert list(stored.people.values()) == ["Bea", "bea@example.org", date, "Cem", "cem@example.org", date]
    assert bytes(stored.message) == b"Why\n\nBecause.\n"


def last_revision(path, language):
    return Revision.objects.filter(page=Page.objects.get(path=path), language=language).latest("pk")


def test_verification_of_a_large_commit_needs_little_memory(tmp_path):
    build_and_import(tmp_path, [{f"content/en/{number}.md": f"Text {number}." for number in range(500)}])
    tracemalloc.start()
    try:
        assert list(verification.find_problems()) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000


def _import_translated(tmp_path, capsys, *options):
    """Import a page whose English and Russian texts change, with subjects in English, and which is then deleted."""
    files = [
        {"content/en/a.md": text, "content/ru/a.md": text} for text in (markdown("A", "One"), markdown("A", "Two"))
    ]
    build_repository(tmp_path / "site.git", [commit(text, message="Say how long data is kept") for text in files])
    import_history(tmp_path / "site.git", capsys, *options)


@pytest.mark.parametrize(("options", "language"), [((), "und"), (("--notes-language", "en"), "en")])
def test_readers_are_not_told_that_a_note_is_in_the_language_of_the_page(tmp_path, capsys, client, options, language):
    _import_translated(tmp_path, capsys, *options)
    assert set(VersionText.objects.exclude(note=None).values_list("note_language", flat=True)) == {language}
    for address in ("/ru/a/", "/ru/a/history/", "/ru/a/compare/1...2/", "/ru/a/feed.atom"):
        page = client.get(address).content.decode()
        assert "Say how long data is kept" in page
        opening = re.findall(r"<(\w+)([^>]*)>\s*Say how long data is kept", page)
        assert opening
        assert {re.findall(r'lang="(\w+)"', attributes)[0] for _, attributes in opening if "lang" in attributes} == {
            language
        }


def test_reason_of_a_withdrawal_is_not_said_to_be_in_the_language_of_the_page(tmp_path, capsys, client):
    files = [{"content/ru/a.md": markdown("A", "One")}, {"content/ru/a.md": None}]
    build_repository(tmp_path / "site.git", [commit(text, message="Say less") for text in files])
    import_history(tmp_path / "site.git", capsys)
    assert 'lang="und" dir="auto">Say less' in client.get("/ru/a/").content.decode()


def test_note_of_a_merge_is_what_was_merged(tmp_path, capsys):
    message = "Merge pull request #7 from someone/patch-1\n\nSay how long data is kept\n"
    build_repository(
        tmp_path / "site.git", [{EN: markdown("A", "One")}, commit({EN: markdown("A", "Two")}, message=message)]
    )
    import_history(tmp_path / "site.git", capsys)
    assert VersionText.objects.get(version__number=2).change_note == "Say how long data is kept"


def test_unknown_language_of_notes_exits_with_2(tmp_path):
    build_repository(tmp_path / "site.git", [{EN: markdown("A", "One")}])
    with pytest.raises(CommandError, match="--notes-language: 'no language' is not a language code") as error:
        call_command("import_hugo", tmp_path / "site.git", "--history", "--notes-language", "no language")
    assert error.value.returncode == 2
