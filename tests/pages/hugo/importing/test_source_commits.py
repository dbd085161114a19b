"""Translations whose front matter names the commit of the source text that they reflect."""

import pytest

from pages.hugo.importing.source_commits import named_source_commit
from pages.models import Page
from pages.publishing.importing.report_lines import LineKind
from pages.text.front_matter.nested_values import read_yaml
from tests.building import texts_by_language
from tests.exports import import_repository
from tests.reports import reasons
from tests.repositories import RepositoryBuilder, git
from tests.trees import markdown

pytestmark = pytest.mark.django_db

EN, DE = "content/en/policy.md", "content/de/policy.md"


def translation(body, commit, key="default_lang_commit: {}"):
    return f"---\ntitle: Richtlinie\n{key.format(commit)}\n---\n\n{body}\n"


@pytest.fixture
def build(tmp_path):
    """Return a function that writes commits one by one and returns the id of each."""
    path = tmp_path / "site.git"

    def commit(files, **options):
        with RepositoryBuilder(path) as builder:
            mark = builder.commit(files, date=f"{1_690_000_000 + len(ids) * 86_400} +0000", **options)
        ids.append(builder.ids[mark])
        return ids[-1]

    ids: list[str] = []
    commit.path = path
    return commit


def bases():
    """Return `based_on` of the German text by the number of the version."""
    versions = Page.objects.get(path="policy").versions.order_by("number")
    texts = {version.number: texts_by_language(version).get("de") for version in versions}
    return {number: text.based_on for number, text in texts.items() if text}


@pytest.mark.parametrize("key", ["default_lang_commit: {}", 'l10n:\n  sourceCommit: "{}"', "Default_Lang_Commit: '{}'"])
def test_translation_reflects_the_named_commit(build, key):
    first = build({EN: markdown("Policy", "One")})
    build({EN: markdown("Policy", "Two")})
    build({DE: translation("Eins", first, key)})
    import_repository(build.path)
    assert bases() == {3: 1}


def test_translation_without_a_key_reflects_its_own_commit(build):
    build({EN: markdown("Policy", "One")})
    build({EN: markdown("Policy", "Two")})
    build({DE: markdown("Richtlinie", "Zwei")})
    import_repository(build.path)
    assert bases() == {3: 3}


def test_new_key_alone_makes_a_translation_up_to_date(build):
    first = build({EN: markdown("Policy", "One")})
    build({DE: translation("Eins", first)})
    second = build({EN: markdown("Policy", "One!")})
    build({DE: translation("Eins", second)})
    import_repository(build.path)
    assert bases() == {2: 1, 3: 1, 4: 3}
    assert texts_by_language(Page.objects.get().versions.get(number=4))["de"].significance == "minor"


def test_named_commit_need_not_have_changed_the_page(build):
    build({EN: markdown("Policy", "One")})
    other = build({"content/en/other.md": markdown("Other", "Text")})
    build({EN: markdown("Policy", "Two")})
    build({DE: translation("Eins", other)})
    import_repository(build.path)
    assert bases() == {3: 1}


def test_named_commit_may_be_of_an_earlier_import(build):
    build({EN: markdown("Policy", "One")})
    second = build({EN: markdown("Policy", "Two")})
    import_repository(build.path)
    build({EN: markdown("Policy", "Three")})
    build({DE: translation("Zwei", second[:10])})
    import_repository(build.path)
    assert bases() == {4: 2}


def test_named_commit_may_be_merged(build):
    build({EN: markdown("Policy", "One")})
    side = build({EN: markdown("Policy", "Two")}, branch="side", parents=[build_id(build, "main")])
    merge = build({EN: markdown("Policy", "Two")}, parents=[build_id(build, "main"), side])
    build({EN: markdown("Policy", "Three")})
    build({DE: translation("Zwei", side)})
    import_repository(build.path)
    assert (bases(), len(merge)) == ({4: 2}, 40)


def build_id(build, branch):
    return git(build.path, "rev-parse", branch).decode().strip()


def test_merged_commit_whose_text_the_merge_changed_means_the_one_before(build):
    build({EN: markdown("Policy", "One")})
    start = build_id(build, "main")
    side = build({EN: markdown("Policy", "Two")}, branch="side", parents=[start])
    build({EN: markdown("Policy", "Three")}, parents=[start, side])
    build({DE: translation("Zwei", side)})
    import_repository(build.path)
    assert bases() == {3: 1}


@pytest.mark.parametrize("name", ["0" * 40, "not a commit", "--all", "HEAD:x"])
def test_unknown_commit_is_named_and_claims_nothing(build, name):
    build({EN: markdown("Policy", "One")})
    build({DE: translation("Eins", f'"{name}"')})
    log = import_repository(build.path)
    assert bases() == {2: None}
    assert "which is not here" in reasons(log, LineKind.NOTE)[DE][0]


def test_commit_before_the_page_claims_nothing(build):
    first = build({"content/en/other.md": markdown("Other", "Text")})
    build({EN: markdown("Policy", "One"), DE: translation("Eins", first)})
    import_repository(build.path)
    assert bases() == {1: None}


@pytest.mark.parametrize(
    "front", ["title: A", "default_lang_commit: ''", "l10n: text", "l10n:\n  other: a", "default_lang_commit: [a]"]
)
def test_no_commit_is_named(front):
    keys = {key.lower(): value for key, value in read_yaml(front).items()}
    assert named_source_commit(keys) == ""
