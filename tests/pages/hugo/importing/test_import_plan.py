"""The plan of an import: how sources are read, and what has to be decided before anything is written."""

import builtins
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.models import ImportRun, Page, PublicationRecord, Revision, Version
from tests.building import make_page, publish_bodies
from tests.histories import build_repository, commit, import_history, split_plan, versions_of_pages
from tests.repositories import git
from tests.trees import SVG, markdown, write_tree

pytestmark = pytest.mark.django_db

LONG = "".join(f"Sentence {number} is long enough to be recognised.\n" for number in range(9))
MONO = [
    commit({"README.md": "# R\n", "Policies/privacy.md": "# Privacy\n\nOne.\n"}, message="Privacy policy"),
    commit({"Policies/privacy.md": "# Privacy\n\nTwo.\n"}, message="Say two"),
]


def rows():
    """Return how many rows each table has."""
    return {model.__name__: model.objects.count() for model in apps.get_app_config("pages").get_models()}


def refusal(path, *options, history=True):
    """Import a source that has to be refused without a trace; return why it is."""
    before = rows()
    with pytest.raises(CommandError) as error:
        call_command("import_hugo", str(path), *(["--history"] if history else []), *options)
    assert error.value.returncode == 2
    assert rows() == before
    return str(error.value)


def versions(folder, capsys, commits, *options):
    """Import a history completely; return the versions of its pages, as a case has them."""
    ids = build_repository(folder / "site.git", commits)
    status, _lines = import_history(folder / "site.git", capsys, *options)
    assert status == 0
    return versions_of_pages(ids)


def plan_of(path, capsys, *options):
    """Return the lines of a plan."""
    call_command("import_hugo", str(path), "--dry-run", *options)
    return split_plan(capsys.readouterr().out)[1]


# --- Languages and structure ------------------------------------------------------------------------------------------


ARTICLE, ARTIKEL = markdown("Privacy", "Hello."), markdown("Datenschutz", "Hallo.")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {
                "_articles/privacy.md": markdown("Privacy", "Hello.", lang="en"),
                "_articles/de/privacy.md": markdown("Datenschutz", "Hallo.", lang="de"),
                "index.md": "# Home\n",
            },
            {"": ["0 en!"], "articles/privacy": ["0 de! en!"]},
            id="front matter in Jekyll",
        ),
        pytest.param(
            {"_articles/privacy.md": ARTICLE, "_articles/de/privacy.md": ARTIKEL, "index.md": "# Home\n"},
            {"": ["0 en!"], "articles/privacy": ["0 de! en!"]},
            id="folders below the first level",
        ),
        pytest.param(
            {"guides/legal/privacy.md": ARTICLE, "guides/legal/de/privacy.md": ARTIKEL},
            {"guides/legal/privacy": ["0 de! en!"]},
            id="folders two levels below, without an index",
        ),
        pytest.param(
            {"admin.md": ARTICLE, "admin_fr.md": "# Vie\n", "admin_de.md": ARTIKEL},
            {"admin-page": ["0 de! en! fr!"]},
            id="suffixes with underscores",
        ),
        pytest.param(
            {"terms.md": ARTICLE, "terms.fr.md": "# Vie\n", "terms.de.md": ARTIKEL},
            {"terms": ["0 de! en! fr!"]},
            id="suffixes with dots",
        ),
        pytest.param(
            {"legal/terms_of_use.md": ARTICLE, "legal/terms_of_use_pt_BR.md": ARTIKEL},
            {"legal/terms_of_use": ["0 en! pt-br!"]},
            id="suffixes with regions",
        ),
        pytest.param(
            {
                "content/en/privacy.md": markdown("A", "One", translationKey="priv"),
                "content/de/datenschutz.md": markdown("A", "Eins", translationKey="priv"),
            },
            {"privacy": ["0 de! en!"]},
            id="translationKey",
        ),
    ],
)
def test_translations_are_texts_of_one_page(tmp_path, capsys, files, expected):
    assert versions(tmp_path, capsys, [files], "--language-map", "pt-br=pt-br") == expected


