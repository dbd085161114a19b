"""`serve`: make everything ready, and start the production server."""

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
    """Arguments and output of the start."""

    help = "Bring database and static files up to date, make a first user if there is none, and serve the site."

    def add_arguments(self, parser):
        """Take whether sample content is wanted."""
        parser.add_argument("--sample", action="store_true", help="load the starter content if there is no page")

    def handle(self, *, sample, **options):
        """Do it, print one block, and become the server: signals go straight to it."""
        insist_on_free_port(settings.PORT)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if sample and not Page.objects.exists():
            load_starter(by=system_actor("loadstarter"), now=timezone.now())
        self.stdout.write("\n".join(block(first_user())))
        self.stdout.flush()
        os.execv(sys.executable, server_command())  # noqa: S606 - no shell is wanted.


def insist_on_free_port(port: int) -> None:
    """Raise CommandError where the port is taken, before anything is printed that would not be true."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used ({error.strerror}): set PORT to another one.") from error


def first_user() -> str:
    """Make the user admin if there is no user; return the words that say how to log in."""
    users = get_user_model()
    if users.objects.exists():
        return "with the password that you know"
    password = settings.DJANGO_SUPERUSER_PASSWORD or secrets.token_urlsafe(12)
    users.objects.create_superuser("admin", password=password)
    if settings.DJANGO_SUPERUSER_PASSWORD:
        return "admin, password from DJANGO_SUPERUSER_PASSWORD"
    return f"admin, password {password} (shown this once)"


def block(login: str) -> list[str]:
    """Return what the person at the terminal has to know."""
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
    """Return the command line of the server. It writes no access log: it would hold whole addresses."""
    workers = min(4, os.cpu_count() or 1)
    options = f"--interface wsgi --host {HOST} --port {settings.PORT} --workers {workers} --blocking-threads 4"
    # A worker now and then does not end when it is told to (granian issue 651), and Ctrl-C would wait for it for ever.
    options += " --workers-kill-timeout 2"
    folder = str(Path(settings.BASE_DIR))
    return [
        sys.executable, "-m", "granian", *options.split(), "--log-level", "warning", "--no-access-log",
        "--working-dir", folder,
        "selfprivacy_site.wsgi:application",
    ]  # fmt: skip
