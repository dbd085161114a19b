"""Parallel processes: the tests of a module stay together, and what takes longest starts first."""

import re
import subprocess
import sys

import pytest

from tests.distribution import SHARED_SITE, SLOWEST, rank
from tests.documentation import ROOT

MODULE = """
import time

import pytest


@pytest.mark.parametrize("number", range(6))
def test_one(number):
    time.sleep(0.02)
"""


def test_tests_of_a_module_run_in_one_process(tmp_path):
    for name in ("first", "second", "third"):
        (tmp_path / f"test_{name}.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    plugins = ["-p", "tests.distribution", "-p", "no:django", "-p", "no:hypothesispytest", "-p", "no:randomly"]
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", *plugins, "-c", str(tmp_path / "pytest.ini")]
    process = subprocess.run(
        [*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    runs = re.findall(r"^\[(gw\d)\].* PASSED \S*test_(\w+)\.py", process.stdout, re.MULTILINE)
    assert len(runs) == 18, process.stdout + process.stderr
    assert len(set(runs)) == 3
    assert len({worker for worker, _module in runs}) == 2


def test_slowest_modules_start_first():
    units = ["tests/test_docs.py", "tests/browser/test_month.py", "tests/benchmarks/test_table.py"]
    assert sorted(units, key=rank) == units[::-1]


@pytest.mark.parametrize("prefix", sorted({*SHARED_SITE, *SLOWEST}))
def test_modules_that_are_named_exist(prefix):
    assert [*ROOT.glob(f"{prefix}*")]
