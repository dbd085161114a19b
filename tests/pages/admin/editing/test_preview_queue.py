"""The queue of previews: one is rendered, the newest waits, and older ones are replaced."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from pages.admin.editing.preview_queue import SWITCH_INTERVAL, PreviewQueue, Replaced

SECONDS = 10


class Request:
    """A request in a thread of its own, which ends its turn when it is told to."""

    def __init__(self, pool: ThreadPoolExecutor, queue: PreviewQueue) -> None:
        self.has_begun, self._may_end, self._queue = Event(), Event(), queue
        self.result = pool.submit(self._run)

    def _run(self) -> str:
        try:
            with self._queue.turn():
                self.has_begun.set()
                assert self._may_end.wait(SECONDS)
        except Replaced:
            return "replaced"
        return "rendered"

    def end(self) -> str:
        self._may_end.set()
        return self.result.result(SECONDS)


@pytest.fixture
def start():
    """Return a function that starts a request and returns when the queue knows it."""
    queue = PreviewQueue()
    with ThreadPoolExecutor(10) as pool:

        def start_request() -> Request:
            newest = queue._newest
            request = Request(pool, queue)
            with queue._condition:
                assert queue._condition.wait_for(lambda: queue._newest is not newest, SECONDS)
            return request

        yield start_request


def test_waiting_request_is_replaced_at_once_by_a_newer_one(start):
    running = start()
    assert running.has_begun.wait(SECONDS)
    waiting = [start() for _ in range(7)]
    assert [request.result.result(SECONDS) for request in waiting[:-1]] == ["replaced"] * 6
    assert not waiting[-1].has_begun.is_set()
    assert running.end() == "rendered"
    assert waiting[-1].has_begun.wait(SECONDS)
    assert waiting[-1].end() == "rendered"


def test_next_request_need_not_wait_after_a_failed_one():
    queue = PreviewQueue()
    with pytest.raises(ZeroDivisionError), queue.turn():
        raise ZeroDivisionError
    with queue.turn():
        pass


def test_other_threads_run_more_often_during_a_turn():
    interval, queue = sys.getswitchinterval(), PreviewQueue()
    with queue.turn():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_INTERVAL)
    assert sys.getswitchinterval() == interval
