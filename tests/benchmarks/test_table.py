"""The table of figures, and the smoke run that measures each of them with tiny numbers."""

import json
import re
import subprocess
import sys

import pytest

from benchmarks.__main__ import ROWS
from benchmarks.table import Goal, TableRow, at_least, at_most, markdown_table
from tests.documentation import ROOT

# In one process, which collects the static files once.
MEASURE_EACH_ROW = """
import contextlib, pathlib, sys
from benchmarks.__main__ import ROWS, main
folder = pathlib.Path(sys.argv[1])
for name in ROWS:
    sys.argv[1:] = ["--quick", "--json", str(folder / f"{name}.json"), name]
    with (folder / f"{name}.txt").open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
        status = main()
    (folder / f"{name}.status").write_text(str(status), encoding="utf-8")
"""


@pytest.mark.parametrize(
    ("goal", "figure", "is_met"),
    [
        (at_least(0.9), 0.9, True),
        (at_least(0.9), 0.899, False),
        (at_most(6), 6, True),
        (at_most(6), 6.01, False),
        (at_most(0), 0, True),
        (at_most(6), None, None),
        (None, 6, None),
    ],
)
def test_goal_is_met_up_to_its_limit(goal: Goal | None, figure: float | None, is_met: bool | None):
    assert TableRow("warm page", figure, "×", goal).is_met is is_met


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (TableRow("warm page", 0.9123, "×", at_least(0.9), "1 of 2"), "0.912 × ≥ 0.9 × yes warm page (1 of 2)"),
        (TableRow("cold page", 1234.5, "ms", at_most(6)), "1,234 ms ≤ 6 ms no cold page"),
        (TableRow("queries", 7, "", at_most(6)), "7 ≤ 6 no queries"),
        (TableRow("admin", 7.0, "ms"), "7 ms admin"),
        (TableRow("bake", None, "×", at_least(1), "hugo is missing"), "not measured ≥ 1 × bake (hugo is missing)"),
    ],
)
def test_row_shows_figure_goal_and_whether_it_is_met(row, line):
    assert " ".join(str(row).split()) == line


def test_table_in_markdown_has_a_line_for_each_row():
    table = markdown_table([TableRow("warm page", 0.9123, "×", at_least(0.9), "1 of 2"), TableRow("admin", 7.0, "ms")])
    assert table.splitlines()[2:] == ["| warm page | 0.912 × | ≥ 0.9 × | yes | 1 of 2 |", "| admin | 7 ms |  |  |  |"]


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=600)


def test_unknown_row_is_refused_with_the_names_of_all():
    process = run("warmth")
    assert process.returncode == 2
    assert all(name in process.stderr for name in ROWS)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Measure each row; return the folder with its table as JSON and as printed."""
    folder = tmp_path_factory.mktemp("tables")
    process = subprocess.run(
        [sys.executable, "-c", MEASURE_EACH_ROW, str(folder)],
        cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8", check=False, timeout=600,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return folder


@pytest.mark.thorough
@pytest.mark.parametrize("name", ROWS)
def test_each_row_is_measured_with_tiny_numbers(measured, name):
    printed = (measured / f"{name}.txt").read_text(encoding="utf-8")
    assert (measured / f"{name}.status").read_text(encoding="utf-8") == "0", printed
    rows = json.loads((measured / f"{name}.json").read_text(encoding="utf-8"))
    assert rows
    for row in rows:
        if row["figure"] is None:
            assert re.fullmatch(r"(wrk|hugo) is not installed: apt-get install \1", row["remark"]), row
        assert row["what"] in printed
