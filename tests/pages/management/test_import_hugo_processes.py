"""`import_hugo` with a second process: the same result as without one, and no process that is left."""

import builtins
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from pages.hugo.importing import second_process, text_checks
from pages.management.commands import import_hugo
from pages.models import Blob, ImportLine, ImportRun, Page, PublicationRecord
from tests.histories import build_repository
from tests.trees import write_tree

TEXTS = ["One <!-- a -->", "Two {{< b >}}", "Three <div>c</div>", "Four", "Five [d]()", "Six"]
COMMITS = [{f"content/{code}/a.md": body for code in ("en", "ru")} for body in TEXTS]


@pytest.fixture
def processes(monkeypatch):
    """Let imports of little text start a second process; return those that were started."""
    started = []

    def start():
        started.append(start_process())
        return started[-1]

    start_process = second_process._start
    monkeypatch.setattr(second_process, "_start", start)
    monkeypatch.setattr(second_process, "_count_processors", lambda: 2)
    monkeypatch.setattr(second_process, "MIN_BYTES", 0)
    for module in (second_process, text_checks):
        monkeypatch.setattr(module, "BYTES_OF_CALL", 1)
    return started


def start_killed_process():
    """Start a process that is killed before it answers."""
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", program], **pipes)


def write_source(folder, *, is_history):
    """Return the arguments for the import of a history, or of a folder with its last texts."""
    if is_history:
        build_repository(folder / "site.git", COMMITS)
        return [str(folder / "site.git"), "--history"]
    return [str(write_tree(folder / "site", {f"content/en/a{number}.md": text for number, text in enumerate(TEXTS)}))]


def import_and_roll_back(arguments, capsys):
    """Return the output of an import and what it stored."""
    with transaction.atomic():
        call_command("import_hugo", *arguments)
        lines = ImportLine.objects.values_list("kind", "subject", "stored_message", "count", "first_commit", "ended_by")
        stored = [list(lines.order_by("pk")), list(Blob.objects.filter(salt=b"").order_by("pk").values_list())]
        transaction.set_rollback(True)
    return capsys.readouterr().out, stored


@pytest.mark.django_db
@pytest.mark.parametrize("is_history", [True, False])
@pytest.mark.parametrize("is_killed", [True, False])
def test_import_is_the_same_with_a_second_process(tmp_path, capsys, processes, monkeypatch, is_history, is_killed):
    arguments = write_source(tmp_path, is_history=is_history)
    if is_killed:
        monkeypatch.setattr(second_process, "_start", start_killed_process)
    output, stored = import_and_roll_back(arguments, capsys)
    assert "1 comment is hidden from readers" in output
    assert len(processes) == (0 if is_killed else 1)
    monkeypatch.setattr(second_process, "_count_processors", lambda: 1)
    assert import_and_roll_back(arguments, capsys) == (output, stored)
    assert len(processes) == (0 if is_killed else 1)


def rows():
    return [ImportRun.objects.count(), Page.objects.count(), PublicationRecord.objects.count(), Blob.objects.count()]


def assert_all_have_ended(processes):
    assert len(processes) == 1
    assert processes[0].returncode is not None


@pytest.mark.django_db
@pytest.mark.parametrize("is_history", [True, False])
@pytest.mark.parametrize("answer", [None, "no"])
def test_import_that_ends_after_its_plan_leaves_nothing(tmp_path, capsys, processes, monkeypatch, is_history, answer):
    arguments = write_source(tmp_path, is_history=is_history)
    monkeypatch.setattr(import_hugo, "is_interactive", lambda: True)
    monkeypatch.setattr(builtins, "input", lambda _question: answer)
    before = rows()
    call_command("import_hugo", *arguments, *([] if answer else ["--dry-run"]))
    assert ("Nothing was imported." in capsys.readouterr().out) is bool(answer)
    assert rows() == before
    assert_all_have_ended(processes)


@pytest.mark.django_db
def test_plan_that_asks_for_an_option_leaves_nothing(tmp_path, processes):
    files = {f"{folder}/content/{number}.md": text for folder in "ab" for number, text in enumerate(TEXTS)}
    before = rows()
    with pytest.raises(CommandError) as error:
        call_command("import_hugo", str(write_tree(tmp_path / "site", files)))
    assert "--content a/content or --content b/content." in str(error.value)
    assert error.value.returncode == 2
    assert rows() == before
    assert_all_have_ended(processes)
