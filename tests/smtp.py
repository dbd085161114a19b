"""A small SMTP server (RFC 5321) in threads: it keeps the mails it gets, or misbehaves."""

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class _Session(socketserver.StreamRequestHandler):
    def reply(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.server.connections += 1
        if self.server.mode == "hangs":
            self.server.closing.wait()
        elif self.server.mode == "waits":
            self.server.may_answer.wait()
            self.converse()
        elif self.server.mode == "dribbles":
            self.dribble()
        elif self.server.mode == "refuses":
            self.reply("554 ann@example.org may not enter")
        else:
            self.converse()

    def dribble(self) -> None:
        """Send a greeting that never ends."""
        self.wfile.write(b"220 ")
        while not self.server.closing.wait(0.05):
            try:
                self.wfile.write(b"a")
            except OSError:
                return

    def converse(self) -> None:
        self.reply("220 ready")
        recipients = []
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip()
            if command.upper().startswith("RCPT"):
                recipients.append(command.partition("<")[2].rstrip(">"))
                is_refused = recipients[-1].startswith("refused")
                self.reply(f"550 no such user {recipients[-1]}" if is_refused else "250 ok")
            elif command.upper() == "DATA":
                self.reply("354 go on")
                self.receive(recipients)
                recipients = []
            elif command.upper() == "QUIT":
                self.reply("221 bye")
                return
            else:
                recipients = [] if command.upper().startswith(("RSET", "MAIL")) else recipients
                self.reply("250 ok")

    def receive(self, recipients: list[str]) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        content = b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.server.received.append((recipients, message, time.monotonic()))
        self.reply("250 ok")


class SMTPServer(socketserver.ThreadingTCPServer):
    """`mode` is "works", "waits" (for `may_answer`), "refuses", "hangs" (until `closing`) or "dribbles".

    It refuses recipients whose name begins with "refused".
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, mode: str = "works") -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mode, self.connections = mode, 0
        self.may_answer, self.closing = threading.Event(), threading.Event()
        self.received: list[tuple[list[str], EmailMessage, float]] = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    def texts(self) -> dict[str, str]:
        """Return subject and body of the last mail to each recipient."""
        return {
            recipient: f"{message['Subject'].strip()}\n\n{message.get_content()}".replace("\r\n", "\n")
            for recipients, message, _at in self.received
            for recipient in recipients
        }


@contextmanager
def running_smtp_server(mode: str = "works") -> Iterator[SMTPServer]:
    with SMTPServer(mode) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.may_answer.set()
            server.shutdown()
            thread.join()


def use_mail(settings, server: SMTPServer) -> None:
    """Let the site send its mails to a server, as EMAIL_URL and SITE_URL do."""
    settings.SENDS_MAIL, settings.SITE_URL = True, "https://policies.example.org"
    settings.DEFAULT_FROM_EMAIL = "noreply@policies.example.org"
    settings.EMAIL_BACKEND = "selfprivacy_site.mail.BackgroundBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
