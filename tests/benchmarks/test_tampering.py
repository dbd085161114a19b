"""The table of `docs/verifying.md`: what each check finds of tampering, and the reason for what it does not find."""

import re
import subprocess
import sys

import pytest

from benchmarks.tampering.kinds import KINDS
from benchmarks.tampering.server import ReplayingApplication
from pages.models import Redirect
from tests.building import make_page
from tests.documentation import ROOT

SECTION = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8").partition("\n## What the checks find\n")[2]
REASONS = SECTION.partition("\n| Change | Not found by | Why |\n")[2].partition("\n\n")[0]


def read_table(text: str) -> dict[str, tuple[int, ...]]:
    """Return how many mutations the checks find, without and with a hash, by kind."""
    rows = re.findall(r"^\| (.+?)" + r" \| (\d+)/\d+" * 4 + r" \|$", text, re.MULTILINE)
    return {kind: tuple(map(int, numbers)) for kind, *numbers in rows}


def read_reasons(check: str) -> set[str]:
    """Return the kinds of which a check does not find everything, according to the reasons."""
    rows = re.findall(rf"^\| (.+?) \| (?:{check}|both) \| .+\|$", REASONS, re.MULTILINE)
    return {kind for row in rows for kind in row.split("; ")}


TABLE = read_table(SECTION)


def test_table_has_a_row_for_each_kind():
    assert list(TABLE) == list(KINDS)
    assert len(KINDS) >= 27


def test_everything_that_a_check_does_not_find_has_a_reason():
    inside = {kind for kind, numbers in TABLE.items() if min(numbers[:2]) < 20}
    outside = {kind for kind, numbers in TABLE.items() if min(numbers[2:]) < 20}
    assert read_reasons("`verify_history`") == inside
    assert read_reasons("`check_history.py`") == outside


@pytest.mark.thorough
def test_quick_run_finds_what_the_table_says():
    command = [sys.executable, "-m", "benchmarks.tampering", "--mutations", "2"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=1200)
    assert process.returncode == 0, process.stderr
    findings = read_table(process.stdout)
    assert list(findings) == list(KINDS)
    for kind, numbers in findings.items():
        expected = [{20: {2}, 0: {0}}.get(number, {0, 1, 2}) for number in TABLE[kind]]
        assert all(number in allowed for number, allowed in zip(numbers, expected, strict=True)), (kind, numbers)


@pytest.mark.django_db(transaction=True)
def test_response_is_repeated_only_while_its_queries_return_the_same_rows():
    class Response(list):
        def close(self):
            pass

    def application(environ, start_response):
        calls.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return Response([b"%d" % Redirect.objects.count()])

    def answer():
        return list(replaying({"PATH_INFO": "/"}, lambda *arguments: None))

    calls, replaying, page = [], ReplayingApplication(application, is_storing=True), make_page()
    assert answer() == [b"0"]
    replaying.is_storing = False
    assert answer() == [b"0"]
    assert calls == ["/"]
    Redirect.objects.create(old_path="old", page=page)
    assert answer() == [b"1"]
    Redirect.objects.all().delete()
    assert answer() == [b"0"]
    assert calls == ["/", "/"]
