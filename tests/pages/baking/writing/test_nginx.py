"""Debian's nginx serves a static copy as the application answers: status, headers and body."""

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from pages.baking.answers.application import SiteApplication, connection_kept
from pages.baking.bake import bake
from pages.baking.writing.folders import NGINX, REDIRECTS
from pages.models import Page
from pages.presentation.site_state import read_site_state
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from selfprivacy_site.wsgi_middleware.baked_manifest import PUBLIC, read_manifest
from tests.building import EDITOR, make_page, publish_bodies

NGINX_PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
BROTLI_MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(NGINX_PROGRAM is None, reason="nginx is missing: apt-get install nginx-light"),
]
# What nginx says itself of a file or a connection.
OWN_HEADERS = {"server", "date", "connection", "content-length", "etag", "last-modified", "accept-ranges", "vary"}
OWN_HEADERS |= {"content-encoding", "transfer-encoding"}
CONFIG = """
{modules}
user {user};
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  scgi_temp_path {folder}; uwsgi_temp_path {folder};
  include {copy}/nginx/http.conf;
  server {{
    listen 127.0.0.1:{port};
    root {copy}/public;
    {brotli}
    include {copy}/nginx/server.conf;
  }}
}}
"""


def build_site() -> None:
    """Build pages, with a language that is not served, and with names that need escaping."""
    now = timezone.now() - timedelta(days=10)
    page = make_page("policy")
    body = "Long enough to be compressed. " * 40
    publish_bodies(page, {"en": body, "ru": "Политика. " * 40, "de": "Deutsch."}, now)
    publish_bodies(page, {"en": f"{body} More.", "ru": "Другая."}, now + timedelta(days=1))
    publish_bodies(page, {"en": "Next."}, now + timedelta(days=2), effective_at=timezone.now() + timedelta(days=30))
    for slug in ("Ünïcode", "UPPER"):
        publish_bodies(make_page(slug, parent=page), {"en": f"Text {slug}."}, now + timedelta(days=3))


def complete_site() -> None:
    """Add a name that differs in case only, a withdrawn page and old addresses, and edit a page."""
    later = timezone.now() - timedelta(days=7)
    # Only imports bring these.
    policy = Page.objects.get(path="policy")
    upper = Page.objects.create(slug="upper", path="policy/upper", parent=policy, source_language="en")
    publish_bodies(upper, {"en": "Text upper."}, later)
    publish_bodies(Page.objects.get(path="policy/UPPER"), {"en": "Edited."}, later)
    withdrawn = make_page("gone")
    publish_bodies(withdrawn, {"en": "Withdrawn.", "ru": "Снята."}, later)
    withdraw(withdrawn, reasons={"en": "A mistake."}, by=EDITOR, now=later)
    moved = make_page("here")
    publish_bodies(moved, {"en": "Moved.", "ru": "Переехала."}, later)
    move(moved, slug="there", parent=None, by=EDITOR, now=later)


