"""A repository that this site exported, in which translators work, for example with Weblate."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import HistoryImport
from pages.hugo.importing.imported_trees import ImportedWithoutHistory
from pages.hugo.importing.tree_import import import_tree
from pages.hugo.site_structure.reading_options import ReadingOptions
from pages.models import (
    ImportedCommit,
    LinkGroup,
    Page,
    PublicationRecord,
    Redirect,
    Revision,
    SiteSettings,
    Version,
)
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language
from tests.exports import IMPORTER, commit_ids, export_repository, files
from tests.reports import reasons
from tests.repositories import RepositoryBuilder, git
from tests.trees import write_tree

pytestmark = pytest.mark.django_db

MAY = datetime(2024, 5, 1, 12, tzinfo=UTC)
JUNE = datetime(2024, 6, 1, 12, tzinfo=UTC)
JULY = datetime(2024, 7, 1, 12, tzinfo=UTC)
WEBLATE = ("Olga", "olga@example.org")
MESSAGE = "Translated using Weblate (Russian)\n\nCurrently translated at 100.0% (3 of 3 strings)\n"


@pytest.fixture
def page():
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, MAY, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, MAY + timedelta(days=1))
    return page


@pytest.fixture
def repository(page, tmp_path):
    path = tmp_path / "site.git"
    export_repository(path, at=JUNE)
    return path


def path_in(repository, language):
    return next(path for path in files(repository) if path.startswith(f"content/{language}/"))


def translate(repository, before, after, language="ru", day=1):
    """Commit as Weblate does: one file is written again, with the translator as the author."""
    path = path_in(repository, language)
    text = files(repository)[path]
    assert before in text
    with RepositoryBuilder(repository) as builder:
        seconds = int((JUNE + timedelta(days=day)).timestamp())
        builder.commit(
            {path: text.replace(before, after)},
            message=MESSAGE,
            author=WEBLATE,
            committer=("Weblate", "noreply@example.org"),
            date=f"{seconds} +0000",
        )


def run_import(repository, now=JULY, **options):
    with Repository(repository) as opened:
        return HistoryImport(opened, by=IMPORTER, now=now, options=ReadingOptions(**options)).run()


def bodies(page):
    return {language: text.revision.fields.body for language, text in texts_by_language(newest(page)).items()}


def newest(page):
    return page.versions.order_by("number").last()


def status(page, language, at=JULY):
    texts = texts_by_language(newest(page))
    source_digest = texts[page.source_language].revision.digest
    based_on = texts[language].based_on
    if based_on is None:
        return None
    basis = texts_by_language(page.versions.get(number=based_on))[page.source_language]
    return basis.revision.digest == source_digest


def count_rows():
    return [model.objects.count() for model in (Page, Revision, Version, PublicationRecord, ImportedCommit)]


def test_import_of_the_sites_own_export_changes_nothing(page, repository):
    before = count_rows()
    log = run_import(repository)
    assert (count_rows(), log.lines) == (before, [])


def test_commit_of_a_translator_becomes_a_version(page, repository):
    translate(repository, "Один.", "Два.")
    run_import(repository)
    version = newest(page)
    assert (version.number, bodies(page)) == (3, {"en": "Two.", "ru": "Два."})
    texts = texts_by_language(version)
    assert (texts["ru"].revision.author, texts["ru"].based_on, texts["en"].significance) == ("Olga", 3, "unchanged")
    assert status(page, "ru")
    assert draft_revision(page, "ru").digest == texts["ru"].revision.digest


def test_round_has_no_loop(page, repository):
    translate(repository, "Один.", "Два.")
    run_import(repository)
    before, ids = count_rows(), commit_ids(repository)
    export_repository(repository, at=JULY)
    run_import(repository, now=JULY + timedelta(days=1))
    assert (count_rows(), commit_ids(repository)) == (before, ids)


def test_rounds_follow_each_other(page, repository):
    translate(repository, "Один.", "Два.")
    run_import(repository, now=JUNE + timedelta(days=2))
    publish_bodies(page, {"en": "Three."}, JUNE + timedelta(days=3))
    export_repository(repository, at=JUNE + timedelta(days=4))
    translate(repository, "Два.", "Три.", day=5)
    run_import(repository)
    assert (newest(page).number, bodies(page)) == (5, {"en": "Three.", "ru": "Три."})
    assert status(page, "ru")
    translate(repository, "Три.", "Три!", day=6)
    run_import(repository, now=JULY + timedelta(days=1))
    assert bodies(page) == {"en": "Three.", "ru": "Три!"}
    assert ImportedCommit.objects.count() == 3


def test_translation_of_an_older_source_is_not_up_to_date(page, repository):
    translate(repository, "Один.", "Два.")
    publish_bodies(page, {"en": "Three."}, JUNE + timedelta(days=3))
    run_import(repository)
    assert bodies(page) == {"en": "Three.", "ru": "Два."}
    assert (texts_by_language(newest(page))["ru"].based_on, status(page, "ru")) == (2, False)


def test_text_that_both_sides_changed_is_kept_and_named(page, repository):
    translate(repository, "Один.", "Два.")
    save_bodies(page, JUNE + timedelta(days=2), ru="Мой черновик.")
    log = run_import(repository)
    assert bodies(page) == {"en": "Two.", "ru": "Один."}
    assert draft_revision(page, "ru").fields.body == "Мой черновик."
    assert page.revisions.filter(language="ru").order_by("pk").last().fields.body == "Два."
    assert list(reasons(log, LineKind.DRAFT_REVISION)) == [path_in(repository, "ru")]


def test_commits_become_drafts_if_asked(page, repository):
    translate(repository, "Один.", "Два.")
    translate(repository, "Два.", "Два!", day=2)
    log = run_import(repository, as_drafts=True)
    assert (newest(page).number, bodies(page)["ru"]) == (2, "Один.")
    assert list(reasons(log, LineKind.ASKED_DRAFT)) == [path_in(repository, "ru")]
    assert not reasons(log, LineKind.DRAFT)
    assert draft_revision(page, "ru").fields.body == "Два!"
    before = count_rows()
    run_import(repository, as_drafts=True)
    assert count_rows() == before


def test_import_to_drafts_leaves_redirects_settings_and_links(page, repository):
    Redirect.objects.create(old_path="old", page=page)
    config = git(repository, "show", "main:hugo.toml").decode()
    menu = '[[languages.en.menus.main]]\nname = "Blog"\nurl = "https://example.org/"\n'
    with RepositoryBuilder(repository) as builder:
        files = {"content/en/old.md": "New.", "hugo.toml": f'copyright = "CC BY 4.0"\n{config}\n{menu}'}
        builder.commit(files, date=f"{int(JUNE.timestamp())} +0000")
    call_command("import_hugo", repository, "--history", "--as", "drafts")
    assert Redirect.objects.get().old_path == "old"
    assert not LinkGroup.objects.exists()
    assert not SiteSettings.objects.exclude(licence_name_en=None).exists()
    assert draft_revision(Page.objects.get(path="old"), "en").fields.body == "New."
    # They come with the first import that publishes.
    call_command("import_hugo", repository, "--history", "--as", "versions")
    assert (SiteSettings.objects.get().licence_name_en, LinkGroup.objects.count()) == ("CC BY 4.0", 1)


def test_setting_that_was_emptied_since_the_export_stays_empty(page, tmp_path):
    SiteSettings.objects.create(notice_en="Maintenance.")
    export_repository(tmp_path / "site.git", at=JUNE)
    SiteSettings.objects.update(notice_en="")
    with RepositoryBuilder(tmp_path / "site.git") as builder:
        config = git(tmp_path / "site.git", "show", "main:hugo.toml").decode()
        files = {"hugo.toml": f'copyright = "CC BY 4.0"\n{config}'}
        builder.commit(files, date=f"{int(JUNE.timestamp())} +0000")
    call_command("import_hugo", tmp_path / "site.git", "--history")
    site = SiteSettings.objects.get()
    assert (site.notice_en, site.licence_name_en) == ("", "CC BY 4.0")


def test_choice_of_drafts_is_kept_also_if_nothing_was_new(page, repository):
    for arguments in ((), ("--as", "drafts")):
        call_command("import_hugo", repository, "--history", *arguments)
    translate(repository, "Один.", "Два.")
    call_command("import_hugo", repository, "--history")
    assert (bodies(page)["ru"], draft_revision(page, "ru").fields.body) == ("Один.", "Два.")


def test_published_draft_of_a_translator_goes_back_to_the_repository(page, repository):
    translate(repository, "Один.", "Два.")
    run_import(repository, as_drafts=True)
    publish_bodies(page, {"ru": "Два."}, JULY, confirmed=["ru"])
    export_repository(repository, at=JULY + timedelta(days=1))
    before, texts = count_rows(), files(repository)
    assert "Два." in texts[path_in(repository, "ru")]
    run_import(repository, now=JULY + timedelta(days=2))
    assert count_rows() == before


def test_language_that_is_not_in_the_repository_stays(page, repository):
    translate(repository, "Один.", "Два.")
    publish_bodies(page, {"de": "Zwei."}, JUNE + timedelta(days=2), confirmed=["de"])
    run_import(repository)
    assert bodies(page) == {"de": "Zwei.", "en": "Two.", "ru": "Два."}


def test_deleted_translation_is_removed(page, repository):
    with RepositoryBuilder(repository) as builder:
        builder.commit({path_in(repository, "ru"): None}, date=f"{int(JUNE.timestamp())} +0000")
    run_import(repository)
    assert bodies(page) == {"en": "Two."}


def test_deleted_translation_that_was_edited_here_stays_and_is_named(page, repository):
    with RepositoryBuilder(repository) as builder:
        builder.commit({path_in(repository, "ru"): None}, date=f"{int(JUNE.timestamp())} +0000")
    save_bodies(page, JUNE, ru="Мой черновик.")
    log = run_import(repository)
    assert bodies(page) == {"en": "Two.", "ru": "Один."}
    assert reasons(log, LineKind.NOT_APPLIED) == {"/policy/": ["ru was deleted"]}


def test_nothing_is_published_while_an_announcement_waits(page, repository):
    translate(repository, "Один.", "Два.")
    publish_bodies(page, {"en": "Announced."}, JUNE, effective_at=JULY + timedelta(days=30))
    run_import(repository)
    assert page.versions.count() == 3
    assert page.revisions.filter(language="ru").order_by("pk").last().fields.body == "Два."


def test_nothing_is_published_on_a_withdrawn_page(page, repository):
    translate(repository, "Один.", "Два.")
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=JUNE + timedelta(days=2))
    run_import(repository)
    assert newest(page).number == 2
    assert Page.objects.withdrawn(JULY).filter(pk=page.pk).exists()


def test_page_that_moved_since_the_export_is_recognised(page, repository):
    translate(repository, "Один.", "Два.")
    move(page, slug="rules", parent=None, by=EDITOR, now=JUNE + timedelta(days=2))
    run_import(repository)
    page.refresh_from_db()
    assert (page.path, bodies(page)["ru"], Page.objects.count()) == ("rules", "Два.", 1)


def test_exported_commit_whose_text_was_changed_is_not_ignored(page, repository):
    commit = commit_ids(repository)[-1]
    message = git(repository, "log", "-1", "--format=%B", commit).decode()
    text = files(repository)[path_in(repository, "en")]
    with RepositoryBuilder(repository) as builder:
        builder.commit(
            {path_in(repository, "en"): text.replace("Two.", "Forged.")},
            message=message,
            parents=[f"{commit}^"],
            date=f"{int(JUNE.timestamp())} +0000",
        )
    run_import(repository)
    stored = [revision.fields.body for revision in page.revisions.filter(language="en")]
    assert "Forged." in stored


def commit_with_trailers_of(repository, commit, files):
    """Commit as somebody does who amends, squashes or copies a commit of this site."""
    message = git(repository, "log", "-1", "--format=%B", commit).decode()
    with RepositoryBuilder(repository) as builder:
        builder.commit(files, message=message, date=f"{int(JUNE.timestamp())} +0000")


def test_commit_with_copied_trailers_does_not_write_to_the_page_of_the_record(page, repository):
    publish_bodies(page, {}, JUNE, removed=["ru"])
    commit_with_trailers_of(repository, commit_ids(repository)[-1], {"content/ru/other.md": "Иное."})
    run_import(repository)
    assert bodies(page) == {"en": "Two."}
    assert bodies(Page.objects.get(path="other")) == {"ru": "Иное."}


def test_deletion_with_copied_trailers_is_not_ignored(page, repository):
    commit_with_trailers_of(repository, commit_ids(repository)[-1], {path_in(repository, "ru"): None})
    run_import(repository)
    assert bodies(page) == {"en": "Two."}


@pytest.mark.parametrize("runs", [1, 2])
def test_copy_of_an_exported_commit_brings_the_earlier_text_back(page, repository, runs):
    first, text = commit_ids(repository)[-1], files(repository)[path_in(repository, "en")]
    publish_bodies(page, {"en": "Three."}, JUNE)
    export_repository(repository, at=JUNE + timedelta(hours=1))
    if runs == 2:
        translate(repository, "Один.", "Три.")
        run_import(repository)
    commit_with_trailers_of(repository, first, {path_in(repository, "en"): text})
    run_import(repository)
    assert bodies(page)["en"] == "Two."


def test_export_of_a_sample_is_not_recognised_because_the_sample_is_removed(tmp_path, capsys):
    call_command("loadstarter")
    call_command("export_git", tmp_path / "sample.git")
    capsys.readouterr()
    call_command("import_hugo", tmp_path / "sample.git", "--history", "--dry-run")
    assert "Commits to import: 2, of which 2 with texts." in capsys.readouterr().out


def test_commits_of_another_site_are_imported(page, repository, tmp_path):
    other = tmp_path / "other.git"
    git(".", "clone", "-q", "--bare", str(repository), str(other))
    message = b"Other\n\nPublication-Record: 2\nPublication-Log-Head: " + b"0" * 64 + b"\n"
    with RepositoryBuilder(other) as builder:
        text = files(repository)[path_in(repository, "ru")].replace("Один.", "Иначе.")
        builder.commit({path_in(repository, "ru"): text}, message=message, date=f"{int(JUNE.timestamp())} +0000")
    run_import(other)
    assert bodies(page)["ru"] == "Иначе."


IMPORTED = "content/{}/imported.md"


@pytest.fixture
def imported(tmp_path):
    """Return the page of a history with a file that exports leave out, so that their commits have other ids."""
    with RepositoryBuilder(tmp_path / "original.git") as builder:
        for day, (english, russian) in enumerate([("One.", "Один."), ("Two.", "Два.")]):
            files = {IMPORTED.format("en"): english, IMPORTED.format("ru"): russian, "README.txt": str(day)}
            builder.commit(
                files, message=f"Commit {day}\n", date=f"{int((MAY + timedelta(days=day)).timestamp())} +0000"
            )
    run_import(tmp_path / "original.git", now=JUNE)
    return Page.objects.get(path="imported")


def test_export_of_imported_commits_changes_nothing_and_takes_translations(imported, tmp_path):
    repository = tmp_path / "export.git"
    export_repository(repository, at=JUNE)
    before = count_rows()
    run_import(repository)
    assert count_rows() == before
    translate(repository, "Два.", "Два!")
    run_import(repository)
    assert (newest(imported).number, bodies(imported)) == (3, {"en": "Two.", "ru": "Два!"})
    assert status(imported, "ru")
    assert not set(commit_ids(tmp_path / "original.git")) & set(commit_ids(repository))


def test_history_of_texts_that_were_imported_without_it_is_refused(tmp_path):
    files = {IMPORTED.format("en"): "---\nlastmod: 2024-05-01\n---\n\nTwo.\n"}
    import_tree(write_tree(tmp_path / "tree", files), by=IMPORTER, now=JUNE)
    with RepositoryBuilder(tmp_path / "site.git") as builder:
        builder.commit({IMPORTED.format("en"): "One.\n"}, date=f"{int(MAY.timestamp())} +0000")
        builder.commit(files, date=f"{int(MAY.timestamp()) + 86_400} +0000")
    before = count_rows()
    with pytest.raises(ImportedWithoutHistory, match=r"content/en/imported\.md was imported without its history"):
        run_import(tmp_path / "site.git")
    assert count_rows() == before
