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
