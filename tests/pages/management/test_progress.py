"""How far long work has come: on a terminal one line that grows, elsewhere lines that a log can hold."""

import io

import pytest
from django.core.management.base import OutputWrapper

from pages.management import progress
from pages.management.progress import Progress


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """Return the seconds that the clock says, as a list of one that a test may change."""
    seconds = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: seconds[0])
    return seconds


def shown(stream, steps, clock=None):
    bar = Progress(OutputWrapper(stream))
    for done, total, seconds in steps:
        if clock:
            clock[0] += seconds
        bar(done, total)
    bar.end()
    return stream.getvalue()


def test_terminal_has_one_bar_and_the_cursor_stands_below_it_in_the_end():
    assert shown(Terminal(), [(0, 4, 0), (1, 4, 0), (4, 4, 0)]) == (
        f"\r[{'.' * 40}] 0/4\r[{'#' * 10}{'.' * 30}] 1/4\r[{'#' * 40}] 4/4\n"
    )


def test_nothing_to_do_is_no_error_and_leaves_no_line():
    assert shown(Terminal(), [(0, 0, 0)]) == f"\r[{'.' * 40}] 0/0\n"
    assert shown(Terminal(), []) == ""


def test_elsewhere_a_line_comes_every_ten_seconds_and_has_no_control_character(clock):
    steps = [(1, 9, 9), (2, 9, 1), (3, 9, 5), (4, 9, 5), (5, 9, 1)]
    assert shown(io.StringIO(), steps, clock) == "2 of 9\n4 of 9\n"