JEKYLL = {
    "_config.yml": "title: Example\ncollections:\n  articles:\n    output: true\ninclude: [_pages]\n",
    "_articles/privacy.md": markdown("Privacy", "![a](/assets/a.svg)", lang="en", permalink="/privacy/"),
    "_articles/de/privacy.md": markdown("Datenschutz", "Hallo.", lang="de", permalink="/de/datenschutz/"),
    "_articles/terms.md": markdown("Terms", "Two.", lang="en", permalink="/legal/:title/"),
    "_articles/rules.md": markdown("Rules", "Two.", lang="en", permalink="/:year/:title/"),
    "_pages/about.md": markdown("About", "Three."),
    "_posts/2023-05-15-we-moved.md": markdown("We moved", "Four."),
    "_includes/note.md": "Not a page.\n",
    "index.md": "# Home\n",
    "assets/a.svg": SVG,
}


def test_jekyll_site_is_imported_with_its_addresses_dates_and_pictures(tmp_path, capsys):
    call_command("import_hugo", str(write_tree(tmp_path, JEKYLL)))
    assert sorted(Version.objects.values_list("page__path", flat=True)) == [
        *("", "2023/05/15/we-moved", "about", "articles/rules", "legal/terms", "privacy")
    ]
    page = Page.objects.get(path="privacy")
    texts = page.versions.get().texts.order_by("language")
    assert [text.language for text in texts] == ["de", "en"]
    assert list(texts[1].pictures) == ["/assets/a.svg"]
    assert "datenschutz" in page.redirects.values_list("old_path", flat=True)
    moved = Version.objects.get(page__path="2023/05/15/we-moved")
    assert moved.published_at.date().isoformat() == "2023-05-15"


def test_permalinks_and_underscores_have_no_meaning_in_a_hugo_site(tmp_path, capsys):
    files = {"hugo.toml": "", "content/_x/a.md": markdown("A", "One.", permalink="/b/")}
    assert versions(tmp_path, capsys, [files]) == {"_x/a": ["0 en!"]}


TEXT = markdown("A", "Text.")
# What says in which language texts are, and the option that the import asks for.
UNCLEAR_LANGUAGES = [
    ({"hugo.toml": "languageCode = 'de-de'", "content/a.md": TEXT}, "--language de"),
    ({"_config.yml": "lang: de", "index.md": TEXT, "a.md": TEXT}, "--language de"),
    ({"_config.yml": "locale: pt_BR", "index.md": TEXT}, "--language pt-br"),
    ({"_config.yml": "default_lang: ru\nlanguages: [ru, en]", "index.md": TEXT}, "--language ru"),
    ({"content/English/a.md": TEXT, "content/Deutsch/a.md": TEXT}, "--language-map deutsch=de,english=en"),
    ({"content/a.md": TEXT, "content/german/a.md": TEXT}, "--language-map german=de"),
    ({"legal/english/a.md": TEXT, "legal/german/a.md": TEXT}, "--content legal --language en"),
    ({"Our terms/english/a.md": TEXT, "Our terms/german/a.md": TEXT}, "--content 'Our terms' --language en"),
    ({"english/a.md": TEXT, "русский/a.md": TEXT}, "--language-map english=en,русский=ru"),
]


@pytest.mark.parametrize(
    ("files", "option"), UNCLEAR_LANGUAGES, ids=[str(list(files)) for files, _ in UNCLEAR_LANGUAGES]
)
def test_texts_are_not_read_as_english_if_something_says_otherwise(tmp_path, files, option):
    write_tree(tmp_path / "site", files)
    assert refusal(tmp_path / "site", history=False).endswith(f"{option}.")


