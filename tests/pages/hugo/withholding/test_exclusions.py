"""Tests of what the configs of other generators exclude."""

import pytest

from pages.hugo.site_structure.config_files import UnreadableConfig
from pages.hugo.withholding.exclusions import can_exclude, find_ignored_by_zola, read_exclusions
from tests.timing import is_faster_than

MKDOCS_PLUGIN = "plugins:\n- search\n- exclude:\n    glob: ['*.bak.md', old/*]\n    regex: ['zz.*']\n"
SUMMARY = "# Summary\n\n- [A](a.md)\n  - [B](./b/c%20d.md#e)\n- [X]()\n<!-- - [H](hidden.md) -->\n"


def excluded(files, path):
    """Return whether the first of the files excludes a path, and the name of what is not known."""
    exclusions, unknown = read_exclusions(next(iter(files)), lambda name: files.get(name, "").encode())
    return any(str(exclusion.reason(path)) for exclusion in exclusions), unknown.values.get("name", "")


def listed(text, name="docusaurus.config.js"):
    return {name: text}


# The config, texts that it excludes, and texts that it does not.
CASES = [
    ({"mkdocs.yml": "exclude_docs: |\n  /secret/\n  *.wip.md\n  !keep.wip.md\n"},
     ["docs/secret/a.md", "docs/x/a.wip.md", "docs/.x/a.md", "docs/templates/a.md"],
     ["docs/a.md", "docs/x/secret/a.md", "docs/keep.wip.md", "secret/a.md"]),
    ({"mkdocs.yml": "draft_docs: wip/\nnot_in_nav: |\n  a.md\n"}, ["docs/wip/a.md"], ["docs/a.md"]),
    ({"site/mkdocs.yaml": "docs_dir: ../texts\nexclude_docs: a.md\n"},
     ["texts/a.md"], ["site/docs/a.md", "texts/b.md"]),
    ({"mkdocs.yml": "docs_dir: .\nexclude_docs: [a.md]\nemoji: !!python/name:x.y\n"}, ["a.md", "x/a.md"], ["b.md"]),
    ({"mkdocs.yml": "exclude_docs: '!/templates/'\n"}, [], ["docs/templates/a.md"]),
    ({"mkdocs.yml": MKDOCS_PLUGIN}, ["docs/x/a.bak.md", "docs/old/x/a.md", "docs/zza.md"], ["docs/x/zza.md"]),
    ({"mkdocs.yml": "plugins: {exclude: {regex: ['(a+)+b']}}\n"}, ["docs/a.md"], ["a.md"]),
    ({".eleventyignore": "wip/\n"}, ["wip/a.md", "x/wip/a.md"], ["a.md"]),
    ({"x/legal/legal.json": '{"permalink": false}'}, ["x/legal/a.md", "x/legal/b/c.md"], ["x/a.md", "legal/a.md"]),
    ({"legal/legal.11tydata.json": '{"draft": true}'}, ["legal/a.md"], ["a.md"]),
    ({"x/a.11tydata.json": '{"permalink": false}'}, ["x/a.md"], ["x/ab.md", "a.md"]),
    ({"legal/legal.json": '{"permalink": "/x/"}'}, [], ["legal/a.md"]),
    ({"legal/legal.json": "[1]"}, [], ["legal/a.md"]),
    ({"book.toml": "[book]\ntitle = 'x'\n", "src/SUMMARY.md": SUMMARY},
     ["src/x.md", "src/hidden.md", "src/SUMMARY.md"], ["src/a.md", "src/b/c d.md", "x.md"]),
    ({"x/book.toml": "[book]\nsrc = '.'\n", "x/SUMMARY.md": SUMMARY}, ["x/b.md"], ["x/a.md", "b.md"]),
    ({"book.toml": "[book]\n"}, [], ["src/a.md"]),
    (listed("docs: {exclude: ['**/secret/**', \"**/*.wip.{md,mdx}\",],}"),
     ["docs/secret/a.md", "secret/a.md", "docs/x/a.wip.md", "i18n/de/p/current/secret/a.md"], ["docs/a.md"]),
    (listed("docs: {'exclude': ['README.md', '!a.md', 'internal/**', './wip']}", "x/docusaurus.config.ts"),
     ["x/docs/README.md", "x/docs/internal/a.md", "x/docs/wip/a.md"],
     ["docs/README.md", "x/docs/a.md", "x/docs/y/z/README.md"]),
    (listed("// exclude: ['a.md']\n/* exclude: ['a.md'] */ docs: {x: '// exclude', exclude: ['**/*.tmp.md'] }"),
     ["docs/a.tmp.md"], ["docs/a.md"]),
    (listed("srcExclude: [`**/TODO.md`]", "docs/.vitepress/config.mts"), ["docs/x/TODO.md"], ["TODO.md", "docs/a.md"]),
    (listed("ignorePatterns: ['private', 'templates']", "quartz.config.ts"),
     ["content/private/a.md"], ["content/a.md"]),
    (listed("c.ignores.add('docs/internal/**'); c.ignores.add(\"b.md\")", ".eleventy.js"),
     ["docs/internal/a.md", "b.md"], ["docs/a.md"]),
    (listed("exclude_patterns = [  # 'a.md'\n '_build', 'wip', \"drafts/*\"]\n", "conf.py"),
     ["wip/a.md", "drafts/a.md"], ["a.md", "docs/a.md"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "withheld", "public"), CASES, ids=[str(next(iter(case[0].items()))) for case in CASES]
)
def test_config_excludes_texts(files, withheld, public):
    assert can_exclude(next(iter(files)))
    assert [path for path in [*withheld, *public] if excluded(files, path)[0]] == withheld
    assert excluded(files, "a.md")[1] == ""


@pytest.mark.parametrize(
    ("name", "text", "unknown"),
    [
        ("docusaurus.config.js", "docs: {exclude: hidden}", "exclude"),
        ("docusaurus.config.js", "docs: {exclude: ['a.md', ...hidden]}", "exclude"),
        ("docusaurus.config.js", "docs: {exclude: ['a.md'].concat(hidden)}", "exclude"),
        ("docusaurus.config.js", "docs: {exclude: ['a.md']}, blog: {exclude}", "exclude"),
        ("docusaurus.config.js", "docs: {exclude: [`${name}.md`]}", "exclude"),
        ("docusaurus.config.js", "docs: {exclude: ['@(a|b).md']}", "exclude"),
        ("docusaurus.config.js", "docs: {includeCurrentVersion: false}", "includeCurrentVersion"),
        ("docusaurus.config.js", "docs: {include: ['a.md']}", "include"),
        ("docusaurus.config.js", "docs: {path: 'docs'}", ""),
        ("eleventy.config.mjs", "c.ignores.add(name)", "ignores"),
        ("conf.py", "exclude_patterns = ['a.md'] + hidden", "exclude_patterns"),
        ("conf.py", "exclude_patterns = ['a.md']\nexclude_patterns.append(hidden)", "exclude_patterns"),
        ("mkdocs.yml", "INHERIT: ../base.yml", "INHERIT"),
    ],
)
def test_what_only_a_run_of_the_config_would_tell_is_named(name, text, unknown):
    assert excluded({name: text}, "x.md")[1] == unknown


@pytest.mark.parametrize(
    ("name", "text"),
    [("mkdocs.yml", "a: ["), ("book.toml", "a ="), ("conf.py", "#" * 100_001), ("a.11tydata.json", "[")],
    ids=lambda text: text[:9],
)
def test_unreadable_config_is_an_error(name, text):
    with pytest.raises(UnreadableConfig):
        excluded({name: text}, "a.md")


@pytest.mark.parametrize("path", ["node_modules/mkdocs.yml", "a.yml", "my-mkdocs.yml", "config.js", "xconf.py"])
def test_other_files_exclude_nothing(path):
    assert not can_exclude(path)


@pytest.mark.parametrize(("path", "is_excluded"), [("a.wip.md", True), ("x/internal/a.md", True), ("x/a.md", False)])
def test_zola_ignores_content(path, is_excluded):
    config = {"ignored_content": ["*.wip.md", "internal/**"]}
    assert bool(find_ignored_by_zola(path, config)) == is_excluded


@pytest.mark.timing
@pytest.mark.parametrize(
    "text", ["exclude:['" * 9_000, '"\\' * 50_000, "`" * 99_999, "/*" * 50_000, "exclude:[`a`," * 7_000]
)
def test_program_that_is_made_to_take_long_is_read_in_time(text):
    assert is_faster_than(1, lambda: excluded({"docusaurus.config.js": text}, "a.md"))
