"""Mail that a thread sends after the request: a slow or broken mail server delays nobody. One thread per worker."""

import logging
import queue
import smtplib
import socket
import threading
from collections.abc import Collection, Iterable
from contextlib import suppress

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections

logger = logging.getLogger(__name__)
# For connecting and logging in, and then for each mail.
MAX_SECONDS = 5
# Calls of `send_messages` that wait for the thread; more than that are dropped.
MAX_WAITING = 100


class TimeLimit:
    """A mixin of smtplib's clients, whose own timeout limits each wait only: a server that dribbles would hold them."""

    timer = None

    def connect(self, *arguments, **options):
        self.start_timer()
        return super().connect(*arguments, **options)

    def sendmail(self, *arguments, **options):
        self.start_timer()
        return super().sendmail(*arguments, **options)

    def close(self):
        self.timer.cancel()
        super().close()

    def start_timer(self):
        if self.timer:
            self.timer.cancel()
        self.timer = threading.Timer(MAX_SECONDS, self.cut)
        self.timer.daemon = True
        self.timer.start()

    def cut(self):
        """End every wait for the server."""
        # Read once: the thread that waits can end and forget it.
        if sock := self.sock:
            # The method of an SSL socket would first forget the encryption, under the hands of the waiting thread.
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class LimitedSMTP(TimeLimit, smtplib.SMTP):
    pass


class LimitedEncryptedSMTP(TimeLimit, smtplib.SMTP_SSL):
    pass


class LimitedBackend(smtp.EmailBackend):
    @property
    def connection_class(self):
        return LimitedEncryptedSMTP if self.use_ssl else LimitedSMTP


class MailQueue:
    """Mails that wait for the thread, which is started with the first one. What waits is lost if the process ends."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[list[EmailMessage]] = queue.Queue(MAX_WAITING)
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def put(self, messages: Iterable[EmailMessage]) -> None:
        messages = list(messages)
        try:
            self.waiting.put_nowait(messages)
        except queue.Full:
            logger.error("Mail was dropped: too many mails wait for the mail server.")
            report_results(messages, sent=())
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, name="mail", daemon=True)
                self.thread.start()

    def run(self) -> None:
        while True:
            messages = self.waiting.get()
            try:
                deliver(messages)
            finally:
                # The reports may have opened one, and the next mail can be days away.
                connections.close_all()
                self.waiting.task_done()


mail_queue = MailQueue()


class BackgroundBackend(BaseEmailBackend):
    """The mail backend of the site. It always succeeds; a failure is one line in the log, without an address."""

    def send_messages(self, email_messages):
        mail_queue.put(email_messages)
        return len(email_messages)


def deliver(messages: Collection[EmailMessage]) -> None:
    """Send mails over one connection. One that the server refuses does not keep it from the others."""
    backend, sent = LimitedBackend(), []
    try:
        backend.open()
        sent.extend(message for message in messages if send_one(backend, message))
        backend.close()
    # SMTPException is an OSError; text that cannot be encoded is a ValueError.
    except (OSError, ValueError) as error:
        log_failure(error)
    report_results(messages, sent)


def report_results(messages: Iterable[EmailMessage], sent: Collection[EmailMessage]) -> None:
    """Tell each mail that has a method `report` whether it was sent, once."""
    for message in messages:
        if report := getattr(message, "report", None):
            report(is_sent=message in sent)


def send_one(backend: LimitedBackend, message: EmailMessage) -> bool:
    """Return whether the server took the mail."""
    try:
        return bool(backend.send_messages([message]))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, ValueError) as error:
        log_failure(error)
        return False


def log_failure(error: Exception) -> None:
    """Log the kind of the error and the server's code, but not its sentence, which can contain the address."""
    refused = getattr(error, "recipients", {}).values()
    codes = sorted({code for code, _sentence in refused} | {getattr(error, "smtp_code", 0)} - {0})
    details = ", ".join(map(str, codes)) or getattr(error, "strerror", None) or ""
    logger.error("Mail was not sent: %s", f"{type(error).__name__} {details}".strip())
