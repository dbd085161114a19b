"""Tests of what is withheld of a Jekyll site: the same as Jekyll withholds, wherever `jekyll` is installed."""

import shutil
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pages.hugo.withholding.front_matter import read_front_matter
from pages.hugo.withholding.jekyll_rules import withhold_in_jekyll
from pages.text.front_matter.nested_values import fold_mapping, read_yaml

JEKYLL = shutil.which("jekyll")
NOW = datetime.now(UTC)
CONFIG = "_config.yml"


def text(front="title: x"):
    return f"---\n{front}\n---\nBody.\n"


def texts(*paths):
    return dict.fromkeys(paths, text())


PUBLISHED = "collections:\n  docs:\n    output: true\n"
CASES = [
    *(({"p.md": text(f"published: {value}")}, {"p.md"}) for value in ("false", "no", "~", "", "off", "False", "FALSE")),
    *(({"p.md": text(front)}, set()) for front in ("published: true", "published: 2020-01-01", "date: 2099-01-01")),
    (texts("_drafts/a.md", "_drafts/2020-01-01-b.md", "drafts/c.md"), {"_drafts/a.md", "_drafts/2020-01-01-b.md"}),
    (texts("_posts/2020-01-01-a.md", "_posts/2099-01-01-b.md"), {"_posts/2099-01-01-b.md"}),
    (texts("_posts/a.md", "c/_posts/2020-01-01-a.md", "_posts/c/2020-01-01-b.md"), {"_posts/a.md"}),
    ({"_posts/2020-01-01-a.md": text("date: 2099-01-01")}, {"_posts/2020-01-01-a.md"}),
    ({"_posts/2099-01-01-a.md": text("date: 2020-01-01")}, set()),
    ({"_posts/2020-01-01-a.md": text("date: 2020/05/01"), "_posts/2020-01-01-b.md": text("date: 2099/05/01")},
     {"_posts/2020-01-01-b.md"}),
    ({"p.md": text("date: soon")}, set()),
    ({CONFIG: "future: true", **texts("_posts/2099-01-01-a.md")}, set()),
    ({CONFIG: "future: false", **texts("_posts/2099-01-01-a.md")}, {"_posts/2099-01-01-a.md"}),
    ({CONFIG: "show_drafts: true", **texts("_drafts/a.md")}, set()),
    ({CONFIG: "show_drafts: true", "_drafts/a.md": text("date: 2099-01-01"), **texts("_drafts/2099-01-01-b.md")},
     {"_drafts/a.md", "_drafts/2099-01-01-b.md"}),
    ({CONFIG: "unpublished: true", "p.md": text("published: false")}, set()),
    ({CONFIG: "collections:\n  docs: {}\n", **texts("_docs/p.md")}, {"_docs/p.md"}),
    ({CONFIG: "collections: [docs]\n", **texts("_docs/p.md")}, {"_docs/p.md"}),
    ({CONFIG: "collections:\n  docs:\n    output: false\n", **texts("_docs/p.md")}, {"_docs/p.md"}),
    ({CONFIG: PUBLISHED, **texts("_docs/p.md", "_docs/sub/r.md", "_docs/_h.md", "_docs/_sub/r.md")},
     {"_docs/_h.md", "_docs/_sub/r.md"}),
    ({CONFIG: PUBLISHED, "_docs/f.md": text("date: 2099-01-01"), "_docs/u.md": text("published: false")},
     {"_docs/f.md", "_docs/u.md"}),
    ({CONFIG: PUBLISHED, **texts("_docs/2099-01-01-g.md")}, {"_docs/2099-01-01-g.md"}),
    ({CONFIG: f"collections_dir: col\n{PUBLISHED}", **texts("col/_docs/p.md", "_docs/q.md", "_posts/2020-01-01-b.md")},
     {"_docs/q.md", "_posts/2020-01-01-b.md"}),
    ({CONFIG: "collections_dir: col", **texts("col/_posts/2020-01-01-a.md", "col/_drafts/a.md")}, {"col/_drafts/a.md"}),
    (texts("_docs/p.md", "_p.md", "s/_p.md", "s/_d/p.md", ".h/p.md", "s/p.md"),
     {"_docs/p.md", "_p.md", "s/_p.md", "s/_d/p.md", ".h/p.md"}),
    ({CONFIG: "exclude: [p.md, s, 'x*', 't/']", **texts("p.md", "s/q.md", "xa/q.md", "t/q.md", "a/t/q.md", "a/p.md")},
     {"p.md", "s/q.md", "xa/q.md", "t/q.md"}),
    ({CONFIG: "exclude: [/p.md, /s/]", **texts("p.md", "s/q.md")}, {"p.md", "s/q.md"}),
    ({CONFIG: "exclude: [internal]", **texts("internal-plan.md", "internal/p.md", "a/internal.md")},
     {"internal-plan.md", "internal/p.md"}),
    ({CONFIG: "exclude: ['*.md']", **texts("s/p.md", "q.markdown")}, {"s/p.md"}),
    ({CONFIG: "exclude: ['s[', '{p,q}.md', 'r?.md', 't[^a].md', 'u\\*.md']",
      **texts("s[/p.md", "p.md", "r1.md", "tb.md", "ta.md", "ux.md")}, {"s[/p.md", "r1.md", "tb.md"}),
    ({CONFIG: f"{PUBLISHED}exclude: [_docs/p]", **texts("_docs/plan.md", "_docs/q.md")}, {"_docs/plan.md"}),
    ({CONFIG: "include: [_d]\nexclude: [_d/q.md]", **texts("_d/_p.md", "_d/q.md", "_d/r.md")}, {"_d/_p.md", "_d/q.md"}),
    ({CONFIG: "include: [_d/s]", **texts("_d/s/p.md")}, {"_d/s/p.md"}),
    ({CONFIG: f"{PUBLISHED}defaults:\n- scope: {{path: _docs/s}}\n  values: {{published: false}}",
      **texts("_docs/s2/p.md", "_docs/t/p.md")}, {"_docs/s2/p.md"}),
    ({CONFIG: f"{PUBLISHED}defaults:\n- scope: {{path: _docs/s, type: docs}}\n  values: {{published: false}}\n"
      "- scope: {path: '', type: docs}\n  values: {published: true}",
      **texts("_docs/s/p.md", "_docs/t/p.md")}, {"_docs/s/p.md"}),
    ({CONFIG: f"{PUBLISHED}defaults:\n- scope: {{path: '_docs/**/s'}}\n  values: {{published: false}}",
      **texts("_docs/s/p.md", "_docs/t/s/p.md", "_docs/t/q.md")}, {"_docs/s/p.md", "_docs/t/s/p.md"}),
    ({CONFIG: "include: [_p.md, .h, _d]", **texts("_p.md", ".h/q.md", "_d/q.md", "_other/q.md")}, {"_other/q.md"}),
    ({CONFIG: "exclude: [p.md]\ninclude: [p.md]", **texts("p.md")}, set()),
    ({CONFIG: "defaults:\n- scope: {path: s}\n  values: {published: false}", **texts("s/p.md", "q.md")}, set()),
    ({CONFIG: f"{PUBLISHED}defaults:\n- scope: {{path: '', type: docs}}\n  values: {{published: false}}",
      **texts("_docs/p.md", "q.md")}, {"_docs/p.md"}),
    ({CONFIG: f"{PUBLISHED}defaults:\n- scope: {{path: ''}}\n  values: {{published: false}}",
      "_docs/p.md": text("published: true")}, set()),
    ({CONFIG: "defaults:\n- scope: {path: '', type: posts}\n  values: {date: 2099-01-01}",
      **texts("_posts/2020-01-01-p.md")}, {"_posts/2020-01-01-p.md"}),
    ({CONFIG: "source: docs", **texts("docs/p.md", "q.md")}, {"q.md"}),
    (texts("vendor/bundle/p.md", "vendor/q.md", "node_modules/p.md"), {"vendor/bundle/p.md", "node_modules/p.md"}),
]  # fmt: skip
# What is withheld here although Jekyll publishes it, with the reason.
DEVIATIONS = [
    ({"p.md": text("draft: true")}, {"p.md"}, "whoever writes it means a draft"),
    ({"p.md": text("published: 'false'")}, {"p.md"}, "whoever writes it means a draft"),
    ({"p.md": text("published: 0")}, {"p.md"}, "Hugo reads it as false"),
    ({"_posts/2020-01-01-a.md": text("date: May 5")}, {"_posts/2020-01-01-a.md"}, "Ruby takes a year by itself"),
    (
        {CONFIG: "limit_posts: 2\n", "_posts/2020-01-01-a.md": text("")},
        {"_posts/2020-01-01-a.md"},
        "which posts are the latest ones depends on all of them",
    ),
]
# Jekyll builds no site that contains one of these.
REFUSED = [
    {CONFIG: PUBLISHED, "_docs/p.md": text("date: soon")},
    *({"_posts/2020-01-01-a.md": text(front)} for front in ("date: soon", "date: 2020-13-45")),
    {"_posts/2020-13-45-a.md": text("")},
]