@pytest.mark.parametrize(
    "files",
    [
        {"hugo.toml": "languageCode = 'en-gb'", "content/a.md": TEXT},
        {"hugo.toml": "languageCode = 'de'\ndefaultContentLanguage = 'en'", "content/a.md": TEXT},
        {"hugo.toml": "languageCode = 'de'\n[languages.en]\n", "content/a.md": TEXT},
        {"_config.yml": "lang: de", "content/en/a.md": TEXT},
        {"content/english/a.md": TEXT, "content/terms/a.md": TEXT},
    ],
    ids=str,
)
def test_nothing_is_asked_where_the_language_is_clear(tmp_path, files):
    call_command("import_hugo", str(write_tree(tmp_path / "site", files)))
    assert set(Revision.objects.values_list("language", flat=True)) == {"en"}


def test_option_for_folders_with_names_of_languages_makes_them_translations(tmp_path):
    site = write_tree(tmp_path / "site", {"content/English/a.md": TEXT, "content/Deutsch/a.md": TEXT})
    call_command("import_hugo", str(site), "--language-map", "deutsch=de,english=en")
    assert sorted(Page.objects.get(path="a").revisions.values_list("language", flat=True)) == ["de", "en"]


def test_language_that_can_be_a_region_is_proposed(tmp_path, capsys):
    names = ("terms.md", "terms-de.md", "terms_eu.md", "sign-in.md", "about-us.md", "about.md", "pt-br.md")
    write_tree(tmp_path / "site", {f"content/legal/{name}": TEXT for name in names})
    plan = plan_of(tmp_path / "site", capsys)
    proposals = [line for line in plan if line.startswith("Proposal")]
    assert proposals == [
        "Proposal: content/legal/terms-de.md is read as a page of its own. If it is the text of content/legal/terms.md "
        "in de, name it content/legal/terms.de.md.",
        "Proposal: content/legal/terms_eu.md is read as a page of its own. If it is the text of content/legal/terms.md "
        "in eu, name it content/legal/terms.eu.md.",
    ]


def test_default_language_of_zola_counts(tmp_path):
    files = {
        "config.toml": "base_url = 'https://example.org'\ndefault_language = 'ru'\n[languages.en]\n",
        **{f"content/{name}.md": "+++\ntitle = 'A'\n+++\nText.\n" for name in ("a", "a.en")},
    }
    call_command("import_hugo", str(write_tree(tmp_path / "site", files)))
    assert sorted(Page.objects.get(path="a").revisions.values_list("language", flat=True)) == ["en", "ru"]


def test_shallow_clone_is_not_imported_as_a_history(tmp_path):
    build_repository(tmp_path / "site.git", [{"content/en/a.md": text} for text in ("One", "Two", "Three")])
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{tmp_path}/site.git", "cut")
    assert "git fetch --unshallow" in refusal(tmp_path / "cut")
    git(tmp_path / "cut", "fetch", "--quiet", "--unshallow")
    call_command("import_hugo", str(tmp_path / "cut"), "--history")
    assert Version.objects.count() == 3


def test_refused_import_leaves_nothing_behind_and_names_the_options(tmp_path, capsys):
    build_repository(tmp_path / "mono.git", MONO)
    assert refusal(tmp_path / "mono.git").endswith(
        "If the texts are elsewhere, say where and in which language: --content Policies --language en."
    )
    options = ("--content", "Policies", "--language", "en")
    assert versions(tmp_path, capsys, MONO, *options) == {"privacy": ["0 en!", "1 en!"]}


def test_index_that_is_added_later_changes_nothing_about_earlier_commits(tmp_path, capsys):
    commits = [*MONO, {"index.md": "# Home\n"}]
    options = ("--content", "Policies", "--language", "en")
    assert versions(tmp_path, capsys, commits, *options) == {"privacy": ["0 en!", "1 en!"]}


def test_index_that_is_added_later_shows_how_earlier_commits_are_read(tmp_path, capsys):
    commits = [{"a/privacy.md": "# A\n"}, {"a/privacy.md": "# B\n"}, {"index.md": "# Home\n"}]
    assert versions(tmp_path, capsys, commits) == {"a/privacy": ["0 en!", "1 en!"], "": ["2 en!"]}