class Server:
    """nginx with a copy, and the application at the time of the copy."""

    def __init__(self, folder: Path, copy: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.has_brotli = BROTLI_MODULE.is_file()
        config = CONFIG.format(
            folder=folder,
            copy=copy,
            port=self.port,
            user="root" if os.geteuid() == 0 else os.getuid(),
            modules=f"load_module {BROTLI_MODULE};" if self.has_brotli else "",
            brotli="brotli_static on;" if self.has_brotli else "",
        )
        (folder / "nginx.conf").write_text(config, encoding="utf-8")
        command = [NGINX_PROGRAM, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(command, stderr=log)
        self._wait(folder)

    def _wait(self, folder: Path) -> None:
        for _try in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                assert self.process.poll() is None, (folder / "log").read_text()
                time.sleep(0.1)
            else:
                return
        pytest.fail("nginx does not start")

    def get(self, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", iri_to_uri(address), headers={"Host": "testserver", **headers})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, body


@pytest.fixture(scope="module")
def site(build_once, tmp_path_factory):
    """Return nginx, the folder of the copy, and the time at which it was made, with the second run."""
    folder, at = tmp_path_factory.mktemp("nginx"), timezone.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.SITE_URL", "http://testserver")
        for build in (build_site, complete_site):
            build_once(build)
            build_once(lambda: bake(folder / "copy", at=at))
    server = Server(folder, folder / "copy")
    yield server, folder / "copy", at
    server.process.terminate()
    server.process.wait(10)


@pytest.fixture
def application(db, site):
    with connection_kept():
        yield SiteApplication(read_site_state(site[2]))


def test_every_address_is_served_as_the_application_answers_it(site, application):
    server, copy, _at = site
    entries = read_manifest(copy).entries
    assert {entry.status for entry in entries.values()} == {200, 301, 302, 404, 410}
    assert len(entries) > 100
    for address, entry in entries.items():
        status, headers, body = server.get(address)
        answer = application.answer(iri_to_uri(address) + ("/" if address.endswith("404.html") else ""))
        assert status == answer.status, address
        expected = {name.lower(): value for name, value in answer.headers}
        if entry.location:
            assert headers["location"] == answer.location
            # nginx sends a page of its own with a redirect.
            expected["content-type"] = "text/html"
        else:
            assert body == answer.body, address
        if answer.link:
            expected["link"] = answer.link
        assert {name: headers[name] for name in headers.keys() - OWN_HEADERS - {"location"}} == expected, address


def test_compressed_copies_are_the_same_pages(site):
    server, copy, _at = site
    compressed = {address: entry for address, entry in read_manifest(copy).entries.items() if entry.codings}
    assert len(compressed) > 50
    codings = {"gzip": gzip.decompress} | ({"br": brotli.decompress} if server.has_brotli else {})
    for address, entry in compressed.items():
        plain = (copy / PUBLIC / entry.file).read_bytes()
        if entry.status in (301, 302):
            continue
        for coding, decode in codings.items():
            status, headers, body = server.get(address, **{"Accept-Encoding": coding})
            assert (status, headers["content-encoding"], decode(body)) == (entry.status, coding, plain), address
            assert headers["vary"] == "Accept-Encoding"


def test_browsers_can_revalidate(site):
    server = site[0]
    for accepted in ("identity", "gzip"):
        _status, headers, _body = server.get("/policy/", **{"Accept-Encoding": accepted})
        conditions = {"If-None-Match": headers["etag"], "Accept-Encoding": accepted}
        status, revalidated, body = server.get("/policy/", **conditions)
        assert (status, body) == (304, b"")
        assert (revalidated["etag"], revalidated["cache-control"]) == (headers["etag"], headers["cache-control"])
        assert server.get("/policy/", **{**conditions, "If-None-Match": '"other"'})[0] == 200


@pytest.mark.parametrize(
    "address",
    ["/nothing/", "/nothing", "/policy/index.html", "/policy/index.html.gz", "/404.html", "/policy/v/", "/policy/v/9/"],
)
@pytest.mark.parametrize("prefix", ["", "/ru"])
def test_unknown_address_gets_the_page_for_it_in_its_language(site, application, prefix, address):
    status, headers, body = site[0].get(f"{prefix}{address}")
    answer = application.answer(f"{prefix}/nothing/")
    assert (status, body) == (404, answer.body)
    assert headers["content-language"] == (prefix.removeprefix("/") or "en")


def test_address_without_its_last_slash_redirects(site):
    status, headers, _body = site[0].get("/policy/Ünïcode?a=b")
    assert (status, headers["location"]) == (301, f"{iri_to_uri('/policy/Ünïcode')}/?a=b")


def test_redirects_keep_the_query_and_are_listed_for_other_servers(site):
    server, copy, _at = site
    assert server.get("/here/history/?page=2")[1]["location"] == "/there/history/?page=2"
    lines = (copy / REDIRECTS).read_text().splitlines()
    assert "/here/history/ /there/history/ 301" in lines
    assert "/de/policy/ /policy/ 302" in lines
    assert (copy / NGINX / "server.conf").is_file()