def case_ids(cases):
    return [" ".join([*case[0].values(), *case[0]])[:70] for case in cases]


def withheld_files(files):
    config = fold_mapping(read_yaml(files.get(CONFIG, "")))
    return {
        path
        for path, content in files.items()
        if path != CONFIG
        and withhold_in_jekyll(path, read_front_matter(content.encode()), config, ZoneInfo("UTC")).reason_at(NOW)
    }


@pytest.mark.parametrize(("files", "expected"), CASES, ids=case_ids(CASES))
def test_withholds_what_jekyll_does_not_publish(files, expected):
    assert withheld_files(files) == expected


@pytest.mark.parametrize(("files", "expected", "reason"), DEVIATIONS, ids=case_ids(DEVIATIONS))
def test_withholds_more_than_jekyll(files, expected, reason):
    assert withheld_files(files) == expected, reason


@pytest.mark.parametrize("files", REFUSED, ids=[" ".join(files.values())[-40:] for files in REFUSED])
def test_withholds_documents_with_which_jekyll_builds_no_site(files):
    assert withheld_files(files) == set(files) - {CONFIG}


def build_with_jekyll(folder, files):
    """Build a site, and return the files of which Jekyll made pages."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content if path == CONFIG else content.replace("Body.", f"path: {path} end"))
    subprocess.run([JEKYLL, "build", "--quiet"], cwd=folder, check=True, capture_output=True)
    pages = [page.read_text() for page in folder.glob("_site/**/*.html")]
    return {path for path in files if any(f"path: {path} end" in page for page in pages)}


@pytest.mark.thorough
@pytest.mark.skipif(JEKYLL is None, reason="needs jekyll: apt-get install jekyll")
@pytest.mark.parametrize(("files", "expected"), CASES, ids=case_ids(CASES))
def test_jekyll_withholds_the_same(tmp_path, files, expected):
    assert set(files) - {CONFIG} - build_with_jekyll(tmp_path, files) == expected


@pytest.mark.thorough
@pytest.mark.skipif(JEKYLL is None, reason="needs jekyll: apt-get install jekyll")
@pytest.mark.parametrize(("files", "expected", "reason"), DEVIATIONS, ids=case_ids(DEVIATIONS))
def test_jekyll_deviates(tmp_path, files, expected, reason):
    assert expected & build_with_jekyll(tmp_path, files) == expected


@pytest.mark.thorough
@pytest.mark.skipif(JEKYLL is None, reason="needs jekyll: apt-get install jekyll")
@pytest.mark.parametrize("files", REFUSED, ids=[" ".join(files.values())[-40:] for files in REFUSED])
def test_jekyll_refuses(tmp_path, files):
    with pytest.raises(subprocess.CalledProcessError):
        build_with_jekyll(tmp_path, files)


@pytest.mark.parametrize(("path", "is_withheld"), [("src/s/a.md", True), ("s/a.md", True), ("src/a.md", False)])
def test_patterns_of_hexo_are_relative_to_its_source_folder(path, is_withheld):
    config = {"source_dir": "src", "exclude": ["s/**"]}
    assert bool(withhold_in_jekyll(path, {}, config, UTC).reason) == is_withheld
