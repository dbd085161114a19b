"""Tests of what is withheld: the same as Hugo withholds, wherever `hugo` is installed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pages.hugo.site_structure.config_files import read_config_values
from pages.hugo.site_structure.detection import detect_structure
from pages.hugo.site_structure.structure import default_structure
from pages.hugo.withholding.file_rules import is_index
from pages.hugo.withholding.front_matter import read_front_matter
from pages.hugo.withholding.site_rules import SiteRules
from tests import hugo

NOW = datetime.now(UTC)
PAGE, SECTION, HOME = "content/s/p.md", "content/s/_index.md", "content/_index.md"
OTHER = "content/other.md"
LANGUAGES = "defaultContentLanguage = 'en'\n[languages.en]\n[languages.de]\n"
CONTENT_FOLDERS = "[languages.en]\ncontentDir = 'content/en'\n[languages.de]\ncontentDir = 'content/de'\n"
TARGETS_PAGES = "cascade:\n- _target: {kind: page}\n  "
CONFIG_TARGETS_PAGES = "[[cascade]]\n{}\n[cascade._target]\nkind = 'page'\n"


def yaml(front):
    return f"---\n{front}\n---\nBody.\n"


def toml(front):
    return f"+++\n{front}\n+++\nBody.\n"


def page(front):
    return {PAGE: yaml(front)}


def section(front, **files):
    return {SECTION: yaml(front), PAGE: "Text.\n", **files}


def config(lines, files):
    return {"config.toml": lines, **files}


def withheld(*paths):
    return set(paths)


NOTHING = withheld()
# The files of a site, and those that are not published.
OWN_FRONT_MATTER = [
    *((page(front), {PAGE}) for front in (
        "draft: true", "draft: 'true'", 'draft: "True"', "draft: yes", "draft: on", "draft: 1", "draft: TRUE",
        "draft: t",
        "draft: Y", "DRAFT: true", "Draft: true", "draft: 2", "draft: 'T'", "draft: '1'", "draft: !!bool true",
        "draft: 0x1", "draft:\n  true", "'draft': true", '"dr\\u0061ft": true', "{draft: true}", "draft: >-\n  true",
        "x: &b true\ndraft: *b", "base: &b {draft: true}\n<<: *b", "base: &b {draft: true}\n<<: [*b]",
        "published: false", "published: no", "published: 'false'", "published: 0", "published: 'F'", "published: f",
        "published:", "published: true\ndraft: true",
        "published: 2099-01-01", "published: '2099-01-01'", "pubdate: 2099-01-01", "publishdate: 2099-01-01",
        "publishDate: 2099-01-01\ndate: 2020-01-01", "date: 2099-01-01", "date: 2099-01-01\npublishDate: nonsense",
        "publishDate: ''\ndate: 2099-01-01", "date: 4070908800", "publishDate: 2099-01-01 10:00:00 +0200",
        "publishDate: 2099-01-01T10:00:00Z", "publishDate: 2099-01-01T10:00:00.123+03:00", "publishDate: 01 Jan 2099",
        "publishDate: 2099-01-01T10:00:00", "publishDate: Thu, 01 Jan 2099 10:00:00 GMT",
        "expiryDate: 2020-01-01", "unpublishdate: 2020-01-01", "expiryDate: 2020-01-01\nunpublishdate: 2099-01-01",
        "_build: {render: never}", "_build: {render: link}", "_build: {render: false}", "_build: {RENDER: never}",
        "_Build: {render: never}", "_build:\n  render: never\n  list: never", "outputs: [rss]", "outputs: [json]",
    )),
    *((page(front), NOTHING) for front in (
        "draft: false", "draft: no", "draft: 'false'", "draft: ~", "draft:", "draft: 0", "draft: ''",
        "published: true", "published: false\ndraft: false", "published: 2020-01-01",
        "date: 2099-01-01\npublishDate: 2020-01-01", "lastmod: 2099-01-01", "modified: 2099-01-01",
        "expirydate: 2099-01-01", "expiryDate: 2099-01-01\nunpublishdate: 2020-01-01",
        "expiryDate: 2099-01-01\nunpublishdate: later", "publishDate: 2020-01-01\npubdate: maybe", "publishDate:",
        "expiryDate: ~", "date: soon\nlastmod: whenever", "publishDate: []",
        "publishdate: 2020-01-01\npubdate: 2099-01-01", "headless: true", "_build: {render: true}",
        "_build: {render: always}", "_build: {list: never}", "_build: {publishResources: false}", "_build: ~",
        "markup: html", "type: draft", "layout: nope", "outputs: []", "outputs: [html, rss]", "date: nonsense",
        "expiryDate: 0001-01-01", "publishDate: 0001-01-01\ndate: 2099-01-01", "date: 2099", "private: true",
        "unlisted: true", "params: {draft: true}", "cascade: {draft: true}",
    )),
    *(({PAGE: toml(front)}, {PAGE}) for front in (
        "draft = true", "date = 2099-01-01", "date = 2099-01-01T10:00:00", "date = 2099-01-01T10:00:00Z",
        "date = 2099-01-01 10:00:00", "expiryDate = 2020-01-01", "[_build]\nrender = 'never'",
        "_build.render = 'never'", "publishDate = '2099-01-01'", "published = false", "draft = 'true'",
    )),
    *(({PAGE: toml(front)}, NOTHING) for front in ("draft = false", "[x]\ndraft = true", "date = 10:00:00")),
    ({PAGE: '{"draft": true}\nText.\n'}, {PAGE}),
    ({PAGE: '{"title": "x"}\nText.\n'}, NOTHING),
    ({PAGE: "#+draft: true\nText.\n"}, {PAGE}),
    ({PAGE: yaml("draft: true").replace("\n", "\r\n")}, {PAGE}),
    ({PAGE: yaml("draft: true").replace("\n", "\r")}, {PAGE}),
    ({PAGE: "\ufeff" + yaml("draft: true")}, {PAGE}),
    ({PAGE: "\ufeff\ufeff" + yaml("draft: true")}, {PAGE}),
    ({PAGE: "\n\ufeff\n" + yaml("draft: true")}, {PAGE}),
    ({PAGE: "---  \ndraft: true\n---  \nText.\n"}, {PAGE}),
    ({PAGE: "\n" + yaml("draft: true")}, {PAGE}),
    ({PAGE: " \t\n  " + yaml("draft: true")}, {PAGE}),
    ({PAGE: "<!-- a licence -->\n" + yaml("draft: true")}, {PAGE}),
    ({PAGE: "<!--\n" + yaml("draft: true") + "-->\n"}, {PAGE}),
    ({PAGE: "---draft: true\n---\nText.\n"}, {PAGE}),
]  # fmt: skip

SECTIONS = [
    *((section(front), {SECTION, PAGE}) for front in (
        "draft: true", "date: 2099-01-01", "expiryDate: 2000-01-01", "cascade: {draft: true}",
        "cascade: {date: 2099-01-01}", "cascade: {publishDate: 2099-01-01}", "cascade: {expiryDate: 2000-01-01}",
        "cascade: {_build: {render: never}}", "cascade: {published: false}", "cascade: {DRAFT: true}",
        "Cascade: {draft: true}", "cascade:\n- draft: true", "cascade:\n- _target: {path: /s/**}\n  draft: true",
        "cascade:\n- _target: {path: '/s/*'}\n  draft: true", "cascade:\n- _target: {path: '**'}\n  draft: true",
        "cascade:\n- _target: {kind: section}\n  draft: true", "draft: true\ncascade: {draft: false}",
        "cascade:\n- _target: {kind: '{page,section}'}\n  draft: true",
        "cascade:\n- _target: {lang: 'e*'}\n  draft: true",
        "cascade:\n- _target: {environment: production}\n  draft: true", "cascade:\n- draft: true\n- draft: false",
        "x: &c {draft: true}\ncascade: *c", "cascade:\n- target: {kind: section}\n  draft: true",
        "cascade:\n- _Target: {path: /nothing}\n  draft: true", "cascade:\n  _Target: {path: /nothing}\n  draft: true",
        "cascade:\n  _target: {Path: /nothing}\n  draft: true",
    )),
    *((section(front), {PAGE}) for front in (
        f"{TARGETS_PAGES}draft: true", "cascade:\n- _target: {kind: Page}\n  draft: true",
        "cascade:\n- _target: {path: '/s/p*'}\n  draft: true", "cascade:\n- _target: {path: '/S/P*'}\n  draft: true",
        "cascade:\n- _target: {path: '/s/p.md'}\n  draft: true",
        "cascade:\n- _target: {path: '{/s/p.md,/x}'}\n  draft: true",
        "cascade:\n- _target: {path: '/s/**/p.md'}\n  draft: true",
        "cascade:\n- _target: {path: '/s/?.md'}\n  draft: true",
        "cascade:\n- _target: {path: '/s/[a-z].md'}\n  draft: true",
        "cascade:\n- _target: {path: '/s/[!a].md'}\n  draft: true",
        f"{TARGETS_PAGES}outputs: [rss]",
    )),
    *((section(front), NOTHING) for front in (
        "cascade: {headless: true}", "cascade:\n- _target: {path: /t/**}\n  draft: true", "headless: true",
        "cascade:\n- _target: {path: 's/**'}\n  draft: true", "cascade:\n- _target: {lang: de}\n  draft: true",
        "cascade:\n- _target: {environment: development}\n  draft: true", "cascade:\n- draft: false\n- draft: true",
    )),
    (section("_build: {render: never}"), {SECTION}),
    ({SECTION: yaml("cascade: {draft: true}"), PAGE: yaml("draft: false")}, {SECTION, PAGE}),
    ({SECTION: yaml("draft: true"), PAGE: yaml("draft: false")}, {SECTION, PAGE}),
    ({SECTION: yaml(f"{TARGETS_PAGES}draft: true"), PAGE: yaml("Draft: false")}, NOTHING),
    ({SECTION: yaml(f"{TARGETS_PAGES}draft: true"), PAGE: yaml("published: true")}, {PAGE}),
    ({SECTION: yaml("cascade: {_build: {render: never}}"), PAGE: yaml("_build: {list: never}")}, {SECTION}),
    ({SECTION: yaml("cascade: {_build: {render: never}}"), PAGE: yaml("_build: {render: always}")}, {SECTION}),
    ({SECTION: yaml(f"{TARGETS_PAGES}publishdate: 2099-01-01"), PAGE: yaml("date: 2020-01-01")}, {PAGE}),
    ({SECTION: yaml(f"{TARGETS_PAGES}date: 2099-01-01"), PAGE: yaml("publishDate: 2020-01-01")}, NOTHING),
    ({SECTION: yaml(f"{TARGETS_PAGES}pubdate: 2099-01-01"), PAGE: yaml("publishDate: 2020-01-01")}, NOTHING),
    ({SECTION: yaml(f"{TARGETS_PAGES}publishdate: 2099-01-01"), PAGE: yaml("pubdate: 2020-01-01")}, {PAGE}),
    ({HOME: yaml("draft: true"), PAGE: "Text.\n"}, {HOME, PAGE}),
    ({HOME: yaml("cascade: {draft: true}"), SECTION: yaml("cascade: {draft: false}"), PAGE: "T.\n"}, {HOME, SECTION,
     PAGE}),
    ({HOME: yaml(f"{TARGETS_PAGES}draft: true"), PAGE: "T.\n"}, {PAGE}),
    ({HOME: yaml(f"{TARGETS_PAGES}draft: true"), SECTION: yaml(f"{TARGETS_PAGES}title: x"), PAGE: "T.\n"}, {PAGE}),
    ({HOME: yaml(f"{TARGETS_PAGES}draft: true"), SECTION: yaml(f"{TARGETS_PAGES}draft: false"), PAGE: "T.\n"}, NOTHING),
    ({HOME: yaml(f"{TARGETS_PAGES}draft: false"), SECTION: yaml(f"{TARGETS_PAGES}draft: true"), PAGE: "T.\n"}, {PAGE}),
    ({HOME: yaml("cascade:\n- _target: {path: /s/**}\n  draft: true"), PAGE: "T.\n", OTHER: "T.\n"}, {PAGE}),
    ({HOME: yaml("cascade:\n- _target: {path: /s}\n  draft: true"), PAGE: "T.\n", OTHER: "T.\n"}, {PAGE}),
    ({HOME: yaml("cascade:\n- _target: {kind: section}\n  draft: true"), PAGE: "T.\n", OTHER: "T.\n"}, {PAGE}),
    ({HOME: yaml("cascade:\n- _target: {kind: home}\n  draft: true"), PAGE: "T.\n", OTHER: "T.\n"}, {HOME, PAGE,
     OTHER}),
    ({"content/s/u/_index.md": yaml("draft: true"), "content/s/u/q.md": "T.\n", PAGE: "T.\n"},
     {"content/s/u/_index.md", "content/s/u/q.md"}),
    ({SECTION: yaml(f"{TARGETS_PAGES}draft: true"), "content/s/t/p.md": "T.\n"}, {"content/s/t/p.md"}),
    ({SECTION: yaml("cascade:\n- _target: {path: '/s/*', kind: page}\n  draft: true"), "content/s/t/p.md": "T.\n"},
     NOTHING),
    ({"content/s/_index.html": yaml("cascade: {draft: true}"), PAGE: "T.\n"}, {PAGE}),
    ({SECTION: yaml("draft: true"), "content/s/p.de.md": "T.\n"}, {SECTION, "content/s/p.de.md"}),
    ({"content/s/_index.markdown": yaml("draft: true"), PAGE: "T.\n"}, {PAGE, "content/s/_index.markdown"}),
    ({"content/s/_index.org": "#+DRAFT: true\nx\n", PAGE: "T.\n"}, {PAGE}),
    ({SECTION: '{"cascade": {"draft": true}}\n', PAGE: "T.\n"}, {SECTION, PAGE}),
    ({SECTION: toml("[cascade]\ndraft = true"), PAGE: "T.\n"}, {SECTION, PAGE}),
    ({SECTION: toml("[[cascade]]\ndraft = true\n[cascade._target]\nkind = 'page'"), PAGE: "T.\n"}, {PAGE}),
    (config(LANGUAGES, {"content/s/_index.de.md": yaml("cascade: {draft: true}"), PAGE: "T.\n",
     "content/s/p.de.md": "T.\n"}),
     {"content/s/_index.de.md", "content/s/p.de.md"}),
    (config(LANGUAGES, {"content/s/_index.en.md": yaml("cascade: {draft: true}"), PAGE: "T.\n",
     "content/s/p.de.md": "T.\n"}),
     {"content/s/_index.en.md", PAGE}),
    (config(LANGUAGES, {SECTION: yaml("draft: true"), "content/s/p.en.md": "T.\n", "content/s/p.de.md": "T.\n"}),
     {SECTION, "content/s/p.en.md"}),
    (config(CONTENT_FOLDERS, {
        "content/en/_index.md": yaml(f"{TARGETS_PAGES}draft: true"), "content/en/p.md": "T.\n",
        "content/de/p.md": "T.\n"}),
     {"content/en/p.md"}),
    (config("[languages.en]\ncontentDir = 'content/en'\n", {
        "content/en/_index.md": yaml("cascade:\n- _target: {path: '/s/p.md'}\n  draft: true"),
        "content/en/s/p.md": "T.\n"}),
     {"content/en/s/p.md"}),
]  # fmt: skip

BUNDLE = "content/s/b/"
BUNDLES = [
    ({f"{BUNDLE}index.md": "i", f"{BUNDLE}part.md": "p", PAGE: "T.\n"}, {f"{BUNDLE}part.md"}),
    ({f"{BUNDLE}index.md": "i", f"{BUNDLE}sub/part.md": "p"}, {f"{BUNDLE}sub/part.md"}),
    ({f"{BUNDLE}index.md": "i", f"{BUNDLE}sub/index.md": "p"}, {f"{BUNDLE}sub/index.md"}),
    ({f"{BUNDLE}index.md": "i", f"{BUNDLE}sub/_index.md": "p", f"{BUNDLE}sub/x.md": "x"},
     {f"{BUNDLE}sub/_index.md", f"{BUNDLE}sub/x.md"}),
    ({"content/index.md": "i", OTHER: "p", PAGE: "p"}, {OTHER, PAGE}),
    ({f"{BUNDLE}index.html": "i", f"{BUNDLE}x.md": "x"}, {f"{BUNDLE}x.md"}),
    ({f"{BUNDLE}index.org": "i", f"{BUNDLE}x.md": "x"}, {f"{BUNDLE}x.md"}),
    ({f"{BUNDLE}index.markdown": "i", f"{BUNDLE}x.md": "x"}, {f"{BUNDLE}x.md"}),
    ({f"{BUNDLE}index.txt": "i", f"{BUNDLE}x.md": "x"}, NOTHING),
    ({f"{BUNDLE}index.x.md": "i", f"{BUNDLE}x.md": "x"}, {f"{BUNDLE}x.md"}),
    ({f"{BUNDLE}index-x.md": "i", f"{BUNDLE}x.md": "x"}, NOTHING),
    ({f"{BUNDLE}index.md": yaml("draft: true"), f"{BUNDLE}part.md": "p"}, {f"{BUNDLE}index.md", f"{BUNDLE}part.md"}),
    ({f"{BUNDLE}index.md": yaml("headless: true")}, {f"{BUNDLE}index.md"}),
    ({f"{BUNDLE}index.md": yaml("headless: yes")}, {f"{BUNDLE}index.md"}),
    ({f"{BUNDLE}index.md": yaml("headless: false")}, NOTHING),
    ({f"{BUNDLE}index.md": "i", SECTION: yaml("cascade: {headless: true}")}, {f"{BUNDLE}index.md"}),
    ({f"{BUNDLE}index.md": "i", SECTION: yaml("cascade:\n- _target: {path: /s/b/index.md}\n  draft: true")},
     {f"{BUNDLE}index.md"}),
    (config(LANGUAGES, {f"{BUNDLE}index.md": "i", f"{BUNDLE}index.de.md": "i", f"{BUNDLE}x.md": "x",
     f"{BUNDLE}x.de.md": "x"}),
     {f"{BUNDLE}x.md", f"{BUNDLE}x.de.md"}),
    (config(LANGUAGES, {f"{BUNDLE}index.md": "i", f"{BUNDLE}x.de.md": "x"}), {f"{BUNDLE}x.de.md"}),
    *((config(CONTENT_FOLDERS, files), expected) for files, expected in (
        ({"content/de/b/index.md": "i", "content/en/b/x.md": "x"}, {"content/en/b/x.md"}),
        ({"content/de/b/index.md": yaml("draft: true"), "content/en/b/x.md": "x"},
         {"content/de/b/index.md", "content/en/b/x.md"}),
        ({"content/en/b/index.md": "i", "content/de/b/sub/x.md": "x"}, {"content/de/b/sub/x.md"}),
        ({"content/en/index.md": "i", "content/de/x.md": "x"}, {"content/de/x.md"}),
        ({"content/en/b/index.md": "i", "content/de/b/_index.md": "i", "content/en/b/x.md": "x",
          "content/de/b/x.md": "x"}, NOTHING),
    )),
    ({"content/.s/p.md": "x", PAGE: "x"}, {"content/.s/p.md"}),
    ({"content/s/.t/u/p.md": "x", PAGE: "x"}, {"content/s/.t/u/p.md"}),
    ({"content/_s/p.md": "x", "content/s/_p.md": "x", "content/drafts/p.md": "x", "content/_drafts/p.md": "x"},
     NOTHING),
]  # fmt: skip

MOUNT = "[[module.mounts]]\nsource = 'docs'\ntarget = 'content'\n"
PATH_TARGET = "[cascade._target]\npath = '/s/**'\n"
CONFIGS = [
    (config("buildDrafts = true", page("draft: true")), NOTHING),
    (config("builddrafts = true", page("draft: true")), NOTHING),
    (config("buildDrafts = 'true'", page("draft: true")), NOTHING),
    (config("buildDrafts = false", page("draft: true")), {PAGE}),
    (config("buildFuture = true", page("date: 2099-01-01")), NOTHING),
    (config("buildFuture = true", page("draft: true\ndate: 2099-01-01")), {PAGE}),
    (config("buildExpired = true", page("expiryDate: 2000-01-01")), NOTHING),
    ({"hugo.toml": "buildDrafts = true", **page("draft: true")}, NOTHING),
    ({"hugo.yaml": "buildDrafts: true", **page("draft: true")}, NOTHING),
    ({"config.json": '{"buildDrafts": true}', **page("draft: true")}, NOTHING),
    ({"hugo.toml": "", "config.toml": "buildDrafts = true", **page("draft: true")}, {PAGE}),
    ({"config/_default/config.toml": "buildDrafts = true", **page("draft: true")}, NOTHING),
    (config("", {"config/production/config.toml": "buildDrafts = true", **page("draft: true")}), NOTHING),
    (config("", {"config/development/config.toml": "buildDrafts = true", **page("draft: true")}), {PAGE}),
    (config("buildDrafts = true", {"config/production/config.toml": "buildDrafts = false", **page("draft: true")}),
     {PAGE}),
    (config("[languages.en]\nbuildDrafts = true", page("draft: true")), NOTHING),
    (config(f"{LANGUAGES}buildDrafts = true", {PAGE: yaml("draft: true"), "content/s/p.de.md": yaml("draft: true")}),
     {PAGE}),
    (config("[cascade]\ndraft = true", {PAGE: "x"}), {PAGE}),
    (config(f"[[cascade]]\ndraft = true\n{PATH_TARGET}", {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(f"[[cascade]]\ndraft = true\n{PATH_TARGET}", {PAGE: yaml("draft: false"), OTHER: "x"}), NOTHING),
    (config(CONFIG_TARGETS_PAGES.format("draft = true"), {SECTION: "x", PAGE: "x"}), {PAGE}),
    (config(CONFIG_TARGETS_PAGES.format("draft = true"), section(f"{TARGETS_PAGES}draft: false")), NOTHING),
    (config(CONFIG_TARGETS_PAGES.format("draft = true"), section("cascade: {x: y}")), {PAGE}),
    (config("[languages.en]\n[languages.en.cascade]\ndraft = true", {PAGE: "x"}), {PAGE}),
    (config("", {"config/_default/cascade.toml": "draft = true", PAGE: "x"}), {PAGE}),
    (config("", {"config/production/cascade.toml": "draft = true", PAGE: "x"}), {PAGE}),
    (config(r"ignoreFiles = ['s/p\.md$']", {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(r"ignoreFiles = ['S/P\.md$']", {PAGE: "x", OTHER: "x"}), NOTHING),
    (config("ignoreFiles = 'p.md'", {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config("ignoreFiles = ['/content/s/']", {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config("ignoreFiles = ['/s$']", {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(r"ignoreFiles = ['p\.md\z']", {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(r"ignoreFiles = ['_index\.md$']", section("draft: true")), {SECTION}),
    (config(r"ignoreFiles = ['b/index\.md$']", {f"{BUNDLE}index.md": "i", f"{BUNDLE}x.md": "x"}),
     {f"{BUNDLE}index.md"}),
    (config(MOUNT, {"docs/s/p.md": "x", OTHER: "x"}), {OTHER}),
    (config(MOUNT.replace("docs", "content"), {PAGE: "x", OTHER: "x"}), NOTHING),
    (config(f"{MOUNT}excludeFiles = 's/**'".replace("docs", "content"), {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(f"{MOUNT}excludeFiles = ['/s/p.md']".replace("docs", "content"), {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(f"{MOUNT}excludeFiles = '/S'".replace("docs", "content"), {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(f"{MOUNT}excludeFiles = '/s/**/p.md'".replace("docs", "content"), {PAGE: "x", OTHER: "x"}), {PAGE}),
    (config(f"{MOUNT}includeFiles = '/s/*'".replace("docs", "content"), {PAGE: "x", OTHER: "x"}), {OTHER}),
    (config(f"{MOUNT}excludeFiles = '*.md'".replace("docs", "content"), {PAGE: "x", OTHER: "x"}), {OTHER}),
    (config(MOUNT.replace("'content'", "'static'"), {PAGE: "x", "docs/a.txt": "x"}), NOTHING),
    (config("disableKinds = ['page']", {PAGE: "x", SECTION: "x"}), {PAGE}),
    (config("disableKinds = 'page'", {PAGE: "x", SECTION: "x"}), {PAGE}),
    (config("disableKinds = ['section']", {PAGE: "x", SECTION: "x"}), {SECTION}),
    (config("disableKinds = ['home']", {PAGE: "x", HOME: "x"}), {HOME}),
    (config("disableKinds = ['taxonomy', 'term']", {PAGE: "x", HOME: "x"}), NOTHING),
    (config(f"disableLanguages = ['de']\n{LANGUAGES}", {PAGE: "x", "content/s/p.de.md": "z"}), {"content/s/p.de.md"}),
    (config(f"disableLanguages = 'DE'\n{LANGUAGES}", {PAGE: "x", "content/s/p.de.md": "z"}), {"content/s/p.de.md"}),
    (config(f"{LANGUAGES}disabled = true", {PAGE: "x", "content/s/p.de.md": "z"}), {"content/s/p.de.md"}),
    (config(f"{LANGUAGES}disableKinds = ['page']", {PAGE: "x", "content/s/p.de.md": "z"}), {"content/s/p.de.md"}),
    (config("[outputs]\npage = ['json']", {PAGE: "x", SECTION: "x"}), {PAGE}),
    (config("[outputs]\npage = ['html', 'json']", {PAGE: "x"}), NOTHING),
    (config("[frontmatter]\npublishDate = ['goLive']", page("goLive: 2099-01-01")), {PAGE}),
    (config("[frontmatter]\npublishDate = ['goLive']", page("publishDate: 2099-01-01")), NOTHING),
    (config("[frontmatter]\npublishDate = ['goLive', ':default']", page("publishDate: 2099-01-01")), {PAGE}),
    (config("[frontmatter]\nexpiryDate = ['until']", page("until: 2000-01-01")), {PAGE}),
    (config("[frontmatter]\ndate = ['goLive']", page("goLive: 2099-01-01")), NOTHING),
    (config("[frontmatter]\npublishDate = 'goLive'", page("goLive: 2099-01-01")), {PAGE}),
    (config("[frontMatter]\npublishdate = ['golive']", page("goLive: 2099-01-01")), {PAGE}),
    (config("[frontmatter]\npublishDate = ['lastmod']", page("modified: 2099-01-01")), {PAGE}),
    (config("[frontmatter]\npublishDate = [':git', 'date']", page("date: 2099-01-01")), {PAGE}),
    (config("[frontmatter]\npublishDate = [':fileModTime', 'date']", page("date: 2099-01-01")), NOTHING),
    (config("[frontmatter]\npublishDate = []", page("date: 2099-01-01")), NOTHING),
    (config("[frontmatter]\npublishDate = [':filename', ':default']", {"content/s/2099-01-01-p.md": "x"}),
     {"content/s/2099-01-01-p.md"}),
    (config("[frontmatter]\ndate = [':filename', ':default']", {"content/s/2099-01-01-p.md": "x"}), NOTHING),
    ({"content/s/2099-01-01-p.md": "x"}, NOTHING),
]  # fmt: skip
CASES = [*OWN_FRONT_MATTER, *SECTIONS, *BUNDLES, *CONFIGS]
# Hugo builds the pages without inheritance as one site, which is much faster.
SINGLE_PAGES = [case for case in CASES if set(case[0]) == {PAGE}]
SITES = [case for case in CASES if set(case[0]) != {PAGE}]

# What is withheld here although Hugo 0.111 publishes it, with the reason.
DEVIATIONS = [
    (section(f"{TARGETS_PAGES}publishDate: 2099-01-01"), {PAGE}, "only Hugo 0.111 heeds the case of keys in a list"),
    (page("draft: 'yes'"), {PAGE}, "whoever writes it means a draft"),
    (page("draft: tRuE"), {PAGE}, "whoever writes it means a draft"),
    (page("draft: maybe"), {PAGE}, "it does not say that the page is public"),
    (page("draft: 1.0"), {PAGE}, "later versions read it as true"),
    (page("published: ''"), {PAGE}, "Jekyll and YAML do not distinguish it from null"),
    (page("published: 'no'"), {PAGE}, "whoever writes it means a draft"),
    (page("date: '4070908800'"), {PAGE}, "later versions read it as a time"),
    *((page(front), {PAGE}, "nobody knows when it is meant to be public; later versions refuse to build the site")
      for front in (
        "publishDate: tomorrow", "publishDate: tomorrow\ndate: 2020-01-01", "publishDate: 2099-01-32",
        "publishDate: 2099/01/01", "publishDate: [2020-01-01]", "pubdate: maybe", "published: nonsense",
        "expiryDate: later", "expiryDate: 01/02/2020", "unpublishdate: nonsense", "expiryDate: {on: 2099-01-01}",
    )),
    (page("_build: {render: Never}"), {PAGE}, "later versions ignore the case"),
    (page("build: {render: never}"), {PAGE}, "the name of the key since Hugo 0.145"),
    (page("_build: {render: wrong}"), {PAGE}, "it does not say that the page is public"),
    (section("cascade:\n- _target: {path: '/s/p'}\n  draft: true"), {PAGE}, "the form of paths since Hugo 0.123"),
    (config("disableKinds = ['Page']", {PAGE: "x"}), {PAGE}, "later versions ignore the case"),
]  # fmt: skip


def case_ids(cases):
    return [" ".join(case[0].values())[:60] for case in cases]


def withheld_files(files, at=NOW):
    def read(path):
        return files[path].encode() if path in files else None

    structure = detect_structure(files, read, default_structure())
    rules = SiteRules(ZoneInfo("UTC"))
    rules.set_config(read_config_values("", files, read))
    texts = {path: read_front_matter(read(path)) for path in files if path.startswith("content/")}
    for path in filter(is_index, texts):
        rules.set_index(path, texts[path])
    return {
        path
        for path, keys in texts.items()
        if path.endswith((".md", ".markdown")) and rules.withhold(path, keys, structure).reason_at(at)
    }


@pytest.mark.parametrize(("files", "expected"), CASES, ids=case_ids(CASES))
def test_withholds_what_hugo_does_not_publish(files, expected):
    files = files if any(path.startswith(("config", "hugo")) for path in files) else {"config.toml": "", **files}
    assert withheld_files(files) == expected


@pytest.mark.parametrize(("files", "expected", "reason"), DEVIATIONS, ids=case_ids(DEVIATIONS))
def test_withholds_more_than_hugo(files, expected, reason):
    assert withheld_files({"config.toml": "", **files}) == expected, reason


def test_one_of_two_indexes_in_a_folder_is_withheld():
    # It is chance which one Hugo takes.
    files = {"config.toml": "", f"{BUNDLE}index.md": "i", f"{BUNDLE}_index.md": "p", f"{BUNDLE}x.md": "x"}
    assert withheld_files(files) == {f"{BUNDLE}index.md"}


WITHOUT_CONFIG = [
    ({"content/en/b/index.md": "i", "content/en/b/part.md": "p"}, {"content/en/b/part.md"}),
    ({"content/en/index.md": "i", "content/en/p.md": "p"}, NOTHING),
    ({"content/index.md": "i", "content/p.md": "p"}, NOTHING),
    ({"content/en/_index.md": yaml("cascade: {draft: true}"), "content/en/p.md": "p", "content/ru/p.md": "p"},
     {"content/en/_index.md", "content/en/p.md"}),
    ({"content/_index.md": yaml(f"{TARGETS_PAGES}draft: true"), "content/en/p.md": "p"}, {"content/en/p.md"}),
    ({"content/en/_index.md": yaml("cascade:\n- _target: {path: '/s/*'}\n  draft: true"), "content/en/s/p.md": "p"},
     {"content/en/s/p.md"}),
    ({"content/en/_index.md": yaml("cascade:\n- _target: {kind: home}\n  draft: true"), "content/en/s/p.md": "p"},
     {"content/en/_index.md", "content/en/s/p.md"}),
    ({"content/s/_index.ru.md": yaml("draft: true"), "content/s/p.ru.md": "p", "content/s/p.md": "p"},
     {"content/s/_index.ru.md", "content/s/p.ru.md"}),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WITHOUT_CONFIG, ids=case_ids(WITHOUT_CONFIG))
def test_folder_without_a_config_is_read_like_a_site(files, expected):
    assert withheld_files(files) == expected


DISAGREEING = [
    section(f"cascade:\n- _target: {{kind: page}}\n  draft: {first}\n- _target: {{path: /s/p.md}}\n  draft: {second}")
    for first, second in (("true", "false"), ("false", "true"))
]


@pytest.mark.parametrize("files", DISAGREEING, ids=["withheld first", "withheld last"])
def test_page_is_withheld_if_cascades_disagree(files):
    # It is chance which one Hugo takes.
    assert withheld_files({"config.toml": "", **files}) == {PAGE}


def test_a_change_of_the_site_counts_for_texts_that_were_asked_for_before():
    rules, structure = SiteRules(ZoneInfo("UTC")), default_structure()
    answers = []

    def ask(structure=structure):
        answers.append(bool(rules.withhold(PAGE, {}, structure).reason_at(NOW)))

    rules.set_config({})
    ask()
    rules.set_index(SECTION, {})
    ask()
    rules.set_index(SECTION, {"draft": "true"})
    ask()
    rules.remove_index(SECTION)
    ask()
    rules.set_index("content/s/index.md", {})
    ask()
    rules.remove_index("content/s/index.md")
    ask()
    rules.set_config({"ignorefiles": ["p[.]md"]})
    ask()
    rules.set_config({})
    rules.set_index("content/index.md", {})
    ask()
    ask(replace(structure, folders=(("content/s", None),)))
    assert answers == [False, False, True, False, True, False, True, True, False]


def build_with_hugo(folder, files):
    """Build a site, and return the files of which Hugo made pages."""
    layout = "{{ with .File }}{{ .Filename }}{{ end }}"
    layouts = {f"layouts/_default/{name}.html": layout for name in ("single", "list")}
    for path, content in {"config.toml": "", **layouts, **files}.items():
        if path == "config.toml" and path not in files and any(name.startswith(("config", "hugo")) for name in files):
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode())
    built = hugo.build(folder, "--baseURL", "https://example.org/")
    pages = {page.read_text() for page in built.rglob("*.html")}
    return {str(Path(page).relative_to(folder)) for page in pages if page.startswith(str(folder))}


@pytest.mark.thorough
@hugo.needs_hugo
def test_hugo_withholds_the_same_single_pages(tmp_path):
    contents = {f"content/s/p{number}.md": files[PAGE] for number, (files, _) in enumerate(SINGLE_PAGES)}
    expected = {path for path, (_, paths) in zip(contents, SINGLE_PAGES, strict=True) if paths}
    assert set(contents) - build_with_hugo(tmp_path, contents) == expected


@pytest.mark.thorough
@hugo.needs_hugo
@pytest.mark.parametrize(("files", "expected"), SITES, ids=case_ids(SITES))
def test_hugo_withholds_the_same(tmp_path, files, expected):
    texts = {path for path in files if path.startswith("content/") and path.endswith((".md", ".markdown"))}
    assert texts - build_with_hugo(tmp_path, files) == expected


@pytest.mark.thorough
@hugo.needs_hugo
@pytest.mark.parametrize(("files", "expected", "reason"), DEVIATIONS, ids=case_ids(DEVIATIONS))
def test_hugo_deviates(tmp_path, files, expected, reason):
    assert expected & build_with_hugo(tmp_path, files) == expected
