"""Temporary folders of killed processes are removed by the next one, and no other folders."""

import os
import signal
import subprocess
import sys

import pytest

from pages.hugo.git import temporary_folders
from pages.hugo.git.temporary_folders import temporary_folder
from tests.processes import ROOT

HOLD = """
import sys
from pathlib import Path
from pages.hugo.git.temporary_folders import temporary_folder
with temporary_folder("left-", Path(sys.argv[1])) as folder:
    (folder / "sub").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


def hold(parent):
    """Start a process that holds a folder; return it and the folder's name."""
    command = [sys.executable, "-c", HOLD, str(parent)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, os.path.basename(process.stdout.readline().strip())


def end(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_folder_is_removed_at_the_end_also_after_an_error(tmp_path):
    with temporary_folder("own-", tmp_path) as folder:
        (folder / "file").write_text("One")
    assert os.listdir(tmp_path) == []
    with pytest.raises(OSError, match="no"), temporary_folder("own-", tmp_path):
        raise OSError("no")
    assert os.listdir(tmp_path) == []


def test_folder_of_a_killed_process_is_removed_by_the_next_one(tmp_path):
    process, name = hold(tmp_path)
    end(process)
    assert os.listdir(tmp_path) == [name]
    with temporary_folder("left-", tmp_path) as folder:
        assert os.listdir(tmp_path) == [folder.name]


def test_folder_of_a_process_that_works_is_kept(tmp_path):
    process, name = hold(tmp_path)
    try:
        with temporary_folder("left-", tmp_path) as folder:
            assert sorted(os.listdir(tmp_path)) == sorted([folder.name, name])
    finally:
        end(process)


def test_files_links_and_folders_of_others_are_kept(tmp_path, monkeypatch):
    (tmp_path / "target" / "kept").mkdir(parents=True)
    (tmp_path / "left-link").symlink_to(tmp_path / "target")
    (tmp_path / "left-file").write_text("One")
    (tmp_path / "left-of-another").mkdir()
    (tmp_path / "else").mkdir()
    monkeypatch.setattr(temporary_folders.os, "getuid", lambda: 4711)
    with temporary_folder("left-", tmp_path):
        pass
    assert sorted(os.listdir(tmp_path)) == ["else", "left-file", "left-link", "left-of-another", "target"]
    assert os.listdir(tmp_path / "target") == ["kept"]