def test_translation_that_is_added_later_shows_how_earlier_commits_are_read(tmp_path, capsys):
    commits = [{"terms.md": "# A\n"}, {"terms.md": "# B\n"}, {"terms_de.md": "# C\n"}]
    assert versions(tmp_path, capsys, commits) == {"terms": ["0 en!", "1 en!", "2 de! en="]}


def test_language_that_is_declared_later_shows_how_earlier_commits_are_read(tmp_path, capsys):
    commits = [{"terms.md": "# A\n"}, {"terms.md": markdown("B", "B", lang="ru")}]
    assert versions(tmp_path, capsys, commits) == {"terms": ["0 ru!", "1 ru!"]}


@pytest.mark.parametrize(
    "moves",
    [
        [{"docs/old.md": "content/en/privacy.md"}],
        [{"old": "older"}, {"older/privacy.md": "content/en/privacy.md"}],
        [{"privacy.md": "content/privacy.md"}],
    ],
)
def test_files_that_move_into_the_content_folder_keep_their_past(tmp_path, capsys, moves):
    first = {"old": "old/privacy.md"}.get(next(iter(moves[0])), next(iter(moves[0])))
    commits = [{first: markdown("A", LONG)}, {first: markdown("A", f"{LONG}More.\n")}]
    commits += [commit(moves=move) for move in moves]
    last = next(iter(moves[-1].values()))
    commits.append({last: markdown("A", f"{LONG}Last.\n")})
    assert versions(tmp_path, capsys, commits) == {"privacy": ["0 en!", "1 en!", f"{len(commits) - 1} en!"]}


@pytest.mark.parametrize("private", ["private/plan.md", "drafts/en/plan.md", "plan.md"])
def test_files_that_were_outside_of_a_site_do_not_become_public_with_their_past(tmp_path, capsys, private):
    commits = [
        {"content/en/a.md": "# A\n", private: markdown("Plan", f"Secret.\n{LONG}")},
        {private: markdown("Plan", f"Secret too.\n{LONG}")},
        commit(moves={private: "content/en/plan.md"}),
        {"content/en/plan.md": markdown("Plan", LONG)},
    ]
    assert versions(tmp_path, capsys, commits) == {"a": ["0 en!"], "plan": ["2 en!", "3 en!"]}


def test_files_that_move_into_a_given_folder_and_change_keep_their_past(tmp_path, capsys):
    commits = [
        {"privacy.md": markdown("A", LONG), "README.md": "Read me.\n"},
        commit({"legal/en/privacy.md": markdown("A", f"{LONG}More.\n"), "privacy.md": None}),
    ]
    assert versions(tmp_path, capsys, commits, "--content", "legal") == {"privacy": ["0 en!", "1 en!"]}


def test_folders_of_markdown_at_any_depth_are_imported_in_one_language(tmp_path, capsys):
    files = {"a/one.md": "# 1\n", "a/b/two.md": "# 2\n", "c/d/three.md": "# 3\n", "e/four.md": "# 4\n"}
    options = ("--content", "a", "--content", "c/d", "--language", "ru")
    assert versions(tmp_path, capsys, [files], *options) == {"one": ["0 ru!"], "b/two": ["0 ru!"], "three": ["0 ru!"]}


def test_the_whole_source_can_be_given_as_the_content_folder(tmp_path, capsys):
    options = ("--content", ".", "--language", "en")
    assert versions(tmp_path, capsys, [{"one.md": "# 1\n"}], *options) == {"one": ["0 en!"]}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("legal/q.md", {"content/p": ["0 en!"], "legal/q": ["0 en!"]}),
        ("README.md", {"p": ["0 en!"]}),
    ],
)
def test_a_folder_content_is_the_whole_content_only_without_other_texts(tmp_path, capsys, other, expected):
    files = {"content/p.md": "# P\n", other: "# Q\n"}
    assert versions(tmp_path, capsys, [files], "--content", ".", "--language", "en") == expected


