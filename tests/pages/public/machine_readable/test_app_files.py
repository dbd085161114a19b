"""Tests of `fragment.html` and `bundle.zip`: complete on their own, and the same bytes for the same texts."""

import io
import json
import re
from datetime import UTC, datetime
from zipfile import ZIP_STORED, ZipFile

import pytest

from pages.hugo.importing.tree_import import import_tree
from pages.models import Blob, Page
from pages.public.machine_readable.app_files import zip_files
from pages.publishing.actors import system_actor
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
IMPORTED = {"legal": "[x](terms.md)", "terms": "Terms."}
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
BODY = """# Privacy policy

## Below {#below}

[a](../terms/) [b](/x/?q=1#y) [c](#below) [d](mailto:a@b.example) ![Map](/m.svg)
"""


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


@pytest.fixture
def page() -> Page:
    """Return a page in two languages with a picture in one of them."""
    page = make_page("policy")
    digest = store_picture(SVG, "svg", now=_day(1))
    save_bodies(page, _day(1), en=BODY, ru="Один [a](b/).")
    pictures = {"en": {"/m.svg": digest}, "ru": {}}
    texts = {code: TextToPublish(draft_revision(page, code), pictures=pictures[code]) for code in pictures}
    publish(page, texts, by=EDITOR, now=_day(1))
    return page


def _files(client, address: str = "/policy/bundle.zip") -> dict[str, bytes]:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    with ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_fragment_is_the_body_without_what_is_around_it(client, page):
    response = client.get("/policy/fragment.html")
    html = response.content.decode()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert html.startswith('<div lang="en" dir="ltr">\n')
    assert html.endswith("</div>\n")
    assert "<h1" not in html
    assert "<html" not in html
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Link"] == '</policy/>; rel="canonical"'


def test_addresses_in_a_fragment_are_absolute_except_within_it(client, page):
    html = client.get("/policy/fragment.html").content.decode()
    links = re.findall(r'(?:href|src)="([^"]*)"', html)
    digest = re.search(r"/media/([0-9a-f]{64})", html)[1]
    assert [link for link in links if not link.startswith("#")] == [
        f"{SITE}/terms/", f"{SITE}/x/?q=1#y", "mailto:a@b.example", f"{SITE}/media/{digest}"
    ]  # fmt: skip
    assert {link for link in links if link.startswith("#")} == {"#below"}
    assert f'href="{SITE}/ru/policy/b/"' in client.get("/ru/policy/fragment.html").content.decode()


def test_language_without_a_text_has_no_fragment(client):
    publish_bodies(make_page("policy"), {"en": "One."}, _day(1))
    assert client.get("/ru/policy/fragment.html").status_code == 404


def test_bundle_holds_what_the_addresses_return(client, page):
    files = _files(client)
    (picture,) = (name for name in files if name.startswith("media/"))
    assert set(files) == {"current.json", "en.md", "en.html", "ru.md", "ru.html", picture}
    assert files["current.json"] == client.get("/policy/current.json").content
    for code, prefix in (("en", ""), ("ru", "/ru")):
        assert files[f"{code}.md"] == client.get(f"{prefix}/policy/index.md").content
    assert files["ru.html"] == client.get("/ru/policy/fragment.html").content
    assert files[picture] == SVG


def test_pictures_of_a_bundle_are_found_without_a_network(client, page):
    files = _files(client)
    (source,) = re.findall(r'<img src="([^"]*)"', files["en.html"].decode())
    assert source in files
    online = client.get("/policy/fragment.html").content.decode()
    assert files["en.html"].decode() == re.sub(rf"{SITE}/media/[0-9a-f]+", source, online)


def test_bundle_is_the_same_bytes_in_every_language_and_at_any_time(client, page):
    first = client.get("/policy/bundle.zip")
    assert client.get("/ru/policy/bundle.zip").content == first.content
    assert client.get("/policy/bundle.zip", headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    publish_bodies(make_page("other"), {"en": "Other."}, _day(5))
    assert client.get("/policy/bundle.zip").headers["ETag"] == first.headers["ETag"]
    publish_bodies(page, {"ru": "Два."}, _day(6))
    assert client.get("/policy/bundle.zip").headers["ETag"] != first.headers["ETag"]
    assert json.loads(_files(client)["current.json"])["version"]["number"] == 2


def test_archive_is_made_once_for_all_languages(client, page, django_assert_num_queries):
    first = client.get("/policy/bundle.zip").content
    # The state of the site.
    with django_assert_num_queries(1):
        assert client.get("/ru/policy/bundle.zip").content == first


def test_links_of_a_bundle_to_other_files_are_made_again_when_a_page_moves(client, tmp_path):
    files = {f"content/en/{name}.md": markdown("Title", text) for name, text in IMPORTED.items()}
    import_tree(write_tree(tmp_path, files), by=system_actor("import_hugo"), now=_day(1))
    assert b'href="http://testserver/terms/"' in _files(client, "/legal/bundle.zip")["en.html"]
    move(Page.objects.get(path="terms"), slug="rules", parent=None, by=EDITOR, now=_day(2))
    assert b'href="http://testserver/rules/"' in _files(client, "/legal/bundle.zip")["en.html"]


def test_times_before_those_of_zip_are_its_first():
    with ZipFile(io.BytesIO(zip_files({"a": b"x"}, datetime(1970, 1, 1, tzinfo=UTC)))) as archive:
        (info,) = archive.infolist()
    assert (info.date_time, info.external_attr >> 16, info.create_system) == ((1980, 1, 1, 0, 0, 0), 0o644, 3)


def test_only_files_that_get_smaller_are_compressed():
    files = dict.fromkeys(("current.json", "en.md", "en.html", "media/1.svg", "media/2.png", "media/3.jpg"), b"x")
    with ZipFile(io.BytesIO(zip_files(files, _day(1)))) as archive:
        stored = [info.filename for info in archive.infolist() if info.compress_type == ZIP_STORED]
    assert stored == ["media/2.png", "media/3.jpg"]


def test_text_that_was_redacted_is_left_out(client, page):
    assert "ru.md" in _files(client)
    digest = draft_revision(page, "ru").digest
    with writing(EDITOR, _day(9)) as writer:
        writer.record("redact", at=_day(9), details={"digests": [digest]}, reasons={"en": "A court."})
    Blob.objects.filter(pk=digest).update(content=None)
    assert client.get("/ru/policy/fragment.html").status_code == 404
    assert set(_files(client)) >= {"current.json", "en.md", "en.html"}
    assert "ru.md" not in _files(client)
