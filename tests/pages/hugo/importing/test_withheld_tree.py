"""Tests of trees in which the source withholds texts: they stay drafts, are named, and nothing of them is public."""

from datetime import UTC, datetime, timedelta

import pytest

from pages.hugo.importing.source_files import FolderFiles
from pages.hugo.importing.tree_import import TreeImport, import_tree
from pages.hugo.site_structure.reading_options import ReadingOptions
from pages.models import Page, Redirect, Version
from pages.publishing.actors import system_actor
from tests.trees import SVG, markdown, write_tree

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, tzinfo=UTC)
PUBLIC = {"content/en/public.md": markdown("Public", "Public text.")}
SECRET = "content/en/legal/secret-merger.md"
INDEX = "content/en/legal/_index.md"
BUNDLE = "content/en/legal/secret-merger/index.md"
CONFIG = "[languages.en]\ncontentDir = 'content/en'\n"
# What no public page may contain.
TRACES = (b"merger", b"Merger")


def secret(**front_matter):
    return markdown("Secret merger", "We will merge.", **front_matter)


# The files, the withheld text, and the reason that the report gives.
CASES = [
    ({SECRET: secret(draft="true")}, "its front matter has draft: true."),
    ({SECRET: secret(date="2099-01-01")}, "its front matter has date: 2099-01-01."),
    ({SECRET: secret(publishDate="2099-01-01")}, "its front matter has publishdate: 2099-01-01."),
    ({SECRET: secret(expiryDate="2020-01-01")}, "its front matter has expirydate: 2020-01-01."),
    ({SECRET: secret(publishDate="tomorrow")}, "its front matter has publishdate: tomorrow. This is not a date."),
    ({SECRET: secret(expiryDate="later")}, "its front matter has expirydate: later. This is not a date."),
    ({SECRET: secret(published="false")}, "its front matter has published: false."),
    ({SECRET: secret(_build="{render: never}")}, "its front matter has _build.render: never."),
    ({SECRET: secret(build="{render: never}")}, "its front matter has build.render: never."),
    ({SECRET: secret(**{"<<": "{draft: true}"})}, "its front matter has draft: true."),
    ({BUNDLE: secret(headless="true")}, "its front matter has headless: true."),
    ({SECRET: secret(), INDEX: markdown("Legal", "L", cascade="{draft: true}")},
     "its section content/en/legal/_index.md is withheld: a cascade in content/en/legal/_index.md has draft: true."),
    ({SECRET: secret(), INDEX: markdown("Legal", "L", cascade="[{_target: {kind: page}, draft: true}]")},
     "a cascade in content/en/legal/_index.md has draft: true."),
    ({SECRET: secret(), INDEX: markdown("Legal", "L", draft="true")},
     "its section content/en/legal/_index.md is withheld: its front matter has draft: true."),
    ({SECRET: secret(), INDEX: markdown("Legal", "L", publishDate="2099-01-01")},
     "its section content/en/legal/_index.md is withheld: its front matter has publishdate: 2099-01-01."),
    ({SECRET: secret(), "content/en/legal/index.md": markdown("Legal", "L")},
     "it is a resource of the page content/en/legal/index.md."),
    ({"content/en/.legal/secret-merger.md": secret()}, "it is in a hidden folder."),
    ({SECRET: secret(), "hugo.toml": f"ignoreFiles = ['/secret']\n{CONFIG}"},
     "the config ignores files that match /secret."),
    ({SECRET: secret(), "hugo.toml": f"{CONFIG}[[cascade]]\ndraft = true\n[cascade._target]\npath = '/legal/**'\n"},
     "a cascade in the config has draft: true."),
    ({SECRET: secret(goLive="2099-01-01"), "hugo.toml": f"{CONFIG}[frontmatter]\npublishDate = ['goLive']\n"},
     "its front matter has golive: 2099-01-01."),
    ({SECRET: secret(), "mkdocs.yml": "docs_dir: content\nexclude_docs: /en/legal/\n"},
     "mkdocs.yml excludes /en/legal/."),
    ({SECRET: secret(), "config.toml": "base_url = '/'\nignored_content = ['secret-*']\n"},
     "the config excludes secret-*."),
]  # fmt: skip


def run(root, now=NOW):
    return import_tree(root, by=system_actor("import_hugo"), now=now)