def test_given_content_folder_is_read_with_the_config_above_it(tmp_path, capsys):
    files = {
        "web/hugo.toml": 'defaultContentLanguage = "ru"\n',
        "web/content/a.md": "# A\n",
        "app/content/b.md": "# B\n",
    }
    assert versions(tmp_path, capsys, [files], "--content", "web/content") == {"a": ["0 ru!"]}


def test_language_map_renames_languages(tmp_path, capsys):
    files = {f"content/{code}/p.md": f"# {code}\n" for code in ("zh-cn", "pt_BR", "cn")}
    options = ("--language-map", "zh-CN=zh-hans,pt-br=pt,cn=ja")
    assert versions(tmp_path, capsys, [files], *options) == {"p": ["0 ja! pt! zh-hans!"]}


# --- What has to be decided -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"content/zh-cn/p.md": "One"}, "--language-map zh-cn=zh-hans "),
        ({"content/de-AT/p.md": "One", "content/en-US/p.md": "One"}, "--language-map de-at=de,en-us=en "),
        ({"content/iw/p.md": "One"}, "--language-map iw=he "),
        ({"a/content/p.md": "One", "b/content/p.md": "One"}, "--content a/content or --content b/content."),
        ({"de/p.md": "One", "x/a.md": "One", "x/b.md": "Two"}, "2 texts name no language in their path"),
        ({"x/a.md": "One", "y/z/b.md": "Two"}, "--content x --content y/z --language en."),
        ({"a.md": "One"}, "--content . --language en."),
        ({"a.txt": "One"}, "No texts found: "),
        ({"content/en/p.md": "One", "hugo.toml": "="}, "hugo.toml cannot be read"),
    ],
)
@pytest.mark.parametrize("is_history", [True, False])
def test_source_that_can_be_read_in_several_ways_is_refused(tmp_path, files, reason, is_history):
    if is_history:
        build_repository(tmp_path / "site", [files])
    else:
        write_tree(tmp_path / "site", files)
    assert reason in refusal(tmp_path / "site", history=is_history)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--content", "../x"], "--content: '../x' is not a folder within the source."),
        (["--content", "/etc"], "--content: '/etc' is not a folder within the source."),
        (["--content", "nowhere"], "--content: there are no Markdown files in nowhere."),
        (["--language", "klingon"], "--language: 'klingon' is not a language code."),
        (["--language-map", "no"], "--language-map: 'no' is not of the form"),
        (["--language-map", "no=nb,no=nn"], "--language-map: no is there twice, with nb and nn."),
        (["--minor", "("], "--minor: '(' is not a regular expression: missing ), unterminated subpattern"),
        (["--minor", "a" * 501], "--minor: the expression has more than 500 characters."),
    ],
)
def test_option_that_cannot_be_used_is_refused_with_the_reason(tmp_path, options, reason):
    build_repository(tmp_path / "site.git", [{"content/en/a.md": "One"}])
    assert reason in refusal(tmp_path / "site.git", *options)


def test_second_import_is_read_as_the_first_one_was(tmp_path, capsys):
    options = ("--content", "Policies", "--language", "ru", "--minor", "^Typo", "--notes", "none")
    path = tmp_path / "site.git"
    build_repository(path, MONO)
    import_history(path, capsys, *options)
    more = [*MONO, commit({"Policies/privacy.md": "# Privacy\n\nThree.\n"}, message="Typo"), {"index.md": "# Home\n"}]
    (tmp_path / "new").mkdir()
    ids = build_repository(tmp_path / "new/site.git", more)
    assert import_history(tmp_path / "new/site.git", capsys)[0] == 0
    assert versions_of_pages(ids) == {"privacy": ["0 ru!", "1 ru!", "2 ru~"]}
    assert {text.change_note for version in Version.objects.all() for text in version.texts.all()} == {""}


# --- Minor commits ----------------------------------------------------------------------------------------------------


