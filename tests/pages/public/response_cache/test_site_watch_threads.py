"""The threads of the site watch, one step at a time: when the database counts as hanging."""

import pytest

from pages.public.response_cache import site_watch
from pages.public.response_cache.site_watch import HANGING_AFTER, SECONDS_BETWEEN_GUARDS, SiteWatch
from selfprivacy_site.wsgi_middleware.public_state import PublicState

TURNS = int(HANGING_AFTER / SECONDS_BETWEEN_GUARDS)


class EndOfTest(Exception):
    """Ends a thread that would go on for ever."""


@pytest.fixture
def watch(monkeypatch, tmp_path):
    """Return a watch without threads, and in `aborted` what its guard did."""
    monkeypatch.setattr(site_watch, "_map_shared", lambda _path, size: (memoryview(bytearray(size)), None))
    monkeypatch.setattr(site_watch, "share_outage_logs", lambda _numbers, _file: None)
    watch = SiteWatch(tmp_path)
    watch.aborted = []
    monkeypatch.setattr(site_watch, "report_outage", watch.aborted.append)
    monkeypatch.setattr(site_watch, "abort_connections", lambda: watch.aborted.append("aborted"))
    return watch


def guard(watch, monkeypatch, *, turns, before_turn=lambda turn: None):
    """Let the guard have so many turns."""
    left = iter(range(turns))

    def sleep(_seconds):
        if (turn := next(left, None)) is None:
            raise EndOfTest
        before_turn(turn)

    monkeypatch.setattr(site_watch, "sleep", sleep)
    with pytest.raises(EndOfTest):
        watch._guard()


def look(watch, monkeypatch, read):
    monkeypatch.setattr(watch, "_read_state", read)
    watch._look_once()


def test_look_without_an_answer_for_a_second_means_that_the_database_hangs(watch, monkeypatch):
    def read():
        guard(watch, monkeypatch, turns=TURNS)
        assert (watch.is_hanging, watch.aborted) == (False, [])
        guard(watch, monkeypatch, turns=TURNS + 1)
        assert (watch.is_hanging, watch.aborted) == (True, ["no answer within a second", "aborted"])

    look(watch, monkeypatch, read)
    # The look has failed.
    assert watch.is_hanging
    look(watch, monkeypatch, lambda: PublicState(1))
    assert not watch.is_hanging


def test_looks_that_are_answered_mean_nothing_however_long_the_guard_looks(watch, monkeypatch):
    def answered_look(_turn):
        watch._look_once()
        # The guard has its turn in the middle of the next look.
        watch._begun += 1
        watch._unanswered = watch._begun

    monkeypatch.setattr(watch, "_read_state", lambda: PublicState(1))
    guard(watch, monkeypatch, turns=10 * TURNS, before_turn=answered_look)
    assert (watch.is_hanging, watch.aborted) == (False, [])


def test_process_that_stood_still_for_seconds_is_no_database_that_hangs(watch, monkeypatch):
    clock = [0.0]

    def stand_still(_turn):
        clock[0] += 20

    # A guard that asked this clock would take the time for that of the database.
    monkeypatch.setattr(site_watch, "monotonic", lambda: clock[0], raising=False)

    def read():
        guard(watch, monkeypatch, turns=2, before_turn=stand_still)
        return PublicState(1)

    look(watch, monkeypatch, read)
    assert (watch.is_hanging, watch.aborted) == (False, [])


def test_answer_in_the_last_moment_counts(watch, monkeypatch):
    def end_in_the_last_turn(turn):
        if turn == TURNS:
            # After the guard has looked for the last time, and before it says what it has seen.
            is_hanging_in = watch._is_hanging_in
            monkeypatch.setattr(watch, "_is_hanging_in", lambda number: watch._look_once() or is_hanging_in(number))

    monkeypatch.setattr(watch, "_read_state", lambda: PublicState(1))
    watch._begun = watch._unanswered = 1
    guard(watch, monkeypatch, turns=TURNS + 1, before_turn=end_in_the_last_turn)
    assert (watch.is_hanging, watch.aborted) == (False, [])