def lines(log, kind="draft"):
    return {line.subject: str(line.message) for line in log.lines if line.kind == kind}


@pytest.mark.parametrize(("files", "reason"), CASES, ids=[case[1] for case in CASES])
def test_withheld_text_is_a_draft_named_and_leaves_no_trace(tmp_path, client, files, reason):
    log = run(write_tree(tmp_path, PUBLIC | files))
    path = next(path for path in files if "merger" in path)
    assert lines(log)[path] == reason
    assert not Version.objects.filter(page__path__contains="merger").exists()
    assert Page.objects.get(path__contains="secret-merger").draft_text("en")["body"] == "We will merge."
    assert client.get("/public/").status_code == 200
    assert_no_trace(client)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("mkdocs.yml", {}),
        ("_config.yml", {}),
        ("config/_default/params.yaml", {"config/_default/hugo.toml": f"ignoreFiles = ['/secret']\n{CONFIG}"}),
    ],
)
def test_texts_next_to_a_config_that_cannot_be_read_are_withheld(tmp_path, name, others):
    log = run(write_tree(tmp_path, {SECRET: secret(), name: "a: [", **others}))
    assert lines(log) == {SECRET: f"{name} cannot be read."}
    assert list(lines(log, "skipped")) == [name]
    assert not Version.objects.exists()


def test_config_that_would_have_to_be_run_is_named(tmp_path):
    files = PUBLIC | {"docusaurus.config.js": "docs: {exclude: names}", "other/conf.py": "exclude_patterns = names"}
    assert list(lines(run(write_tree(tmp_path, files)), "skipped")) == ["docusaurus.config.js"]


def assert_no_trace(client):
    for address in ("/", "/sitemap.xml", "/feed.atom", "/publication-log.json", "/public/", "/public/history.json"):
        content = client.get(address).content
        assert not any(trace in content for trace in TRACES), address
    for address in ("legal/secret-merger", "secret-merger", "old-merger", "ru/legal/secret-merger"):
        for ending in ("/", "/history/", "/index.md", "/v/1/", "/feed.atom", "/history.json", "/_print/"):
            assert client.get(f"/{address}{ending}").status_code in (404, 410), address


def test_aliases_pictures_and_menus_of_a_withheld_text_are_not_public(tmp_path, client):
    text = (
        "---\ntitle: Secret merger\ndraft: true\naliases: [/old-merger/]\nmenu: main\nurl: /m-and-a/\n---\n![](a.svg)\n"
    )
    run(write_tree(tmp_path, PUBLIC | {BUNDLE: text, "content/en/legal/secret-merger/a.svg": SVG}))
    assert not Redirect.objects.exists()
    assert_no_trace(client)
    assert client.get("/m-and-a/").status_code == 404


@pytest.mark.parametrize(
    "withheld", [{"draft": "true"}, {"publishDate": "2099-01-01"}, {"expiryDate": "2020-01-01"}, {"date": "2099-01-01"}]
)
def test_menu_of_a_withheld_text_is_not_imported(tmp_path, withheld):
    files = {
        "hugo.toml": "title = 'Site'\n[languages.en]\ncontentDir = 'content/en'\n",
        "content/en/public.md": markdown("Public", "Text.", menu="main"),
        SECRET: secret(menu="main", **withheld),
    }
    tree = FolderFiles(write_tree(tmp_path, files))
    importer = TreeImport(tree.changes(), tree.read, by=system_actor("import_hugo"), now=NOW)
    importer.plan()
    details = str(importer.read_site().details)
    assert "public" in details
    assert "merger" not in details.lower()


def test_text_is_published_by_the_first_import_after_its_date(tmp_path, client):
    write_tree(tmp_path, {"content/en/a.md": markdown("A", "One", publishDate="2024-06-10")})
    assert lines(run(tmp_path)) == lines(run(tmp_path)) != {}
    assert client.get("/a/").status_code == 404
    assert lines(run(tmp_path, NOW + timedelta(days=20))) == {}
    assert Version.objects.get().page.path == "a"
    run(tmp_path, NOW + timedelta(days=21))
    assert Version.objects.count() == 1


