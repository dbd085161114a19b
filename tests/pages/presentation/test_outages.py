import mmap
import multiprocessing
import tempfile
import time

import pytest

from pages.presentation import outages


def test_an_outage_is_logged_once_a_minute_and_its_end_once(caplog, monkeypatch):
    log, clock = outages._OutageLog(), [0.0]
    monkeypatch.setattr(outages, "time", lambda: clock[0])
    log.end()
    for second in range(0, 130, 10):
        clock[0] = float(second)
        log.report("connection refused\nIs the server running?")
    log.end()
    log.end()
    log.report("again")
    line = "The database does not answer: connection refused"
    assert caplog.messages == [line, line, line, "The database answers again.", "The database does not answer: again"]


@pytest.fixture
def processes(monkeypatch):
    """Return a clock, and the logs of two processes that share their numbers."""
    clock, shared = [1000.0], memoryview(bytearray(16))
    monkeypatch.setattr(outages, "time", lambda: clock[0])
    logs = outages._OutageLog(), outages._OutageLog()
    for log in logs:
        log.share(shared)
    return clock, *logs


AWAY, BACK = "The database does not answer: gone", "The database answers again."


def test_processes_write_one_line_about_an_outage_and_its_end(processes, caplog):
    clock, first, second = processes
    for second_of_outage in range(130):
        clock[0] = 1000.0 + second_of_outage
        first.report("gone")
        second.report("gone")
    for log in (first, second, first, second):
        log.end()
    assert caplog.messages == [AWAY, AWAY, AWAY, BACK]


class SlowNumbers:
    """Numbers that another process can read before this one has written what follows from them."""

    def __init__(self, memory: memoryview):
        self._numbers = memory.cast("d")

    def __getitem__(self, index):
        number = self._numbers[index]
        time.sleep(0.002)
        return number

    def __setitem__(self, index, number):
        self._numbers[index] = number

    def __len__(self):
        return 2


def test_processes_that_notice_an_outage_at_the_same_moment_write_one_line():
    context, rounds = multiprocessing.get_context("fork"), 20
    barrier, lines = context.Barrier(2, timeout=30), context.Queue()

    with tempfile.TemporaryFile() as file:
        file.truncate(16)
        memory = memoryview(mmap.mmap(file.fileno(), 16))

        def notice_outages():
            log, written = outages._OutageLog(), []
            log.share(memory, file)
            log._numbers = SlowNumbers(memory)
            outages.logger.addFilter(lambda record: written.append(record.getMessage()))
            for _ in range(rounds):
                barrier.wait()
                log.report("gone")
                barrier.wait()
                log.end()
            lines.put((written.count(AWAY), written.count(BACK)))

        processes = [context.Process(target=notice_outages) for _ in range(2)]
        for process in processes:
            process.start()
        counts = [lines.get(timeout=60) for _ in processes]
        for process in processes:
            process.join()
    assert [sum(count) for count in zip(*counts, strict=True)] == [rounds, rounds]


def test_line_of_a_new_outage_does_not_wait_for_a_minute(processes, caplog):
    _clock, first, second = processes
    for log in (first, second):
        log.report("gone")
    for log in (first, second):
        log.end()
    second.report("gone")
    assert caplog.messages == [AWAY, BACK, AWAY]


def test_process_that_alone_has_no_connection_does_not_fill_the_log(processes, caplog):
    # The other one reads the database every half second.
    _clock, first, second = processes
    for _ in range(20):
        first.report("gone")
        second.end()
    assert caplog.messages == [AWAY]
    first.end()
    assert caplog.messages == [AWAY, BACK]


def test_late_report_of_an_outage_that_ended_for_another_process_is_no_new_one(processes, caplog):
    _clock, first, second = processes
    first.report("gone")
    second.report("gone")
    first.end()
    second.report("gone")
    second.end()
    assert caplog.messages == [AWAY, BACK]


def test_outage_that_a_former_server_left_behind_hides_no_other(processes, caplog):
    clock, first, second = processes
    first.report("gone")
    clock[0] += 3600
    second.end()
    second.report("gone")
    assert caplog.messages == [AWAY, AWAY]
    clock[0] -= 7200
    second.report("gone")
    assert caplog.messages == [AWAY, AWAY, AWAY]


def test_503_says_when_to_try_again_and_is_not_stored():
    response = outages.unavailable()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Please try again in a minute" in response.content.decode()
