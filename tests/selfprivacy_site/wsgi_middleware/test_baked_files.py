"""Answers from a static copy."""

import gzip
import math
from hashlib import sha256

import brotli
import pytest

from selfprivacy_site.wsgi_middleware.baked_files import BakedFiles
from selfprivacy_site.wsgi_middleware.baked_manifest import FILE_NAME, PUBLIC, Entry, Manifest, StoredGroup

HTML = (("Content-Security-Policy", "default-src 'none'"), ("Content-Type", "text/html; charset=utf-8"))
MARKDOWN = (("Content-Type", "text/markdown; charset=utf-8"), ("X-Robots-Tag", "noindex"))
PAGE = b"<p>A page</p>"
STATE = (7, 1700000000.25)


@pytest.fixture
def copy(tmp_path):
    """Return a copy with a page, its source, a withdrawn page, a redirect, and an entry outside of the folder."""
    write_copy(tmp_path)
    files = {
        "policy/index.html": PAGE,
        "policy/index.md": b"A page",
        "gone/index.html": b"Gone",
        "r\u00e9/index.html": b"R",
    }
    for name, body in files.items():
        (tmp_path / PUBLIC / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / PUBLIC / name).write_bytes(body)
    (tmp_path / PUBLIC / "policy/index.html.gz").write_bytes(gzip.compress(PAGE))
    (tmp_path / PUBLIC / "policy/index.html.br").write_bytes(brotli.compress(PAGE))
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


def write_copy(folder, counter=7, since=STATE[1]):
    entries = {
        "/policy/": Entry(
            200, 0, "policy/index.html", "", ("gz", "br"), link='</policy/history/>; rel="version-history"'
        ),
        "/policy/index.md": Entry(200, 1, "policy/index.md"),
        "/gone/": Entry(410, 0, "gone/index.html"),
        "/old/": Entry(301, 0, "old/index.html", location="/policy/"),
        "/r\u00e9/": Entry(200, 0, "r\u00e9/index.html"),
        "/secret/": Entry(200, 0, "../secret.txt"),
        "/lost/": Entry(200, 0, "lost/index.html"),
    }
    groups = {"page:policy": StoredGroup.of(entries)}
    manifest = Manifest(counter=counter, at=0, changed_by_time_at=since, headers=(HTML, MARKDOWN), groups=groups)
    (folder / FILE_NAME).write_text(manifest.to_text(), encoding="utf-8")


def ask(copy, path, accept_encoding="", state=STATE):
    return BakedFiles(copy).answer(path, *state, accept_encoding)


def test_page_has_its_headers_and_a_strong_etag(copy):
    status, headers, body = ask(copy, "/policy/")
    assert (status, body) == ("200 OK", PAGE)
    etag = f'"{sha256(PAGE).hexdigest()[:32]}"'
    own = [("Vary", "Accept-Encoding"), ("ETag", etag), ("Content-Length", str(len(PAGE)))]
    assert headers == [*HTML, ("Link", '</policy/history/>; rel="version-history"'), *own]


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip", "gzip"), ("gzip, br", "br"), ("identity", None), ("br;q=0", None)]
)
def test_page_comes_in_the_content_coding_that_the_client_prefers(copy, accepted, coding):
    _status, headers, body = ask(copy, "/policy/", accepted)
    assert dict(headers).get("Content-Encoding") == coding
    decode = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[coding]
    assert decode(body) == PAGE
    assert dict(headers)["ETag"] == f'"{sha256(body).hexdigest()[:32]}"'


def test_other_kinds_of_answers(copy):
    status, headers, body = ask(copy, "/policy/index.md", "gzip")
    assert (status, body, dict(headers)["X-Robots-Tag"]) == ("200 OK", b"A page", "noindex")
    assert ask(copy, "/gone/")[::2] == ("410 Gone", b"Gone")
    status, headers, body = ask(copy, "/old/")
    assert (status, dict(headers)["Location"], body) == ("301 Moved Permanently", "/policy/", b"")
    # PEP 3333: the bytes of the path as Latin-1.
    assert ask(copy, "/r\u00e9/".encode().decode("latin-1"))[2] == b"R"


@pytest.mark.parametrize(
    "path",
    ["/", "/policy", "/policy/index.html", "/policy/../policy/", "/secret/", "/../secret.txt", "/lost/", "/\xff/"],
)
def test_what_the_copy_does_not_hold_is_not_answered(copy, path):
    assert ask(copy, path) is None


@pytest.mark.parametrize("state", [(8, STATE[1]), (6, STATE[1]), (7, 1700000001.0), (7, -math.inf)])
def test_copy_of_another_state_of_the_site_is_not_used(copy, state):
    assert ask(copy, "/policy/", state=state) is None


def test_copy_of_a_site_that_never_changed_by_time(copy):
    write_copy(copy, since=-math.inf)
    assert ask(copy, "/policy/", state=(7, -math.inf))[2] == PAGE


def test_copy_that_is_replaced_is_read_again(copy):
    files = BakedFiles(copy)
    assert files.answer("/policy/", *STATE, "")[2] == PAGE
    (copy / PUBLIC / "policy/index.html").write_bytes(b"New")
    (copy / FILE_NAME).unlink()
    assert files.answer("/policy/", *STATE, "") is None
    write_copy(copy, counter=8)
    assert files.answer("/policy/", *STATE, "") is None
    assert files.answer("/policy/", 8, STATE[1], "")[2] == b"New"


def test_folder_without_a_copy_answers_nothing(tmp_path):
    assert ask(tmp_path, "/policy/") is None
    (tmp_path / FILE_NAME).write_text("{}")
    assert ask(tmp_path, "/policy/") is None
