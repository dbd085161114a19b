"""`serve`: prepare the site and start the production server."""

import os
import secrets
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.hugo.starter import load_starter
from pages.models import Page
from pages.publishing.actors import system_actor

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Update the database and static files, create the first user if there is none, and serve the site."

    def add_arguments(self, parser):
        parser.add_argument("--sample", action="store_true", help="load the sample content if the site has no pages")

    def handle(self, *, sample, **options):
        require_free_port(settings.PORT)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if sample and not Page.objects.exists():
            load_starter(by=system_actor("loadstarter"), now=timezone.now())
        self.stdout.write("\n".join(startup_message(ensure_user())))
        self.stdout.flush()
        # The server replaces this process, so that it receives signals directly. `execv` does not flush buffers.
        os.execv(sys.executable, server_command())  # noqa: S606 - no shell is needed.


def require_free_port(port: int) -> None:
    """Raise CommandError if the port is in use. Checked first, before the startup message says that the site runs."""
    with socket.socket() as probe:
        # The server sets it too: without it, a port counts as in use for a minute after a server stopped (TIME_WAIT).
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used ({error.strerror}): set PORT to another port.") from error


def ensure_user() -> str:
    """Create the superuser "admin" if there is no user; return a phrase that tells how to log in."""
    users = get_user_model()
    if users.objects.exists():
        return "with your user name and password"
    password = settings.DJANGO_SUPERUSER_PASSWORD or secrets.token_urlsafe(12)
    users.objects.create_superuser("admin", password=password)
    if settings.DJANGO_SUPERUSER_PASSWORD:
        return "admin, password from DJANGO_SUPERUSER_PASSWORD"
    return f"admin, password {password} (shown this once)"


def startup_message(login: str) -> list[str]:
    address = settings.SITE_URL or f"http://{HOST}:{settings.PORT}"
    return [
        "",
        f"  Site    {address}/",
        f"  Admin   {address}/admin/",
        f"  Login   {login}",
        f"  Data    {settings.DATA_DIR}",
        "  Stop    Ctrl-C",
        "",
    ]


def server_command() -> list[str]:
    """Return the command line of the server. It writes no access log, which would contain full IP addresses."""
    options = f"--interface wsgi --host {HOST} --port {settings.PORT}"
    options += f" --workers {settings.WORKERS} --blocking-threads {settings.THREADS} --http 1"
    # Sometimes a worker does not stop when told to (granian issue 651), and Ctrl-C would wait for it forever.
    options += " --workers-kill-timeout 2"
    folder = str(Path(settings.BASE_DIR))
    return [
        sys.executable, "-m", "granian", *options.split(), "--log-level", "warning", "--no-access-log",
        "--working-dir", folder,
        "selfprivacy_site.wsgi:application",
    ]  # fmt: skip
