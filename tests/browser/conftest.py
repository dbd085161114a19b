"""Fixtures for tests in Chromium against a server that `manage.py serve` starts."""

import shutil
import time
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.processes import copy_prepared_site, free_port, manage, running, wait_until_ready

CHROMIUM = shutil.which("chromium")
# The Node.js of Playwright is linked with libatomic, which a minimal Debian does not install.
HAS_LIBATOMIC = find_library("atomic") is not None
PASSWORD = "only-for-tests-4711"
# Chromium would request updates from Google's hosts, and fail the tests that no other host is used.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
]


def pytest_collection_modifyitems(items):
    """Skip the browser tests if Chromium is not installed, with a reason that says how to install it."""
    if CHROMIUM is None or not HAS_LIBATOMIC:
        skip = pytest.mark.skip(reason="no browser to test with: apt-get install chromium libatomic1")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(skip)


@dataclass(frozen=True)
class Site:
    """A running site: its base URL and data folder."""

    url: str
    data: Path

    def manage(self, *arguments: str) -> str:
        """Run a command on the site's data and return what it printed. Fail the test if the command fails."""
        process = manage(*arguments, data=self.data)
        assert process.returncode == 0, process.stderr
        return process.stdout


@pytest.fixture(scope="session")
def start_site(tmp_path_factory):
    """Return a function that starts a site, by default with the sample; all sites are stopped after the session."""
    with ExitStack() as stack:

        def start(*, has_sample: bool = True, **settings: str) -> Site:
            data = copy_prepared_site(tmp_path_factory.mktemp("site"), *(["--sample"] if has_sample else []))
            site = Site(f"http://127.0.0.1:{(port := free_port())}", data)
            options = {"PORT": str(port), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, **settings}
            process = stack.enter_context(running("serve", data=site.data, **options))
            wait_until_ready(site.url, process)
            return site

        yield start


@pytest.fixture(scope="session")
def arabic_site(start_site):
    """Return a site that also serves Arabic, which is written from right to left, with its catalogue for readers."""
    return start_site(SITE_LANGUAGES="en,ru,ar", PUBLIC_CATALOGUES="ar")


@pytest.fixture(scope="module")
def chromium():
    """Start Chromium for a module. While it runs, Django refuses to use the database: Playwright has an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium):
    """Return a function that opens a new browser context; it is closed after the test."""
    contexts = []

    def open_context(*, keeps_pages=False, **options):
        """Open a context; unless it keeps pages, it asks the site each time, as after half a minute."""
        context = chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        if not keeps_pages:
            # Chromium keeps nothing if requests are intercepted.
            context.route("**/*", lambda route: route.continue_())
        return context

    yield open_context
    for context in contexts:
        context.close()


@contextmanager
def expect_next_content(tab):
    """Wait for the next page, or for the next content of this one, as after a form with errors."""
    tab.evaluate("document.querySelector('main').dataset.isOld = 'yes'")
    yield
    tab.locator("main:not([data-is-old])").wait_for()
    tab.wait_for_load_state()


def wait_until_held(tab, held: list) -> None:
    """Wait until a handler of routes has put the first request into a list: a page can wait before it sends it."""
    deadline = time.monotonic() + 15
    while not held:
        assert time.monotonic() < deadline, "no request was sent"
        tab.wait_for_timeout(10)


@contextmanager
def logged_in_tabs(open_browser, site: Site):
    """Yield a function that opens a logged-in tab; script errors and violations of the policy fail the test."""
    errors = []

    def open_tab(site: Site = site, **options):
        tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US", **options).new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        log_in(tab, site)
        return tab

    yield open_tab
    assert not errors


_sessions: dict[str, list] = {}


def log_in(tab, site: Site) -> None:
    """Log in as the superuser, or reuse the session of the first login on the site."""
    if session := _sessions.get(site.url):
        tab.context.add_cookies(session)
        return
    tab.goto(f"{site.url}/admin/login/")
    tab.fill("#id_username", "admin")
    tab.fill("#id_password", PASSWORD)
    tab.press("#id_password", "Enter")
    tab.get_by_text("Welcome").or_(tab.get_by_text("Добро пожаловать")).first.wait_for()
    _sessions[site.url] = tab.context.cookies()


def forget_sessions(site: Site) -> None:
    """Delete all sessions of the site, as if they had expired."""
    site.manage(
        "shell", "-v0", "-c", "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
    )
    _sessions.pop(site.url, None)
