from pages.presentation import outages


def test_an_outage_is_logged_once_a_minute_and_its_end_once(caplog, monkeypatch):
    log, clock = outages._OutageLog(), [0.0]
    monkeypatch.setattr(outages, "monotonic", lambda: clock[0])
    log.end()
    for second in range(0, 130, 10):
        clock[0] = float(second)
        log.report("connection refused\nIs the server running?")
    log.end()
    log.end()
    log.report("again")
    line = "The database does not answer: connection refused"
    assert caplog.messages == [line, line, line, "The database answers again.", "The database does not answer: again"]


def test_503_says_when_to_try_again_and_is_not_stored():
    response = outages.unavailable()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Please try again in a minute" in response.content.decode()
