from threading import Thread

import pytest

from pages.presentation.site_state import SiteState
from pages.presentation.state_memo import STATES, StateMemo


@pytest.fixture
def memo(monkeypatch):
    """Return a memo of the counters that it was read at, which are in its list `read`."""
    monkeypatch.setattr(StateMemo, "memos", [])
    read = []
    memo = StateMemo(lambda state, last: read.append(state.counter) or f"value {state.counter}")
    memo.read = read
    return memo


@pytest.fixture
def state(moment):
    return lambda counter, **options: SiteState(at=moment(), counter=counter, **options)


def test_value_is_read_once_in_a_state(memo, state):
    assert {memo.get(state(1)) for _ in range(3)} == {"value 1"}
    assert memo.read == [1]


def test_only_the_newest_states_are_kept(memo, state):
    values = [memo.get(state(counter)) for counter in (1, 2, 3, 3, 2, 1)]
    assert values == [f"value {counter}" for counter in (1, 2, 3, 3, 2, 1)]
    assert memo.read == [1, 2, 3, 1]
    assert len(memo._memorised) == STATES


def test_reading_gets_what_was_read_last(state, moment, monkeypatch):
    monkeypatch.setattr(StateMemo, "memos", [])
    memo = StateMemo(lambda state, last: (state.counter, last and last.value[0]))
    assert [memo.get(state(counter)) for counter in (1, 2)] == [(1, None), (2, 1)]


def test_database_with_another_log_is_another_state(memo, state, moment):
    memo.get(state(1, latest_hash="a"))
    memo.get(state(1, latest_hash="b"))
    memo.get(state(1, latest_hash="b", changed_at=moment()))
    assert memo.read == [1, 1, 1]


def test_served_languages_are_part_of_the_state(memo, state, settings):
    memo.get(state(1))
    settings.LANGUAGES = [("en", "English")]
    memo.get(state(1))
    assert memo.read == [1, 1]


def test_value_that_could_not_be_read_is_read_again(state, monkeypatch):
    monkeypatch.setattr(StateMemo, "memos", [])
    outcomes = [OSError("gone"), None]

    def read(state, last):
        if error := outcomes.pop(0):
            raise error
        return "value"

    memo = StateMemo(read)
    with pytest.raises(OSError, match="gone"):
        memo.get(state(1))
    assert memo.get(state(1)) == "value"


def test_thread_does_not_wait_for_one_that_hangs(memo, state):
    with memo._lock:
        values = []
        thread = Thread(target=lambda: values.append(memo.get(state(1))))
        thread.start()
        thread.join(timeout=5)
    assert values == ["value 1"]