def test_commits_are_minor_by_the_rule_except_for_first_texts(tmp_path, capsys):
    path, name = tmp_path / "site.git", "content/en/a.md"
    messages = ["Typo first", "Say two", "fix Typo", "Typo\n\nThis says three."]
    commits = [commit({name: f"# {number}\n"}, message=message) for number, message in enumerate(messages)]
    ids = build_repository(path, commits)
    import_history(path, capsys, "--minor", "(?i)^(fix )?typo")
    assert versions_of_pages(ids) == {"a": ["0 en!", "1 en!", "2 en~", "3 en~"]}


# --- The plan ---------------------------------------------------------------------------------------------------------


def test_plan_says_what_will_be_imported(tmp_path, capsys):
    files = {
        "content/en/a.md": markdown("A", "One", date="2023-05-15"),
        "content/no/a.md": markdown("A", "En", date="2024-01-01"),
        "content/b.md": markdown("B", "Two", draft="true"),
        "content/en/c.rst": "Title",
    }
    with pytest.raises(SystemExit):
        call_command(
            "import_hugo",
            str(write_tree(tmp_path, files)),
            "--dry-run",
            "--language-map",
            "no=sv",
            "--content",
            "content",
        )
    assert capsys.readouterr().out.splitlines() == [
        "Import plan",
        "Content: content",
        "Texts by language: en (2), sv (1)",
        "1 text names no language and is read as en (to change it: --language): content/b.md.",
        "Texts in no are imported as sv.",
        "Pages: 2. Dates: 2023-05-15 to 2024-01-01.",
        "Will stay unpublished: content/b.md: its front matter has draft: true.",
        "Not understood: content/en/c.rst: it is not Markdown; other formats are not imported.",
        "Dry run: nothing was imported.",
    ]
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    ("config", "text", "line"),
    [
        ("hugo.toml", 'title = "Ex"\nbaseURL = "https://a.example/"\n', "Site: Ex https://a.example/"),
        ("hugo.yaml", "title: Ex\nlanguages:\n  en:\n    baseURL: https://en.example\n", "Site: Ex https://en.example"),
        ("hugo.toml", "[title]\na = 1\n", "Content: content"),
    ],
)
def test_plan_names_the_site(tmp_path, capsys, config, text, line):
    write_tree(tmp_path, {config: text, "content/a.md": "One"})
    assert plan_of(tmp_path, capsys)[1] == line


def test_plan_names_the_first_texts_without_a_language(tmp_path, capsys):
    write_tree(tmp_path, {f"content/{name}.md": "One" for name in "abcdefg"})
    names = "content/a.md, content/b.md, content/c.md, content/d.md, content/e.md, and 2 more"
    assert f"7 texts name no language and are read as en (to change it: --language): {names}." in plan_of(
        tmp_path, capsys
    )
    assert f"7 texts name no language and are read as de: {names}." in plan_of(tmp_path, capsys, "--language", "de")


# A text in a folder that the config does not name, and files that are no texts of the site.
MISPLACED = {
    "hugo.toml": '[languages.en]\ncontentDir = "content/en"\n[languages.ru]\ncontentDir = "content/ru"\n',
    "content/en/a.md": "One",
    "content/ru/a.md": "Один",
    "content/rus/terms.md": "Два",
    "content/README.md": "Read me",
    "content/rus/node_modules/b.md": "Two",
    "content/rus/a.svg": SVG,
    "docs/notes.md": "Notes",
    "README.md": "Read me",
}
MISPLACED_LINE = "content/rus/terms.md: it is in no content folder of the site."


def test_text_next_to_the_content_folders_is_not_understood(tmp_path, capsys):
    with pytest.raises(SystemExit):
        plan_of(write_tree(tmp_path, MISPLACED), capsys)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Not understood")]
    assert lines == [f"Not understood: {MISPLACED_LINE}"]


def test_texts_next_to_folders_that_an_option_names_are_left_out(tmp_path, capsys):
    options = ("--content", "content/en", "--content", "content/ru", "--language", "en")
    lines = plan_of(write_tree(tmp_path, MISPLACED), capsys, *options)
    assert not [line for line in lines if line.startswith("Not understood")]


