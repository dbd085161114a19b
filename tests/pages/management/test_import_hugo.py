"""The output and exit status of `import_hugo`."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from pages.models import ImportRun, Page, Version
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from tests.building import make_fields
from tests.histories import not_configured_line, split_plan
from tests.processes import copy_prepared_site, manage
from tests.trees import markdown, write_tree

PRIVACY = "content/en/privacy.md"


def import_hugo(tree, capsys):
    """Return the exit status and the lines of the output."""
    status = 0
    try:
        call_command("import_hugo", str(tree))
    except SystemExit as error:
        status = error.code
    return status, split_plan(capsys.readouterr().out)[1]


@pytest.mark.django_db
def test_import_prints_a_report(tmp_path, capsys):
    tree = write_tree(tmp_path, {PRIVACY: "One", "content/ru/privacy.md": "Один"})
    assert import_hugo(tree, capsys) == (0, ["Pages created: 1. Versions published: 1. Pages unchanged: 0."])
    assert import_hugo(tree, capsys) == (0, ["Pages created: 0. Versions published: 0. Pages unchanged: 1."])


@pytest.mark.django_db
def test_text_without_a_date_is_published_now(tmp_path, capsys):
    before = timezone.now()
    import_hugo(write_tree(tmp_path, {PRIVACY: "One"}), capsys)
    assert before <= Version.objects.get().published_at <= timezone.now()


@pytest.mark.django_db
def test_import_reports_renamed_pages_drafts_and_languages_but_is_complete(tmp_path, capsys):
    files = {"history.md": "One", "terms.md": markdown("Terms", "Two", draft="true")}
    tree = write_tree(tmp_path, {f"content/en/{name}": content for name, content in files.items()})
    write_tree(tree, {"content/eo/history.md": "Unu"})
    status, lines = import_hugo(tree, capsys)
    assert (status, lines[1:]) == (
        0,
        [
            "Imported as a draft, because the source does not publish it: 1. Imported but not served: 1. Renamed: 1.",
            "Imported as a draft, because the source does not publish it: "
            "content/en/terms.md: its front matter has draft: true.",
            not_configured_line("eo"),
            "Renamed: content/en/history.md → /history-page/, because the name is reserved",
        ],
    )


@pytest.mark.django_db
def test_import_that_skipped_something_names_it_and_exits_with_1(tmp_path, capsys):
    tree = write_tree(tmp_path, {PRIVACY: "![a](/a.svg)", "content/en/empty.md": ""})
    status, lines = import_hugo(tree, capsys)
    assert (status, lines) == (
        1,
        [
            "Pages created: 1. Versions published: 1. Pages unchanged: 0.",
            "Skipped: 2.",
            "Skipped: content/en/empty.md: it is empty.",
            "Skipped: content/en/privacy.md: picture /a.svg: there is no such file in the tree.",
        ],
    )


@pytest.mark.django_db
def test_import_that_kept_a_draft_revision_names_it_and_exits_with_1(tmp_path, capsys):
    import_hugo(write_tree(tmp_path, {PRIVACY: "One"}), capsys)
    save_draft(Page.objects.get(), {"en": make_fields("Here")}, by=system_actor("Ann"), now=timezone.now())
    status, lines = import_hugo(write_tree(tmp_path, {PRIVACY: "Two"}), capsys)
    line = "Kept as a draft revision because the page was edited on this site: content/en/privacy.md"
    assert (status, lines[2:]) == (1, [line])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "No texts found: there is no folder “content”"),
        ({"content/en/a.md": "One", "hugo.toml": "="}, "hugo.toml cannot be read"),
    ],
)
def test_tree_that_cannot_be_read_exits_with_2(tmp_path, files, reason):
    for name, content in files.items():
        write_tree(tmp_path, {name: content})
    with pytest.raises(CommandError, match=reason) as error:
        call_command("import_hugo", str(tmp_path))
    assert error.value.returncode == 2
    assert not ImportRun.objects.exists()


def test_command_line_shows_errors_without_a_traceback(tmp_path):
    data, tree = tmp_path / "data", write_tree(tmp_path, {PRIVACY: "One", "content/en/bad\udcff.md": "Two"})
    manage("migrate", "--verbosity", "0", data=data)
    result = manage("import_hugo", str(tree), data=data, PYTHONIOENCODING="utf-8")
    assert (result.returncode, result.stderr) == (1, "")
    assert split_plan(result.stdout)[1] == [
        "Pages created: 1. Versions published: 1. Pages unchanged: 0.",
        "Skipped: 1.",
        "Skipped: content/en/bad\ufffd.md: its name is not UTF-8.",
    ]
    refused = manage("import_hugo", str(data), data=data)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "CommandError: No texts found: there is no folder “content” with .md files, "
        "and no folder or file is named after a language.\n"
    )


@pytest.fixture
def sample_data(tmp_path):
    """Return the data folder of a site with the sample."""
    return copy_prepared_site(tmp_path / "data", "--sample")


def published(data):
    """Return the paths and dates of the published versions."""
    return manage("shell", "-v", "0", "-c", VERSIONS, data=data).stdout.splitlines()


def test_import_into_a_sample_starts_over_and_says_so(tmp_path, sample_data):
    content = markdown("Privacy", "Ours", date="2021-03-04")
    tree = write_tree(tmp_path / "tree", {"content/en/privacy-policy/_index.md": content})
    result = manage("import_hugo", str(tree), data=sample_data)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Removed with the sample content: /privacy-policy/" in result.stdout.splitlines()
    assert published(sample_data) == ["privacy-policy 1 2021-03-04"]
    assert "The history is valid: 3 record(s)" in manage("verify_history", data=sample_data).stdout
    log = manage("shell", "-v", "0", "-c", LOG, data=sample_data).stdout
    assert json.loads(log.splitlines()[0])["sample"] is False


LOG = "from pages.models import PublicationRecord as R; [print(r.canonical) for r in R.objects.order_by('number')]"
VERSIONS = """
from pages.models import Version
for version in Version.objects.order_by("pk"):
    print(f"{version.page.path} {version.number} {version.effective_at:%Y-%m-%d}")
