"""Tests of what is withheld of a source without a config: what any generator of such sources would not publish."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pages.hugo.commits.text_files import parse_text
from pages.hugo.withholding.front_matter import read_front_matter
from pages.hugo.withholding.site_rules import find_jekyll_site
from pages.hugo.withholding.without_config import withhold_without_config

NOW = datetime(2024, 6, 1, tzinfo=UTC)
WITHHELD_NAMES = [
    *("_drafts/a.md", "legal/_drafts/a.md", "_posts/2099-01-01-a.md", "legal/_posts/2099-01-01-a.md", "_posts/a.md"),
    *(
        "_a.md",
        "legal/_a.md",
        "legal/_old/a.md",
        "legal/~a.md",
        "_private/a.md",
        "_Secret/de/a.md",
        "node_modules/a.md",
    ),
]
PUBLIC_NAMES = [
    *("a.md", "index.md", "_index.md", "legal/_index.md", "legal/_index.de.md", "_posts/2024-01-01-a.md"),
    *("_articles/a.md", "_articles/de/a.md", "_policies/index.md", "drafts/a.md", "a_b.md", "legal/2099-01-01-a.md"),
]
WITHHELD_FRONT_MATTER = [
    *("status: draft", "Status: Draft", "status: private", "state: hidden", "visibility: unlisted", "unlisted: true"),
    *("private: yes", "hidden: true", "render: false", "publish: false", "public: no", "permalink: false"),
    *("is_draft: true", "access: private", "confidential: true", "dg-publish: false", "embargo: 2099-01-01"),
    *("permalink: {build: false}", "publish_date: 2099-01-01", "publishedAt: 2099-01-01", "expires: 2020-01-01"),
]
PUBLIC_FRONT_MATTER = [
    *("status: active", "status: final", "visibility: public", "private: false", "hidden: no", "render: true"),
    *("publish: true", "permalink: /a/", "permalink:", "permalink: {build: true}", "publish_date: 2020-01-01"),
    *("publish_date: soon", "expires: never", "expires: 2099-01-01", "status:", "public: everyone"),
]


def is_withheld(path, front=""):
    keys = read_front_matter(f"---\ntitle: A\n{front}\n---\nText.\n".encode())
    return bool(withhold_without_config(path, keys, ZoneInfo("UTC")).reason_at(NOW))


@pytest.mark.parametrize("path", WITHHELD_NAMES)
def test_name_that_generators_hide_is_withheld(path):
    assert is_withheld(path)


@pytest.mark.parametrize("path", PUBLIC_NAMES)
def test_other_names_are_public(path):
    assert not is_withheld(path)


@pytest.mark.parametrize("front", WITHHELD_FRONT_MATTER)
def test_front_matter_of_other_generators_withholds(front):
    assert is_withheld("a.md", front)


@pytest.mark.parametrize("front", PUBLIC_FRONT_MATTER)
def test_other_front_matter_withholds_nothing(front):
    assert not is_withheld("a.md", front)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title: A\nStatus: draft\n\nText.\n", True),
        ("\ufeffTitle: A\r\nDate: 2099-01-01 10:00\r\n\r\nText.\r\n", True),
        ("title: A\ndraft: true\n\nText.\n", True),
        ("Title: A\nDate: 2020-01-01\nStatus: published\n\nText.\n", False),
        ("Title: A\nThe text.\nStatus: draft\n", False),
        ("# A\n\nStatus: draft\n", False),
    ],
)
def test_lines_at_the_start_withhold_as_in_pelican(text, expected):
    keys = parse_text(text.encode()).keys
    assert bool(withhold_without_config("a.md", keys, ZoneInfo("UTC")).reason_at(NOW)) == expected


@pytest.mark.parametrize(
    ("path", "root", "folders", "site"),
    [
        ("a.md", "", [""], ""),
        ("docs/a.md", "docs", ["", "docs"], "docs"),
        ("docs/a.md", "docs", ["", "docs/old"], ""),
        ("docs/legal/a.md", "docs/legal", ["", "docs"], "docs"),
        ("docs/legal/a.md", "", ["docs", "docs/legal"], "docs"),
        ("website/a.md", "website", ["a"], None),
        ("docsy/a.md", "", ["docs"], None),
    ],
)
def test_jekyll_config_for_a_file_is_the_one_of_its_content_folder(path, root, folders, site):
    assert find_jekyll_site(path, root, folders) == site