def test_text_is_published_when_its_section_is(tmp_path):
    write_tree(tmp_path, {SECRET: secret(), INDEX: markdown("Legal", "L", draft="true")})
    run(tmp_path)
    assert not Version.objects.exists()
    write_tree(tmp_path, {INDEX: markdown("Legal", "L")})
    run(tmp_path)
    assert sorted(Version.objects.values_list("page__path", flat=True)) == ["legal", "legal/secret-merger"]


def test_published_text_that_the_source_withholds_is_named(tmp_path):
    write_tree(tmp_path, {SECRET: secret(), INDEX: markdown("Legal", "L")})
    run(tmp_path)
    write_tree(tmp_path, {INDEX: markdown("Legal", "L", cascade="{draft: true}")})
    notes = lines(run(tmp_path), "note")
    assert set(notes) == {SECRET, INDEX}
    assert set(notes.values()) == {"this site still publishes it: an import without --history withdraws nothing."}


def test_expiry_that_is_ahead_is_named(tmp_path):
    log = run(write_tree(tmp_path, {"content/en/a.md": markdown("A", "One", expiryDate="2024-06-10")}))
    assert lines(log, "note") == {"content/en/a.md": "it expires on 2024-06-10; this site does not withdraw it then."}


JEKYLL = "collections:\n  articles:\n    output: true\n"


def test_jekyll_site_withholds_what_jekyll_does_not_publish(tmp_path):
    paths = ("_articles/a.md", "_articles/_b.md", "_drafts/c.md", "_posts/2099-01-01-d.md", "_other/e.md", "x/f.md")
    files = dict.fromkeys(paths, "---\nlang: en\ntitle: T\n---\nText.\n")
    log = run(write_tree(tmp_path, {"_config.yml": f"{JEKYLL}exclude: [x]\n", **files}))
    assert list(Version.objects.values_list("page__path", flat=True)) == ["articles/a"]
    assert set(lines(log)) == set(paths[1:])


GITHUB_PAGES = {
    "index.md": markdown("Home", "Text."),
    "_drafts/secret-merger.md": secret(),
    "_posts/2099-01-01-secret-merger.md": secret(),
    "legal/_secret-merger.md": secret(),
    "legal/secret-merger.md": secret(status="draft"),
}


@pytest.mark.parametrize("top", ["", "website/"])
def test_site_without_a_config_withholds_what_its_generator_would(tmp_path, client, top):
    # The config is that of a site next to it, and its name is shorter than any that this site could have.
    other = {"a/_config.yml": "title: Merger\ninclude: [_drafts]\n", "a/index.md": "Text.\n"} if top else {}
    files = {f"{top}{path}": content for path, content in GITHUB_PAGES.items()} | other
    options = ReadingOptions(content=(top.strip("/"),), language="en")
    log = import_tree(write_tree(tmp_path, files), by=system_actor("import_hugo"), now=NOW, options=options)
    assert {path for path in lines(log) if "merger" in path} == {path for path in files if "merger" in path}
    assert client.get("/").status_code == 200
    assert_no_trace(client)


def test_each_content_folder_has_the_config_of_its_jekyll_site(tmp_path):
    files = {
        "_config.yml": "title: [",
        **{
            f"{site}/_config.yml": f"collections:\n  {name}:\n    output: true\n"
            for site, name in (("a", "x"), ("b", "y"))
        },
        **{f"{site}/_{name}/p{site}{name}.md": markdown("P", "Text.") for site in "ab" for name in "xy"},
    }
    options = ReadingOptions(content=("a", "b"), language="en")
    import_tree(write_tree(tmp_path, files), by=system_actor("import_hugo"), now=NOW, options=options)
    assert sorted(Version.objects.values_list("page__path", flat=True)) == ["x/pax", "y/pby"]


def test_zola_site_withholds_what_zola_does_not_render(tmp_path):
    files = {
        "config.toml": "base_url = 'https://example.org'\n",
        "content/p.md": "+++\ntitle = 'P'\nrender = true\n+++\nText.\n",
        "content/secret-merger.md": "+++\ntitle = 'S'\nrender = false\n+++\nText.\n",
    }
    assert lines(run(write_tree(tmp_path, files))) == {
        "content/secret-merger.md": "its front matter has render: false."
    }
    assert list(Version.objects.values_list("page__path", flat=True)) == ["p"]
