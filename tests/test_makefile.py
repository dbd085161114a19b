"""`make` refuses an old Python, and leaves no incomplete environment behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What `python -m venv .venv` has made when it fails or is interrupted.
INCOMPLETE = "mkdir -p .venv/bin; touch .venv/bin/python"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the Makefile and without an environment."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def write_python(path, *, version=(3, 11, 0), venv=INCOMPLETE):
    """Write a stand-in for a version of Python, with what it does when it is told to create an environment."""
    check = f'{sys.executable} -c "import sys; sys.version_info = {version}; $2"'
    path.write_text(f'#!/bin/sh\ncase "$1" in\n-c) {check} ;;\n-m) {venv} ;;\nesac\n')
    path.chmod(0o755)
    return path


def command(python):
    return ["make", f"PYTHON={python}", ".venv/bin/python"]


def run(folder, python):
    return subprocess.run(
        command(python), cwd=folder, capture_output=True, text=True, timeout=60, check=False, env=environment()
    )


def environment():
    # The options of a `make test` that runs these tests are not meant for this `make`.
    return {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}


@pytest.mark.parametrize("version", [(3, 10, 13), (2, 7, 18), None])
def test_old_or_missing_python_gets_one_sentence_and_no_environment(folder, version):
    python = folder / "python"
    if version:
        write_python(python, version=version)
    done = run(folder, python)
    sentence, failure = done.stderr.splitlines()
    assert sentence == "This site needs Python 3.11 or later: install it, or name it with make PYTHON=/path/to/python."
    assert failure.startswith("make: ***")
    assert done.stdout == ""
    assert not (folder / ".venv").exists()


def test_environment_that_cannot_be_completed_is_removed(folder):
    done = run(folder, write_python(folder / "python", venv=f"{INCOMPLETE}; exit 1"))
    assert done.returncode != 0
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 13, 0)])
def test_supported_python_gets_an_environment(folder, version):
    assert run(folder, write_python(folder / "python", version=version)).returncode == 0
    assert (folder / ".venv/bin/python").exists()


@pytest.mark.parametrize("interruption", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_environment_is_removed(folder, interruption):
    waiting = "import pathlib, time; pathlib.Path('started').touch(); time.sleep(60)"
    python = write_python(folder / "python", venv=f'{INCOMPLETE}; exec {sys.executable} -c "{waiting}"')
    process = subprocess.Popen(
        command(python),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (folder / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    # As a terminal does: the signal goes to make and to what it runs.
    os.killpg(process.pid, interruption)
    assert process.wait(timeout=60) != 0
    assert not (folder / ".venv").exists()
