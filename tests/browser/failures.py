"""What can fail while a form is sent. Each context manager yields the sentence that the form then shows."""

import os
import resource
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

from tests.browser.conftest import PASSWORD, Site
from tests.processes import free_port, running, wait_until_ready

# How often each failure is tried. TRIES=20 asks for what `docs/editing.md` promises, of every form.
TRIES = int(os.environ.get("TRIES") or (20 if os.environ.get("THOROUGH") else 2))
# Of operations, which the same script sends, but which take longer.
OPERATION_TRIES = int(os.environ.get("TRIES") or (5 if os.environ.get("THOROUGH") else 2))


def failure(tab):
    return tab.locator(".save-failure")


@contextmanager
def network_cut(tab, site, address=""):
    tab.context.set_offline(True)
    yield "The site cannot be reached."
    tab.context.set_offline(False)


@contextmanager
def answer_cut(tab, site, address="**/change/"):
    """The site does what it is asked, and the connection breaks before the answer."""

    def cut(route):
        route.fetch()
        route.abort("connectionreset")

    tab.route(address, cut)
    yield "The site cannot be reached."
    tab.unroute(address)


@contextmanager
def database_locked(tab, site, address=""):
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield "The database of the site does not answer or cannot be written."


@contextmanager
def site_failing(tab, site, address="**/change/"):
    tab.route(address, lambda route: route.fulfill(status=502, content_type="text/html", body="Bad gateway"))
    yield "The site has a fault (status 502)."
    tab.unroute(address)


@contextmanager
def own_site(folder, **options):
    """Start a site that the test may kill; yield it and its process."""
    port = options.pop("port", None) or free_port()
    with running("serve", data=folder, PORT=str(port), DJANGO_SUPERUSER_PASSWORD=PASSWORD, **options) as process:
        site = Site(f"http://127.0.0.1:{port}", folder)
        wait_until_ready(site.url, process)
        yield site, process


def processes_below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(process for child in children for process in processes_below(int(child)))]


@contextmanager
def full_disk(pid):
    """Let no process of the server write to a file: setrlimit(2) with 0 bytes, as if there were no space left."""
    limits = {process: resource.prlimit(process, resource.RLIMIT_FSIZE) for process in processes_below(pid)}
    for process, (_soft, hard) in limits.items():
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
    yield
    for process, limit in limits.items():
        resource.prlimit(process, resource.RLIMIT_FSIZE, limit)
