"""Settings and links of the site come with an import, stay as a person set them, and survive an export."""

import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from pages.hugo.exporting.tree_export import export_tree
from pages.models import Link, LinkGroup, SiteSettings
from pages.publishing.importing.site_details import read_site_details
from tests.repositories import RepositoryBuilder
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
CONFIG = """
baseURL = "https://example.org/docs/"
title = "Example"
[languages.en]
languageName = "English"
contentDir = "content/en"
[[languages.en.menus.main]]
name = "Blog"
url = "https://example.org/blog/"
weight = 1
[[languages.en.menus.main]]
name = "Policy"
pageRef = "/privacy"
weight = 2
[languages.ru]
title = "Пример"
languageName = "По-русски"
contentDir = "content/ru"
[[languages.ru.menus.main]]
name = "Политика"
url = "/ru/privacy/"
[params]
copyright = "The authors, CC BY 4.0"
github_repo = "https://git.example.org/a/b"
github_project_repo = "https://git.example.org/a/app"
"""
FILES = {
    "hugo.toml": CONFIG,
    "content/en/privacy.md": markdown("Privacy", "Text."),
    "content/ru/privacy.md": markdown("Приватность", "Текст."),
    "content/en/terms.md": "---\ntitle: Terms of use\nlinkTitle: Terms\nmenu:\n  footer:\n    weight: 3\n---\nText.\n",
    "content/en/secret.md": "---\ntitle: Secret\ndraft: true\nmenu: [main, footer]\n---\nText.\n",
}


def run(source, capsys, *arguments):
    """Import a source; return what the report says of the site."""
    with suppress(SystemExit):
        call_command("import_hugo", source, *arguments)
    start = "Settings and links of the site: "
    lines = [line.removeprefix(start) for line in capsys.readouterr().out.splitlines() if line.startswith(start)]
    return lines[1:]


def labels():
    return [(link.group.position, link.label_en, link.label_ru, link.url) for link in Link.objects.order_by("pk")]


EXPECTED_LINKS = [
    ("top", "Blog", None, "https://example.org/blog/"),
    ("top", "Policy", "Политика", ""),
    ("footer", "Terms", None, ""),
]


def test_settings_and_links_come_with_the_pages(tmp_path, capsys, client):
    lines = run(write_tree(tmp_path, FILES), capsys)
    site = SiteSettings.objects.get()
    assert (site.name_en, site.name_ru, site.language_name_en, site.language_name_ru) == (
        "Example",
        "Пример",
        None,
        "По-русски",
    )
    assert (site.original_address, site.licence_name_en) == ("https://example.org/docs/", "CC BY 4.0")
    assert site.documentation_tracker == "https://git.example.org/a/b/issues/new"
    assert site.project_tracker == "https://git.example.org/a/app/issues/new"
    assert labels() == EXPECTED_LINKS
    assert [line for line in lines if "not in the source" in line] == []
    html = client.get("/ru/privacy/").content.decode()
    assert "<title>Приватность · Пример</title>" in html
    assert re.search('<a [^>]*href="/ru/privacy/"[^>]*>Политика</a>', html)
    # What was below the path of the original site leads to the same page here.
    assert client.get("/docs/ru/privacy/").headers["Location"] == "/ru/privacy/"
    assert "Secret" not in html


def test_history_brings_them_as_well(tmp_path, capsys):
    with RepositoryBuilder(tmp_path / "r") as builder:
        builder.commit({"content/en/privacy.md": markdown("Privacy", "Text.")}, message="First")
        builder.commit(FILES, message="Second")
    run(tmp_path / "r", capsys, "--history")
    assert SiteSettings.objects.get().name_ru == "Пример"
    assert labels() == EXPECTED_LINKS


def test_what_is_missing_is_listed_with_where_it_is_set(tmp_path, capsys):
    lines = run(write_tree(tmp_path, {"content/en/privacy.md": markdown("Privacy", "Text.")}), capsys)
    settings_page, links_page = "/admin/pages/sitesettings/", "/admin/pages/linkgroup/add/"
    assert lines == [
        f"the {what}: not in the source. Set it in the admin at {page}"
        for what, page in (
            ("name of the site", settings_page),
            ("address of the original site", settings_page),
            ("licence", settings_page),
            ("tracker for issues with the texts", settings_page),
            ("tracker for issues with the project", settings_page),
            ("links of the top bar", links_page),
            ("links of the footer", links_page),
        )
    ]


def test_what_a_person_set_or_emptied_stays(tmp_path, capsys):
    SiteSettings(name_en="Mine").save()
    Link.objects.create(group=LinkGroup.objects.create(position="footer"), label_en="Mine")
    run(write_tree(tmp_path, FILES), capsys)
    site = SiteSettings.objects.get()
    assert (site.name_en, site.name_ru) == ("Mine", None)
    assert [label for position, label, *_ in labels() if position == "footer"] == ["Mine"]
    SiteSettings.objects.update(licence_name_en="", name_en="", project_tracker="")
    LinkGroup.objects.filter(position="top").delete()
    changed = CONFIG.replace("a/app", "a/other").replace("Политика", "Правила")
    run(write_tree(tmp_path, {"hugo.toml": changed}), capsys)
    site = SiteSettings.objects.get()
    assert (site.name_en, site.name_ru, site.licence_name_en) == ("", None, "")
    assert site.project_tracker == "https://git.example.org/a/other/issues/new"
    assert [label for position, _, label, _ in labels() if position == "top"] == [None, "Правила"]


def test_second_import_of_the_same_says_nothing_of_the_site(tmp_path, capsys):
    run(write_tree(tmp_path, FILES), capsys)
    assert run(tmp_path, capsys) == []
    assert labels() == EXPECTED_LINKS


def test_export_is_imported_as_the_same(tmp_path, capsys):
    run(write_tree(tmp_path / "source", FILES), capsys)
    at = timezone.now()
    details = read_site_details(at)
    export_tree(tmp_path / "export", at=at)
    SiteSettings.objects.all().delete()
    LinkGroup.objects.all().delete()
    run(tmp_path / "export", capsys)
    assert read_site_details(timezone.now()) == details


def test_value_that_is_not_valid_is_named(tmp_path, capsys):
    config = f'title = "{"x" * 101}"\n[params]\ndocumentation_tracker = "javascript:alert(1)"\n'
    lines = run(write_tree(tmp_path, {**FILES, "hugo.toml": config}), capsys)
    assert any(line.startswith("not imported: javascript:alert(1): An address begins with") for line in lines)
    assert any(line.startswith(f"not imported: {'x' * 101}: ") for line in lines)
    site = SiteSettings.objects.get()
    assert (site.name_en, site.documentation_tracker) == ("", "")
