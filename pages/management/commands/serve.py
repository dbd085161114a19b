"""`serve`: prepare the site and start the production server."""

import fcntl
import os
import secrets
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from pages.hugo.starter import is_new_site, load_starter
from pages.publishing.actors import system_actor

# Connections that wait while the site is prepared. The system's own limit may be lower.
BACKLOG = 4096
# The number of the first file descriptor that systemd passes: sd_listen_fds(3).
FIRST_PASSED_SOCKET = 3
# Any number that no other program uses in this database.
POSTGRESQL_LOCK = 7_261_448_103


class Command(BaseCommand):
    help = "Update the database and static files, and serve the site."

    def add_arguments(self, parser):
        parser.add_argument("--sample", action="store_true", help="load the sample content if the site is new")
        parser.add_argument(
            "--prepare", action="store_true", help="update the database and static files, and do not start the server"
        )

    def handle(self, *, sample, prepare, **options):
        # For everything that this process and the server create in DATA_DIR.
        os.umask(0o077)
        # First, so that a port in use is reported before anything is created. Connections wait until the site is ready.
        listener = None if prepare else passed_socket() or open_socket()
        require_shared_secret()
        with preparation_lock():
            require_database()
            prepare_site()
            if sample and is_new_site():
                load_starter(by=system_actor("loadstarter"), now=timezone.now())
            login = ensure_user(may_show_password=sample and self.stdout.isatty())
        if listener:
            self.stdout.write("\n".join(startup_message(listener, login)))
            self.stdout.flush()
            become_server(listener)


def require_shared_secret() -> None:
    """Raise CommandError if servers that share a PostgreSQL database could have different keys for its sessions."""
    if connection.vendor == "postgresql" and not os.environ.get("SECRET_KEY", "").strip():
        raise CommandError(
            "With PostgreSQL, set SECRET_KEY to the same text on every server of the site, "
            f"such as the text in {settings.DATA_DIR / 'secret_key'}: logins depend on it."
        )


def require_database() -> None:
    """Raise CommandError if the SQLite file of a site that was started before is gone: the site would become empty."""
    database = Path(settings.DATABASES["default"]["NAME"])
    was_started = connection.vendor == "sqlite" and settings.STATIC_ROOT.exists()
    if was_started and not (database.exists() and database.stat().st_size):
        raise CommandError(
            f"{database} is missing or empty, although this site was started before: restore it from a backup. "
            f"To start a new, empty site, remove {settings.STATIC_ROOT} first."
        )


def passed_socket() -> socket.socket | None:
    """Return the socket that systemd holds for this process, None if there is none. It outlives a restart."""
    return socket.socket(fileno=FIRST_PASSED_SOCKET) if is_socket_passed() else None


def is_socket_passed() -> bool:
    return os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS") == "1"


def open_socket() -> socket.socket:
    """Listen at SOCKET, or else at HOST and PORT. Raise CommandError if that is not possible."""
    try:
        return open_unix_socket(Path(settings.SOCKET)) if settings.SOCKET else open_port()
    except OSError as error:
        problem = error.strerror or error
        if settings.SOCKET:
            raise CommandError(f"SOCKET={settings.SOCKET!r} cannot be used ({problem}).") from error
        raise CommandError(f"Port {settings.PORT} cannot be used ({problem}): set PORT to another port.") from error


def open_port() -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET)
    # Without it, a port counts as in use for a minute after a server stopped (TIME_WAIT).
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((settings.HOST, settings.PORT))
    listener.listen(BACKLOG)
    return listener


def open_unix_socket(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    remove_unused_socket(path)
    listener.bind(str(path))
    # Like a port: any user of this machine may connect, if the folder allows it.
    path.chmod(0o666)
    listener.listen(BACKLOG)
    return listener


def remove_unused_socket(path: Path) -> None:
    """Remove the socket that a killed server left behind."""
    if path.is_socket():
        with closing(socket.socket(socket.AF_UNIX)) as client, suppress(ConnectionRefusedError):
            client.connect(str(path))
            return
        path.unlink()


@contextmanager
def preparation_lock() -> Iterator[None]:
    """Wait until no other process prepares this site, also on another machine with the same PostgreSQL database."""
    with (settings.DATA_DIR / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [POSTGRESQL_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [POSTGRESQL_LOCK])


def prepare_site() -> None:
    """Update the database and the static files, and import what the server will import."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    protect_data()
    import_string(settings.WSGI_APPLICATION)


def protect_data() -> None:
    """Take the permissions of other users away from DATA_DIR and its files: they hold sessions, passwords and keys."""
    database = settings.DATABASES["default"]["NAME"] if connection.vendor == "sqlite" else ""
    files = [path for path in (*settings.DATA_DIR.iterdir(), Path(database)) if path.is_file()]
    for path in (settings.DATA_DIR, *files):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)


def ensure_user(*, may_show_password: bool) -> str:
    """Create the superuser "admin" if there is no user and its password is known; return how to log in."""
    users = get_user_model()
    if users.objects.exists():
        return "with your user name and password"
    password = settings.DJANGO_SUPERUSER_PASSWORD or (secrets.token_urlsafe(12) if may_show_password else "")
    if not password:
        return "there is no user yet: create one with `.venv/bin/python manage.py createsuperuser`"
    users.objects.create_superuser("admin", password=password)
    if settings.DJANGO_SUPERUSER_PASSWORD:
        return "admin, password from DJANGO_SUPERUSER_PASSWORD"
    return f"admin, password {password} (shown this once)"


def startup_message(listener: socket.socket, login: str) -> list[str]:
    address = settings.SITE_URL or address_of(listener)
    return [
        "",
        f"  Site    {address}/",
        f"  Admin   {address}/admin/",
        f"  Login   {login}",
        f"  Data    {settings.DATA_DIR}",
        "  Stop    Ctrl-C",
        "",
    ]


def address_of(listener: socket.socket) -> str:
    if listener.family == socket.AF_UNIX:
        return f"http+unix:{listener.getsockname()}"
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def become_server(listener: socket.socket) -> None:
    """Replace this process by the server, so that it receives signals directly."""
    connection.close()
    listener.set_inheritable(True)
    command = server_command(listener)
    os.execve(command[0], command, original_environment())  # noqa: S606 - no shell is needed.


def server_command(listener: socket.socket) -> list[str]:
    program = Path(settings.BASE_DIR) / "selfprivacy_site" / "server.py"
    numbers = f"--listener {listener.fileno()} --workers {settings.WORKERS} --threads {settings.THREADS}"
    own_socket = "" if is_socket_passed() else settings.SOCKET
    # -P: the folder of the program is a package, not a place to import from.
    command = [sys.executable, "-P", str(program), *numbers.split()]
    return [*command, "--remove-at-end", own_socket] if own_socket else command


def original_environment() -> dict[bytes, bytes]:
    """Return the environment without the lines of the .env file, which the server's workers read again at a reload."""
    variables = Path("/proc/self/environ")
    if not variables.exists():
        return dict(os.environb)
    return dict(item.split(b"=", 1) for item in variables.read_bytes().split(b"\0") if b"=" in item)
