"""`import_hugo TREE`: its output and its exit status."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.models import Page, Version
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from tests.building import make_fields
from tests.histories import no_setting_for
from tests.processes import manage
from tests.trees import markdown, write_tree

PRIVACY = "content/en/privacy.md"


def import_hugo(tree, capsys):
    """Return the exit status of the command, and the lines that it printed."""
    status = 0
    try:
        call_command("import_hugo", str(tree))
    except SystemExit as leaving:
        status = leaving.code
    return status, capsys.readouterr().out.splitlines()


@pytest.mark.django_db
def test_import_of_a_whole_tree_says_what_it_did(tmp_path, capsys):
    tree = write_tree(tmp_path, {PRIVACY: "One", "content/ru/privacy.md": "Один"})
    assert import_hugo(tree, capsys) == (0, ["Pages created: 1. Versions published: 1. Pages unchanged: 0."])
    assert import_hugo(tree, capsys) == (0, ["Pages created: 0. Versions published: 0. Pages unchanged: 1."])


@pytest.mark.django_db
def test_import_dates_what_has_no_date_by_the_clock(tmp_path, capsys):
    before = timezone.now()
    import_hugo(write_tree(tmp_path, {PRIVACY: "One"}), capsys)
    assert before <= Version.objects.get().published_at <= timezone.now()


@pytest.mark.django_db
def test_import_names_what_went_another_way_and_is_complete_all_the_same(tmp_path, capsys):
    files = {"history.md": "One", "terms.md": markdown("Terms", "Two", draft="true")}
    tree = write_tree(tmp_path, {f"content/en/{name}": content for name, content in files.items()})
    write_tree(tree, {"content/eo/history.md": "Unu"})
    status, lines = import_hugo(tree, capsys)
    assert (status, lines[1:]) == (
        0,
        [
            "Renamed: content/en/history.md → /history-page/, because the name is reserved",
            "Imported as a draft, as its front matter says: content/en/terms.md",
            no_setting_for("eo"),
        ],
    )


@pytest.mark.django_db
def test_import_that_left_something_out_names_it_and_ends_with_1(tmp_path, capsys):
    tree = write_tree(tmp_path, {PRIVACY: "![a](/a.svg)", "content/en/empty.md": ""})
    status, lines = import_hugo(tree, capsys)
    assert (status, lines) == (
        1,
        [
            "Pages created: 1. Versions published: 1. Pages unchanged: 0.",
            "Skipped: content/en/empty.md: it is empty.",
            "Skipped: content/en/privacy.md: picture /a.svg: there is no such file in the tree.",
        ],
    )


@pytest.mark.django_db
def test_import_that_set_something_aside_names_it_and_ends_with_1(tmp_path, capsys):
    import_hugo(write_tree(tmp_path, {PRIVACY: "One"}), capsys)
    save_draft(Page.objects.get(), {"en": make_fields("Here")}, by=system_actor("Ann"), now=timezone.now())
    status, lines = import_hugo(write_tree(tmp_path, {PRIVACY: "Two"}), capsys)
    aside = "Kept as a draft revision because the page was edited on this site: content/en/privacy.md"
    assert (status, lines[1:]) == (1, [aside])


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "No texts found: there is no folder “content”"),
        ({"content/en/a.md": "One", "hugo.toml": "="}, "hugo.toml cannot be read"),
    ],
)
def test_tree_that_cannot_be_read_is_refused_with_2(tmp_path, files, why):
    for name, content in files.items():
        write_tree(tmp_path, {name: content})
    with pytest.raises(CommandError, match=why) as error:
        call_command("import_hugo", str(tmp_path))
    assert error.value.returncode == 2


def test_command_line_ends_with_one_sentence_and_no_traceback(tmp_path):
    data, tree = tmp_path / "data", write_tree(tmp_path, {PRIVACY: "One", "content/en/bad\udcff.md": "Two"})
    manage("migrate", "--verbosity", "0", data=data)
    done = manage("import_hugo", str(tree), data=data, PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "Pages created: 1. Versions published: 1. Pages unchanged: 0.",
        "Skipped: content/en/bad\ufffd.md: its name is not UTF-8.",
    ]
    refused = manage("import_hugo", str(data), data=data)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "CommandError: No texts found: there is no folder “content” with .md files, "
        "and no folder or file is named after a language.\n"
    )