def test_files_next_to_content_folders_at_the_root_of_a_site_are_not_texts(tmp_path, capsys):
    config = '[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "russian"\n'
    files = {"hugo.toml": config, "english/a.md": "One", "russian/a.md": "Один", "archetypes/default.md": "Two"}
    write_tree(tmp_path, {f"site/{path}": text for path, text in files.items()})
    assert not [line for line in plan_of(tmp_path, capsys) if line.startswith("Not understood")]


def test_text_that_is_moved_into_a_content_folder_is_no_longer_skipped(tmp_path, capsys):
    moved = commit(moves={"content/rus/terms.md": "content/ru/terms.md"})
    ids = build_repository(tmp_path / "site.git", [MISPLACED, moved])
    status, lines = import_history(tmp_path / "site.git", capsys)
    (line,) = (line for line in lines if MISPLACED_LINE in line)
    assert line == f"Skipped: {MISPLACED_LINE} (commit {ids[0][:12]}; until {ids[1][:12]})"
    assert status == 1
    assert versions_of_pages(ids)["terms"] == ["1 ru!"]


def test_plan_of_a_history_has_its_dates(tmp_path, capsys):
    commits = [
        commit({"content/en/a.md": name}, at=at) for name, at in (("One", 1_000_000_000), ("Two", 1_700_000_000))
    ]
    build_repository(tmp_path / "site.git", commits)
    line = "Pages: 1. Commits to import: 2, of which 2 with texts. Dates: 2001-09-09 to 2023-11-14."
    assert line in plan_of(tmp_path / "site.git", capsys, "--history")


def test_language_that_is_not_served_is_proposed_as_a_relative(tmp_path, capsys, settings):
    settings.MODELTRANSLATION_LANGUAGES = ("en", "ru", "ru-mo")
    write_tree(tmp_path, {"content/ru-mo/a.md": "One"})
    line = "Proposal: ru-mo is not served; to import it as ru: --language-map ru-mo=ru"
    assert line in plan_of(tmp_path, capsys)


@pytest.mark.parametrize(("answer", "count"), [("y", 1), ("", 0), ("no", 0)])
def test_terminal_is_asked_once_before_anything_is_written(tmp_path, monkeypatch, capsys, answer, count):
    questions = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(builtins, "input", lambda text: questions.append((text, rows())) or answer)
    before = rows()
    call_command("import_hugo", str(write_tree(tmp_path, {"content/en/a.md": "One"})))
    assert questions == [("Import this? [y/N] ", before)]
    assert (Page.objects.count(), ImportRun.objects.count()) == (count, count)
    questions.clear()
    call_command("import_hugo", str(tmp_path), "--yes")
    assert (questions, Page.objects.count()) == ([], 1)


def test_source_is_read_once_before_it_is_written(tmp_path, capsys, monkeypatch):
    reads = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: reads.append(path.name) or read_bytes(path))
    call_command("import_hugo", str(write_tree(tmp_path, {"content/en/a.md": "One"})))
    # Once for the plan, and once for its body when it is written.
    assert reads.count("a.md") == 2
    assert PublicationRecord.objects.filter(kind="publish").count() == 1


# --- What is on the site already --------------------------------------------------------------------------------------


def add_page(path):
    publish_bodies(make_page(path), {"en": "Ours."}, timezone.now())


def test_plan_says_how_many_pages_do_not_come_from_the_source(tmp_path, capsys):
    add_page("ours")
    tree = write_tree(tmp_path, {"content/en/theirs.md": "One"})
    assert "This site already has 1 page that does not come from this source." in plan_of(tree, capsys)
    call_command("import_hugo", str(tree))
    assert sorted(Page.objects.values_list("path", flat=True)) == ["ours", "theirs"]
    capsys.readouterr()
    add_page("ours-too")
    lines = plan_of(tree, capsys)
    assert "This site already has 2 pages that do not come from this source." in lines
    assert not any("Addresses" in line for line in lines)


