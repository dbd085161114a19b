"""Progress output: one updated line on a terminal, separate lines in a log."""

import io

import pytest
from django.core.management.base import OutputWrapper

from pages.management import progress
from pages.management.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """Return a list with the current time in seconds, which tests change."""
    seconds = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: seconds[0])
    return seconds


def output_of(stream, steps, clock=None):
    bar = Progress(OutputWrapper(stream))
    for done, total, seconds in steps:
        if clock:
            clock[0] += seconds
        bar(done, total)
    bar.end()
    return stream.getvalue()


def test_terminal_shows_one_bar_and_ends_with_a_new_line():
    assert output_of(Terminal(), [(0, 4, 0), (1, 4, 0), (4, 4, 0)]) == (
        f"\r[{'.' * 40}] 0/4\r[{'#' * 10}{'.' * 30}] 1/4\r[{'#' * 40}] 4/4\n"
    )


def test_no_work_is_not_an_error():
    assert output_of(Terminal(), [(0, 0, 0)]) == f"\r[{'.' * 40}] 0/0\n"
    assert output_of(Terminal(), []) == ""


def test_log_gets_a_line_every_ten_seconds_without_control_characters(clock):
    steps = [(1, 9, 9), (2, 9, 1), (3, 9, 5), (4, 9, 5), (5, 9, 1)]
    assert output_of(io.StringIO(), steps, clock) == "2 of 9\n4 of 9\n"
