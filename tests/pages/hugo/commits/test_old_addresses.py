"""Addresses of an imported site answer here with a redirect to the page, in the language that they had."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from pages.hugo.importing.tree_import import import_tree
from pages.hugo.site_structure.reading_options import ReadingOptions
from pages.models import Page, Redirect
from pages.publishing.actors import system_actor
from tests.exports import import_repository, make_repository
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
GERMAN = override_settings(LANGUAGES=[("en", "English"), ("de", "German"), ("ru", "Russian")])


@pytest.fixture(autouse=True)
def _german():
    with GERMAN:
        yield


def publish(root, files, **options):
    """Import a tree. Each file has a text, or the values of its front matter."""
    texts = {
        name: content if isinstance(content, str) else markdown("Title", "Text.", **content)
        for name, content in files.items()
    }
    return import_tree(write_tree(root, texts), by=system_actor("import_hugo"), now=NOW, **options)


def skipped(log):
    return [f"{line.subject}: {line.message}" for line in log.lines if line.kind == "skipped"]


def target(client, address):
    """Return where an address leads; it must be a page that readers can open."""
    response = client.get(address)
    assert response.status_code in (301, 404)
    location = response.headers.get("Location")
    assert location is None or client.get(location).status_code == 200
    return location


MAIN = "/%D0%BC%D0%BE%D0%B9-%D0%B4%D0%BE%D0%BA%D1%83%D0%BC%D0%B5%D0%BD%D1%82/"
IMPRINT = {"url": "/de/rechtliches/impressum/", "aliases": "[/impressum/, alt/impressum]"}
# Files below the content folder, and where addresses lead.
CASES = [
    ({"en/privacy.md": {}}, {"/en/privacy/": "/privacy/", "/en/": "/", "/privacy/index.html": "/privacy/"}),
    ({"en/legal/imprint.md": {"url": "legal/imprint.html"}}, {"/legal/imprint.html": "/legal/imprint/"}),
    ({"en/i.md": {"url": "/Legal/Imprint.html"}}, {"/Legal/Imprint.html": "/Legal/Imprint/"}),
    (
        {"en/examples.md": {}, "de/examples.md": {"url": "/demos"}},
        dict.fromkeys(["/demos/", "/demos", "/de/demos/", "/demos.html", "/demos/index.html"], "/de/examples/"),
    ),
    ({"en/a.md": {}, "de/a.md": {"url": "demos"}}, {"/de/demos/": "/de/a/"}),
    ({"en/a.md": {}, "de/a.md": {"slug": "Datenschutz Erklärung"}}, {"/de/datenschutz-erkl%C3%A4rung/": "/de/a/"}),
    (
        {"en/legal/imprint.md": {}, "de/legal/imprint.md": IMPRINT},
        {
            "/impressum/": "/de/legal/imprint/",
            "/de/impressum/": "/de/legal/imprint/",
            "/de/rechtliches/alt/impressum/": "/de/legal/imprint/",
            "/de/rechtliches/impressum/": "/de/legal/imprint/",
        },
    ),
    (
        {"de/impressum.md": IMPRINT},
        {
            "/impressum/": "/rechtliches/impressum/",
            "/de/impressum/": "/de/rechtliches/impressum/",
            "/de/rechtliches/alt/impressum/": "/de/rechtliches/impressum/",
        },
    ),
    (
        {"en/demos.md": {"aliases": "[/Old/, rel/old, '/a b/', /UPPER.html]"}},
        dict.fromkeys(["/Old/", "/rel/old/", "/a%20b/", "/UPPER.html"], "/demos/"),
    ),
    (
        {"en/a.md": {"url": "Legal/My_Page.html", "aliases": "[Old/Way, x.html, ../y/]"}},
        dict.fromkeys(["/Old/Way/", "/x.html", "/y/"], "/Legal/My_Page/"),
    ),
    (
        {"en/Websites_ToU.md": {}},
        {"/Websites_ToU/": "/websites_tou/", "/en/Websites_ToU.html": "/websites_tou/"},
    ),
    ({"en/Мой Документ.md": {"aliases": "['/Старый/']"}}, {"/Мой-Документ/": MAIN, "/Старый/": MAIN}),
    (
        {"en/privacy.md": {"translationKey": "p"}, "de/datenschutz.md": {"translationKey": "p"}},
        {"/de/datenschutz/": "/de/privacy/"},
    ),
    (
        {"en/a.md": {"redirect_from": "[/x.html, /y/]"}},
        {"/x.html": "/a/", "/y/": "/a/", "/y/index.html": "/a/"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "addresses"), CASES)
def test_address_of_the_original_leads_to_the_page(tmp_path, client, files, addresses):
    log = publish(tmp_path, {f"content/{name}": values for name, values in files.items()})
    assert skipped(log) == []
    assert {address: target(client, address) for address in addresses} == addresses


@pytest.mark.parametrize(
    ("pattern", "file", "values", "address", "expected"),
    [
        ("posts = '/:year/:month/:title/'", "posts/a", {"date": "2023-05-07"}, "/2023/05/title/", "/posts/a/"),
        ("posts = '/:year/:yearday/'", "posts/a", {"date": "2023-05-07"}, "/2023/127/", "/posts/a/"),
        ("posts = '/x/:slug'", "posts/a", {"slug": "Foo Bar"}, "/x/foo-bar/", "/posts/foo-bar/"),
        ("blog = '/b/:sections/:filename/'", "blog/sub/c", {}, "/b/blog/c/", "/blog/sub/c/"),
        ("blog = '/b/:sections/:filename/'", "blog/sub/c", {}, "/b/blog/sub/c/", None),
        ("page.legal = '/:slugorfilename/'", "legal/terms", {}, "/terms/", "/legal/terms/"),
        ("legal = '/:contentbasename/'", "legal/terms", {}, "/terms.html", "/legal/terms/"),
        ("legal = '/:title/'", "legal/terms", {"url": "/own/"}, "/title/", None),
    ],
)
def test_address_by_permalinks_leads_to_the_page(tmp_path, client, pattern, file, values, address, expected):
    log = publish(tmp_path, {"hugo.toml": f"[permalinks]\n{pattern}\n", f"content/en/{file}.md": values})
    assert skipped(log) == []
    assert target(client, address) == expected


def test_address_by_permalinks_follows_the_indexes_of_folders(tmp_path, client):
    config, text = "[permalinks]\ns = '/x/:sections/:filename/'\n", markdown("Title", "Text.")
    first = {"hugo.toml": config, "content/en/s/t/p.md": text}
    import_repository(make_repository(tmp_path / "r", first, {"content/en/s/t/_index.md": text}), NOW)
    assert [target(client, address) for address in ("/x/s/p/", "/x/s/t/p/")] == ["/s/t/p/"] * 2


@pytest.mark.parametrize("pattern", ["/:unknown/", "/:sections[1:]/:title/", "/:sections[last]/:title/"])
def test_address_by_permalinks_that_is_not_known_is_named(tmp_path, pattern):
    config = f"[permalinks]\nposts = '/:year/:title/'\nnews = '{pattern}'\n"
    log = publish(
        tmp_path, {"hugo.toml": config, "content/en/posts/a.md": {}, "content/en/news/b.md": {}, "content/en/c.md": {}}
    )
    assert skipped(log) == [
        f"content/en/news/b.md: its address by permalinks ({pattern}) is not known, and not redirected.",
        "content/en/posts/a.md: its address by permalinks (/:year/:title/) is not known, and not redirected.",
    ]


def test_address_with_a_language_that_was_mapped_leads_to_the_language(tmp_path, client):
    options = ReadingOptions(language_map=(("de-at", "de"),))
    publish(tmp_path, {"content/en/p.md": {}, "content/de-at/p.md": {}, "content/de-at/_index.md": {}}, options=options)
    assert target(client, "/de-at/p/") == "/de/p/"
    assert target(client, "/de-at/") == "/de/"


def test_addresses_of_jekyll_lead_to_the_pages(tmp_path, client):
    files = {
        "_config.yml": "title: Site\ncollections:\n  articles:\n    output: true\n",
        "_articles/privacy.md": {"lang": "en"},
        "_articles/de/privacy.md": {"lang": "de"},
        "_articles/terms.md": {"lang": "en", "permalink": "/legal/terms.html"},
    }
    publish(tmp_path, files)
    path = Page.objects.get(path__endswith="privacy").path
    assert target(client, "/articles/privacy.html") == f"/{path}/"
    assert target(client, "/articles/de/privacy.html") == f"/de/{path}/"
    assert target(client, "/legal/terms.html") == "/legal/terms/"


def test_addresses_by_the_collections_of_a_jekyll_config_lead_to_the_pages(tmp_path, client):
    patterns = {"policies": "/legal/:name/", "articles": "/:collection/:path:output_ext", "old": "/:year/:title/"}
    collections = "".join(
        f"  {name}:\n    output: true\n    permalink: {pattern}\n" for name, pattern in patterns.items()
    )
    files = {
        "_config.yml": f"title: Site\ncollections:\n{collections}",
        "_policies/privacy.md": {"lang": "en"},
        "_policies/own.md": {"lang": "en", "permalink": "/own/"},
        "_articles/sub/terms.md": {"lang": "en"},
        "_old/rules.md": {"lang": "en"},
    }
    log = publish(tmp_path, files)
    assert target(client, "/legal/privacy/") == "/policies/privacy/"
    assert target(client, "/articles/sub/terms.html") == "/articles/sub/terms/"
    assert target(client, "/legal/own/") is None
    assert skipped(log) == [
        "_old/rules.md: its address by permalinks (/:year/:title/) is not known, and not redirected."
    ]


def test_patterns_for_a_kind_of_page_stand_next_to_others(tmp_path, client):
    files = {
        "hugo.toml": "[permalinks]\na = '/x/:filename/'\n[permalinks.page]\nb = '/y/:filename/'\n",
        "content/a/p.md": {},
        "content/b/q.md": {},
    }
    publish(tmp_path, files)
    assert target(client, "/x/p/") == "/a/p/"
    assert target(client, "/y/q/") == "/b/q/"


def test_alias_to_another_page_is_named(tmp_path, client):
    log = publish(tmp_path, {"content/en/a.md": {"aliases": "[/b/]"}, "content/en/b.md": {}})
    (line,) = skipped(log)
    assert "old address /b/: there is a page at this address" in line
    assert client.get("/b/").status_code == 200


def test_addresses_of_drafts_lead_nowhere(tmp_path, client):
    draft = {"draft": "true", "aliases": "[/old/]", "url": "/new.html"}
    publish(tmp_path, {"content/en/a.md": draft, "content/en/b.md": {}, "content/de/b.md": {**draft, "url": "/neu"}})
    addresses = ("/new.html", "/old/", "/en/new/", "/New/", "/new/index.html", "/a.html")
    assert [target(client, address) for address in addresses] == [None] * 6
    # The page is public in English, but it was not at this address.
    assert target(client, "/neu/") is None


def test_links_to_files_that_do_not_come_along_are_named(tmp_path):
    body = "[doc](terms.pdf) [x](/files/a%20b.DOCX#p) ![p](p.svg) [own](p.svg) "
    body += "[site](https://x.org/a.pdf) [t](b.md)\n\n[r]: c.zip\n"
    log = publish(tmp_path, {"content/en/a/index.md": f"---\ntitle: A\n---\n{body}", "content/en/a/p.svg": "<svg/>"})
    assert skipped(log) == [
        f"content/en/a/index.md: the file {name} that it links to is not imported: only texts "
        "and the pictures that they show are."
        for name in ("terms.pdf", "/files/a%20b.DOCX", "c.zip")
    ]


def test_language_of_a_redirect_is_stored_once_and_stays(tmp_path):
    files = {"content/en/a.md": {}, "content/de/a.md": {"url": "/demos"}}
    for _ in range(2):
        publish(tmp_path, files)
    assert list(Redirect.objects.values_list("old_path", "page__path", "language")) == [("demos", "a", "de")]


def test_histories_have_the_same_redirects(tmp_path, client):
    files = {"content/en/a.md": markdown("A", "Text."), "content/de/a.md": markdown("A", "Text.", url="/demos")}
    import_repository(make_repository(tmp_path / "r", files), NOW)
    assert target(client, "/demos/") == "/de/a/"