@pytest.mark.parametrize("is_history", [False, True])
def test_texts_for_pages_that_are_not_from_the_source_need_a_confirmation(tmp_path, capsys, is_history):
    add_page("policy")
    add_page("other")
    path = tmp_path / "site"
    files = {"content/en/policy.md": "Theirs.", "content/en/theirs.md": "One"}
    build_repository(path, [files]) if is_history else write_tree(path, files)
    options = ["--history"] if is_history else []
    message = refusal(path, history=is_history)
    assert "already has pages that do not come from this source at these addresses: /policy/." in message
    assert "Addresses that such pages have, and texts of this source too: /policy/." in plan_of(path, capsys, *options)
    with suppress(SystemExit):
        call_command("import_hugo", str(path), "--yes", *options)
    assert Page.objects.filter(path="theirs").exists()
    # From now on the page has a text of the source.
    with suppress(SystemExit):
        call_command("import_hugo", str(path), *options)


def test_texts_of_the_source_are_its_own_also_in_another_folder(tmp_path, capsys):
    for name in ("a", "b"):
        tree = write_tree(tmp_path / name, {"content/en/policy.md": "One"})
        call_command("import_hugo", str(tree))
    assert "does not come from" not in capsys.readouterr().out


def test_other_source_with_files_of_the_same_names_needs_a_confirmation(tmp_path, capsys):
    for name, text in (("a", "One"), ("b", "Two")):
        write_tree(tmp_path / name, {"content/en/policy.md": text})
    call_command("import_hugo", str(tmp_path / "a"))
    assert "at these addresses: /policy/." in refusal(tmp_path / "b", history=False)
    # A changed text of the same source does not.
    write_tree(tmp_path / "a", {"content/en/policy.md": "Three"})
    capsys.readouterr()
    call_command("import_hugo", str(tmp_path / "a"))
    assert "Versions published: 1." in capsys.readouterr().out


def test_plan_and_report_count_commits_in_the_same_words(tmp_path, capsys):
    texts = {"content/en/a.md": "One", "content/en/b.md": "Two"}
    path = tmp_path / "site.git"
    build_repository(path, [texts, {"x.txt": "No text."}, {"content/en/b.md": None}, {"content/en/a.md": "Three"}])
    call_command("import_hugo", str(path), "--history")
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("Pages: 1. Commits to import: 3, of which 2 with texts.")]
    assert [line for line in lines if line.startswith("Commits imported: 3, of which 2 with texts.")]


@pytest.mark.parametrize(
    ("first", "then", "reason"),
    [
        ([], ["--content", "legal"], "--content differs from the last import of this source: it was not given, and"),
        (["--content", "content"], ["--content", "legal"], "it was content, and now it is legal."),
        ([], ["--language", "ru"], "--language differs from the last import"),
        (
            [],
            ["--language-map", "en=ru"],
            "--language-map differs from the last import of this source: it was not given",
        ),
    ],
)
def test_commits_that_were_imported_are_not_read_in_another_way(tmp_path, capsys, first, then, reason):
    path = tmp_path / "site.git"
    build_repository(path, [{"content/en/a.md": "One", "legal/en/b.md": "Two"}])
    with suppress(SystemExit):
        call_command("import_hugo", str(path), "--history", *first)
    assert reason in refusal(path, *then)
    # The same again, and options for new commits, are accepted.
    with suppress(SystemExit):
        call_command("import_hugo", str(path), "--history", *first, "--notes", "none", "--minor", "^typo")
    assert "Nothing new" in capsys.readouterr().out


def test_tree_can_be_read_in_another_way(tmp_path):
    tree = write_tree(tmp_path, {"content/en/a.md": "One", "legal/en/b.md": "Two"})
    call_command("import_hugo", str(tree), "--content", "content")
    call_command("import_hugo", str(tree), "--content", "legal")
    assert sorted(Page.objects.values_list("path", flat=True)) == ["a", "b"]
