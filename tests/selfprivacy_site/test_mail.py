"""Mail goes out in a thread; a mail server that hangs, refuses or is away costs the request no time."""

import time

import pytest
from django.core.mail import EmailMessage, get_connection

from selfprivacy_site import mail
from tests.smtp import running_smtp_server, use_mail


def message_to(*recipients):
    return EmailMessage("Subject", "Body", None, list(recipients))


def send(*messages):
    """Send mails, and wait until the thread is done with them; return how many seconds that took."""
    start = time.monotonic()
    assert get_connection().send_messages(messages) == len(messages)
    mail.mail_queue.waiting.join()
    return time.monotonic() - start


def failures(caplog):
    return [record.getMessage() for record in caplog.records]


@pytest.fixture
def smtp_server(request, settings):
    with running_smtp_server(getattr(request, "param", "works")) as server:
        use_mail(settings, server)
        yield server


@pytest.mark.parametrize("smtp_server", ["waits"], indirect=True)
def test_mails_are_sent_over_one_connection_after_the_call(smtp_server, caplog):
    assert get_connection().send_messages([message_to("ann@example.org"), message_to("bob@example.org")]) == 2
    assert smtp_server.texts() == {}
    smtp_server.may_answer.set()
    mail.mail_queue.waiting.join()
    assert sorted(smtp_server.texts()) == ["ann@example.org", "bob@example.org"]
    assert smtp_server.texts()["ann@example.org"] == "Subject\n\nBody\n"
    assert smtp_server.connections == 1
    assert failures(caplog) == []


def test_refused_recipient_keeps_no_other_mail_back(smtp_server, caplog):
    send(message_to("refused@example.org"), message_to("bob@example.org"))
    assert list(smtp_server.texts()) == ["bob@example.org"]
    assert failures(caplog) == ["Mail was not sent: SMTPRecipientsRefused 550"]


def test_mail_that_cannot_be_encoded_keeps_no_other_back(smtp_server, caplog):
    broken = EmailMessage("Two\nlines", "Body", None, ["ann@example.org"])
    send(broken, message_to("bob@example.org"))
    assert list(smtp_server.texts()) == ["bob@example.org"]
    assert failures(caplog) == ["Mail was not sent: BadHeaderError"]


@pytest.mark.parametrize("smtp_server", ["refuses"], indirect=True)
def test_server_that_refuses_is_one_line_in_the_log_without_an_address(smtp_server, caplog):
    send(message_to("ann@example.org"), message_to("bob@example.org"))
    assert failures(caplog) == ["Mail was not sent: SMTPConnectError 554"]
    assert "ann@" not in caplog.text


def test_server_that_is_away_is_one_line_in_the_log(settings, caplog):
    with running_smtp_server() as server:
        use_mail(settings, server)
    send(message_to("ann@example.org"))
    assert failures(caplog) == ["Mail was not sent: ConnectionRefusedError Connection refused"]


@pytest.mark.parametrize("smtp_server", ["hangs"], indirect=True)
def test_server_that_hangs_is_given_up_after_five_seconds(smtp_server, caplog):
    assert 4 < send(message_to("ann@example.org")) < 8
    (line,) = failures(caplog)
    assert line.startswith("Mail was not sent: ")


@pytest.mark.parametrize("smtp_server", ["dribbles"], indirect=True)
def test_server_that_dribbles_is_given_up_too(smtp_server, caplog, monkeypatch):
    monkeypatch.setattr(mail, "MAX_SECONDS", 0.5)
    assert 0.4 < send(message_to("ann@example.org")) < 3
    assert failures(caplog) == ["Mail was not sent: SMTPServerDisconnected"]


@pytest.mark.parametrize("smtp_server", ["hangs"], indirect=True)
def test_thread_goes_on_after_a_failure(smtp_server, settings, caplog):
    settings.EMAIL_TIMEOUT = 0.2
    send(message_to("ann@example.org"))
    smtp_server.mode, settings.EMAIL_TIMEOUT = "works", 60
    send(message_to("bob@example.org"))
    assert list(smtp_server.texts()) == ["bob@example.org"]
    assert len(failures(caplog)) == 1


@pytest.mark.parametrize("smtp_server", ["hangs"], indirect=True)
def test_mails_are_dropped_when_too_many_wait(smtp_server, settings, caplog, monkeypatch):
    # The server keeps the thread waiting until all mails were handed over.
    settings.EMAIL_TIMEOUT = 60
    monkeypatch.setattr(mail, "MAX_SECONDS", 60)
    monkeypatch.setattr(mail, "mail_queue", queue := mail.MailQueue())
    queue.waiting.maxsize = 2
    for _number in range(4):
        get_connection().send_messages([message_to("ann@example.org")])
    smtp_server.closing.set()
    queue.waiting.join()
    dropped = [line for line in failures(caplog) if "too many" in line]
    assert 1 <= len(dropped) <= 2