"""
EDIT = """
from django.utils import timezone
from django.utils.translation import override
from pages.models import Page
from tests.building import save_bodies
save_bodies(Page.objects.get(), timezone.now(), en="Ours.")
"""


def test_import_into_a_sample_that_somebody_worked_on_is_refused_and_leaves_everything(tmp_path, sample_data):
    manage("shell", "-v", "0", "-c", EDIT, data=sample_data)
    before = manage("shell", "-v", "0", "-c", LOG, data=sample_data).stdout
    tree = write_tree(tmp_path / "tree", {"content/en/ours.md": "Ours"})
    result = manage("import_hugo", str(tree), data=sample_data)
    assert result.returncode == 2
    assert result.stderr.startswith("CommandError: This site has sample content, and somebody worked on it")
    assert "/privacy-policy/: a text in the language en, saved by Ann" in result.stderr
    assert manage("shell", "-v", "0", "-c", LOG, data=sample_data).stdout == before
    assert published(sample_data) == ["privacy-policy 1 2023-05-15", "privacy-policy 2 2024-04-29"]


def test_source_that_cannot_be_imported_leaves_the_sample(tmp_path, sample_data):
    before = manage("shell", "-v", "0", "-c", LOG, data=sample_data).stdout
    result = manage("import_hugo", str(write_tree(tmp_path / "tree", {"notes.txt": "One"})), data=sample_data)
    assert result.returncode == 2
    assert manage("shell", "-v", "0", "-c", LOG, data=sample_data).stdout == before


@pytest.mark.django_db
def test_source_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"tree does not exist\.") as raised:
        call_command("import_hugo", str(tmp_path / "tree"))
    assert raised.value.returncode == 2


@pytest.mark.django_db
def test_interrupted_import_says_in_one_sentence_how_to_go_on(tmp_path, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    tree = write_tree(tmp_path, {PRIVACY: "One"})
    with monkeypatch.context() as patch:
        patch.setattr("pages.management.commands.import_hugo.TreeImport.write", interrupt)
        with pytest.raises(CommandError, match=r"Run the command again") as raised:
            call_command("import_hugo", str(tree))
    assert (raised.value.returncode, Version.objects.count()) == (130, 0)
    call_command("import_hugo", str(tree))
    assert Version.objects.count() == 1


@pytest.mark.django_db
def test_options_are_kept_for_the_same_source_and_not_for_another_one_of_the_same_name(tmp_path, capsys):
    first, second = (write_tree(tmp_path / name / "site", {"legal/p.md": f"# {name}"}) for name in ("a", "b"))
    call_command("import_hugo", str(first), "--content", "legal", "--language", "ru")
    (first / "legal/q.md").write_text("# More")
    call_command("import_hugo", str(first))
    with pytest.raises(CommandError, match="--content legal --language en"):
        call_command("import_hugo", str(second))
    assert set(Page.objects.values_list("path", "source_language")) == {("p", "ru"), ("q", "ru")}


def refusal(*arguments, **options):
    with pytest.raises(CommandError) as error:
        call_command("import_hugo", *map(str, arguments), **options)
    assert error.value.returncode == 2
    return str(error.value)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["rus", "en,rus", "ru,xx-yy", "english"])
def test_unknown_code_in_languages_is_refused_with_the_codes_that_are_valid(tmp_path, code):
    tree = write_tree(tmp_path, {PRIVACY: "One"})
    message = refusal(tree, "--languages", code)
    assert f"--languages: {code.rpartition(',')[2]!r} is not a language code." in message
    assert ", ru," in message
    assert not Page.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("codes", ["en", "EN, pt_BR", "eo"])
def test_known_codes_in_languages_are_accepted(tmp_path, capsys, codes):
    call_command("import_hugo", str(write_tree(tmp_path, {PRIVACY: "One"})), "--languages", codes)
    assert Version.objects.count() == ("n" in codes.lower())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--content", "../x"], "--content: '../x' — не папка внутри источника."),
        (["--content", "nothing"], "--content: файлов Markdown нет: nothing."),
        (["--language", "rus"], "--language: 'rus' — не код языка."),
        (["--languages", "rus"], "--languages: 'rus' — не код языка. Коды языков, на которых может работать сайт: "),
        (["--minor", "("], "--minor: '(' — не регулярное выражение: "),
        (["--as", "drafts"], "Для --as drafts нужен параметр --history"),
        (["--history"], " — не репозиторий git и не часть рабочего дерева репозитория."),
    ],
)
def test_error_is_in_the_language_of_the_site_as_the_report_is(tmp_path, arguments, message):
    tree = write_tree(tmp_path, {PRIVACY: "One"})
    with override("ru"):
        assert message in refusal(tree, *arguments)


@pytest.mark.django_db
def test_errors_about_a_source_are_in_the_language_of_the_site(tmp_path):
    folders = {"hugo.toml": "a = " + "[" * 100_000, "content/en/a.md": "One"}
    files = {f"{name}/content/en/a.md": "One" for name in "ab"}
    with override("ru"):
        assert refusal(tmp_path / "missing") == f"{tmp_path / 'missing'} не существует."
        message = refusal(write_tree(tmp_path / "deep", folders))
        assert "файл hugo.toml не читается: строка 1: слишком много уровней вложенности." in message
        assert "--content a/content или --content b/content" in refusal(write_tree(tmp_path / "two", files))
