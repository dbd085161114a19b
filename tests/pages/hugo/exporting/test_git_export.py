"""Export of imported histories, and of changes made on this site."""

from datetime import timedelta

import pytest

from pages.hugo.exporting.git_export import DifferentHistory
from pages.models import Page, PublicationRecord
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.page_tree import move
from pages.publishing.records import accept_clock
from tests.building import EDITOR, make_page, publish_bodies, save_bodies
from tests.exports import (
    NOW,
    blob_ids,
    commit_ids,
    commit_messages,
    export_repository,
    file_changes,
    files,
    import_repository,
    make_repository,
    published_state,
    rolled_back,
)
from tests.reports import reasons
from tests.repositories import RepositoryBuilder, git
from tests.trees import SVG, markdown

pytestmark = pytest.mark.django_db

EN, RU = "content/en/policy/_index.md", "content/ru/policy/_index.md"


def policy(body, **front_matter):
    return markdown("Policy", body, **front_matter)


# By name, the commits as `make_repository` takes them.
HISTORIES = {
    "edits": [{EN: policy("One"), RU: policy("Один")}, {EN: policy("Two")}, {EN: policy("Three"), RU: policy("Три")}],
    "unusual bytes": [
        {EN: b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n\r\nOne \x00\r\n"},
        {EN: b"# Two"},
        {EN: "\u202eThree\u2028"},
    ],
    "rename of a section": [
        {EN: policy("One"), RU: policy("Один"), "content/en/policy/sub.md": policy("Below")},
        ({"content/en/policy": "content/en/rules", "content/ru/policy": "content/ru/rules"}, {}),
    ],
    "rename and edit": [
        {EN: policy("A rather long text, which is to be found again elsewhere.")},
        {EN: None, "content/en/rules.md": policy("A rather long text, which is found again elsewhere.")},
    ],
    "pages that swap names": [
        {"content/en/a.md": policy("The first of the two."), "content/en/b.md": policy("Another one, the second.")},
        {"content/en/b.md": policy("The first of the two."), "content/en/a.md": policy("Another one, the second.")},
    ],
    "deleted and restored": [{EN: policy("One"), RU: policy("Один")}, {RU: None}, {EN: None}, {EN: policy("Again")}],
    "renamed language": [
        {"content/en/a.md": policy("One"), "content/pt/a.md": policy("Um")},
        ({"content/pt": "content/pt-br"}, {}),
    ],
    "pictures": [
        {EN: policy("![a](/a.svg) ![b](b.svg)"), "static/a.svg": SVG, "content/en/policy/b.svg": SVG},
        {"static/a.svg": SVG + b"\n"},
        ({"content/en/policy": "content/en/rules"}, {}),
        {"content/en/rules/_index.md": policy("None"), "static/a.svg": None, "content/en/rules/b.svg": None},
    ],
    "suffixes": [
        {"content/a.md": policy("One"), "content/a.ru.md": policy("Один"), "content/sub/index.md": policy("Sub")},
        {"content/a.ru.md": policy("Два")},
    ],
    "folders by language": [
        {
            "hugo.toml": '[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "texts/russian"\n',
            "english/a.md": policy("One"),
            "texts/russian/a.md": policy("Один"),
        },
        {"english/a.md": policy("Two")},
    ],
    "changed structure": [
        {"content/en/a.md": policy("One"), "content/ru/a.md": policy("Один")},
        (
            {"content/en": "docs/en", "content/ru": "docs/ru"},
            {"hugo.toml": 'contentDir = "docs"\ndefaultContentLanguage = "en"\n'},
        ),
    ],
    "changed static folder": [
        {"hugo.toml": "", "content/en/a.md": policy("![a](/a.svg)"), "static/a.svg": SVG},
        ({"static": "pictures"}, {"hugo.toml": 'staticDir = "pictures"\n'}),
    ],
    "no config": [{"en/a.md": policy("One"), "ru/a.md": policy("Один")}, {"de/a.md": policy("Eins")}],
    "files named by their languages": [
        {"Policy/en-US.md": policy("One"), "Policy/ru.md": policy("Один"), "b/en-US.md": policy("B")},
        {"Policy/ru.md": policy("Два"), "Policy/de.md": policy("Eins")},
        (
            {
                "Policy/en-US.md": "en/policy.md",
                "Policy/ru.md": "ru/policy.md",
                "Policy/de.md": "de/policy.md",
                "b/en-US.md": "en/b.md",
            },
            {},
        ),
        {"en/policy.md": policy("Two")},
    ],
    "a language that is not served": [{"content/en/a.md": policy("One"), "content/tlh/a.md": policy("wa'")}],
    "home page": [{"content/en/_index.md": policy("Home")}, {"content/en/_index.md": policy("House")}],
    "spaces and quotes": [{'content/en/a "b" \\ c.md': policy("One")}, {'content/en/a "b" \\ c.md': policy("Two")}],
    "slug and url": [
        {EN: policy("One", slug="rules", aliases="/old/"), RU: policy("Один", url="/ru/pravila/")},
        {EN: policy("Two", slug="rules-2")},
    ],
}


@pytest.mark.parametrize("commits", HISTORIES.values(), ids=HISTORIES)
def test_exported_history_has_the_same_blobs_and_imports_to_the_same_content(tmp_path, commits):
    source, copy = make_repository(tmp_path / "site.git", *commits), tmp_path / "out.git"
    with rolled_back():
        assert not reasons(import_repository(source))
        assert export_repository(copy).is_complete
        before = published_state()
    assert [blob_ids(copy, name) for name in commit_ids(copy)] == [
        {path: blob for path, blob in blob_ids(source, name).items() if not path.endswith(".toml")}
        for name in commit_ids(source)
    ]
    assert reasons(import_repository(copy)) == {}
    assert published_state() == before


def test_config_is_exported_only_while_it_can_describe_all_files(tmp_path):
    commits = HISTORIES["files named by their languages"]
    import_repository(make_repository(tmp_path / "site.git", *commits))
    export_repository(copy := tmp_path / "out.git")
    names = [git(copy, "ls-tree", "--name-only", name).split() for name in commit_ids(copy)]
    assert [b"hugo.toml" in commit for commit in names] == [False, False, True, True]


def test_imported_commits_are_exported_byte_for_byte(tmp_path):
    with RepositoryBuilder(tmp_path / "site.git") as builder:
        people = {"author": ("Ann", "ann@example.org"), "committer": ("Bob Ärger", "b@example.org")}
        builder.commit({EN: policy("One")}, message=b"Caf\xe9\n\n\n", date="1690000001 -0730", **people)
        builder.commit({EN: policy("Two")}, message="", date="1 +0000", committer_date="1500000000 +1400")
    import_repository(tmp_path / "site.git")
    export_repository(tmp_path / "out.git")

    def commit_lines(path):
        headers = (git(path, "cat-file", "commit", name).split(b"\n") for name in commit_ids(path))
        return [[line for line in lines if not line.startswith((b"tree", b"parent"))] for lines in headers]

    assert commit_lines(tmp_path / "out.git") == commit_lines(tmp_path / "site.git")


def test_repeated_exports_and_a_single_one_have_the_same_commits(tmp_path):
    source = make_repository(tmp_path / "site.git", {EN: policy("One")}, {EN: policy("Two")})
    import_repository(source)
    export_repository(tmp_path / "grown.git")
    with RepositoryBuilder(source) as builder:
        builder.commit({EN: policy("Three")}, date="1700000000 +0000")
    import_repository(source)
    publish_bodies(Page.objects.get(), {"en": "Here."}, NOW)
    later = NOW + timedelta(days=1)
    assert export_repository(tmp_path / "grown.git", later).commits == 2
    assert export_repository(tmp_path / "grown.git", later).commits == 0
    assert export_repository(tmp_path / "whole.git", later).commits == 4
    assert commit_ids(tmp_path / "grown.git") == commit_ids(tmp_path / "whole.git")


def test_skipped_text_is_exported_as_it_was_before(tmp_path):
    broken = "---\ntitle: A: b\n---\n"
    import_repository(
        make_repository(tmp_path / "site.git", {EN: policy("One"), RU: broken}, {EN: broken}, {EN: policy("Two")})
    )
    export_repository(tmp_path / "out.git")
    # The second commit changed nothing that was imported.
    assert [change for change in file_changes(tmp_path / "out.git") if change] == [[f"A {EN}"], [f"M {EN}"]]


def test_drafts_are_not_exported(tmp_path):
    draft = {"draft": "true"}
    import_repository(
        make_repository(
            tmp_path / "site.git", {EN: policy("One"), RU: policy("Один", **draft)}, {EN: policy("Two", **draft)}
        )
    )
    save_bodies(make_page("other"), NOW, en="Draft")
    report = export_repository(tmp_path / "out.git")
    assert file_changes(tmp_path / "out.git") == [[f"A {EN}"], [f"D {EN}"]]
    assert (report.drafts, report.withdrawn) == (3, 1)


def test_every_change_on_this_site_is_one_commit(tmp_path):
    page, days = make_page("policy"), [NOW + timedelta(days=day) for day in range(6)]
    publish_bodies(page, {"en": "One.", "ru": "Один."}, days[0], note="")
    publish_bodies(page, {"en": "Two."}, days[1], note="Why it changed")
    withdraw(page, reasons={"en": "For a while"}, by=EDITOR, now=days[2])
    bring_back(page, by=EDITOR, now=days[3])
    move(page, slug="rules", parent=None, by=EDITOR, now=days[4])
    out = tmp_path / "out.git"
    export_repository(out, days[5])
    new_en, new_ru = "content/en/rules/_index.md", "content/ru/rules/_index.md"
    assert file_changes(out) == [
        [f"A {EN}", f"A {RU}"],
        [f"M {EN}"],
        [f"D {EN}", f"D {RU}"],
        [f"A {EN}", f"A {RU}"],
        [f"A {new_en}", f"A {new_ru}", f"D {EN}", f"D {RU}"],
    ]
    # The first record starts the site.
    records = PublicationRecord.objects.filter(number__gt=1).order_by("number").values_list("number", "hash")
    expected = [
        "Version 1 of /policy/",
        "Why it changed",
        "Withdraw /policy/\n\nFor a while",
        "Bring back /policy/",
        "Move a page to /rules/",
    ]
    assert commit_messages(out) == [
        f"{message}\n\nPublication-Record: {number}\nPublication-Log-Head: {record_hash}\n"
        for message, (number, record_hash) in zip(expected, records, strict=True)
    ]
    people = git(out, "log", "--reverse", "--format=%an <%ae> %ad|%cn <%ce> %cd", "--date=raw").decode().splitlines()
    seconds = [int(day.timestamp()) for day in days[:5]]
    assert people == [f"Ann <> {second} +0000|Ann <> {second} +0000" for second in seconds]
    assert files(out)[new_en].endswith("\nTwo.\n")


def test_changes_on_this_site_are_imported_elsewhere_with_the_same_versions(tmp_path):
    with rolled_back():
        source = make_repository(tmp_path / "site.git", {EN: policy("One"), RU: policy("Один")})
        import_repository(source, NOW - timedelta(days=4))
        page = Page.objects.get()
        publish_bodies(page, {"en": "Two."}, NOW - timedelta(days=3), note="Why it changed")
        publish_bodies(make_page("other"), {"en": "Other.", "ru": "Другое."}, NOW - timedelta(days=2), note="")
        move(page, slug="rules", parent=None, by=EDITOR, now=NOW - timedelta(days=1))
        export_repository(tmp_path / "out.git")
        before = published_state()
    import_repository(tmp_path / "out.git")
    after = published_state()
    assert after["redirects"] == before["redirects"] == {"policy": "rules"}
    assert after["pages"]["rules"] == before["pages"]["rules"]
    assert [set(versions) for versions in after["pages"].values()] == [
        set(versions) for versions in before["pages"].values()
    ]


def test_version_that_a_clock_stamped_ahead_is_exported_when_it_comes_into_force(tmp_path):
    page, other = make_page("policy"), make_page("other")
    days = [NOW + timedelta(days=day) for day in range(8)]
    publish_bodies(page, {"en": "One."}, days[0])
    publish_bodies(page, {"en": "Announced."}, days[1], effective_at=days[3], note="Announced")
    # The clock is ahead for two records, and is put right.
    publish_bodies(page, {"en": "Ahead."}, days[5], note="Ahead")
    publish_bodies(other, {"en": "Ahead too."}, days[5] + timedelta(hours=1), note="Ahead too")
    accept_clock(by=EDITOR, now=days[2])
    publish_bodies(make_page("third"), {"en": "After."}, days[2], note="After")
    early = export_repository(tmp_path / "out.git", days[2])
    assert (early.commits, early.upcoming) == (2, 3)
    assert export_repository(tmp_path / "out.git", days[4]).commits == 1
    publish_bodies(other, {"en": "Last."}, days[6], note="Last")
    assert export_repository(tmp_path / "out.git", days[7]).commits == 3
    subjects = [message.partition("\n")[0] for message in commit_messages(tmp_path / "out.git")]
    assert subjects == ["What changed.", "After", "Announced", "Ahead", "Ahead too", "Last"]
    export_repository(tmp_path / "whole.git", days[7])
    assert commit_ids(tmp_path / "whole.git") == commit_ids(tmp_path / "out.git")


def test_announced_version_is_exported_at_its_effective_time(tmp_path):
    page, other = make_page("policy"), make_page("other")
    days = [NOW + timedelta(days=day) for day in range(8)]
    publish_bodies(page, {"en": "One."}, days[0])
    publish_bodies(page, {"en": "Announced."}, days[1], effective_at=days[4], note="Announced")
    publish_bodies(other, {"en": "In between."}, days[2], note="In between")
    early = export_repository(tmp_path / "out.git", days[3])
    assert (early.commits, early.upcoming) == (2, 1)
    publish_bodies(other, {"en": "Afterwards."}, days[6], note="Afterwards")
    assert export_repository(tmp_path / "out.git", days[7]).commits == 2
    subjects = [message.partition("\n")[0] for message in commit_messages(tmp_path / "out.git")]
    assert subjects == ["What changed.", "In between", "Announced", "Afterwards"]
    export_repository(tmp_path / "whole.git", days[7])
    assert commit_ids(tmp_path / "whole.git") == commit_ids(tmp_path / "out.git")


def test_cancelled_version_is_never_exported(tmp_path):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, NOW)
    version = publish_bodies(page, {"en": "Two."}, NOW, effective_at=NOW + timedelta(days=4))
    cancel(version, by=EDITOR, now=NOW + timedelta(days=1))
    report = export_repository(tmp_path / "out.git", NOW + timedelta(days=9))
    assert (report.commits, report.never_in_force, report.upcoming) == (1, 1, 0)


def test_picture_that_no_text_shows_any_more_is_deleted(tmp_path):
    with_picture = policy("![a](/a.svg)")
    commits = {EN: with_picture, RU: with_picture, "static/a.svg": SVG}, {EN: policy("None")}, {RU: policy("None")}
    import_repository(make_repository(tmp_path / "site.git", *commits))
    export_repository(tmp_path / "out.git")
    assert file_changes(tmp_path / "out.git")[1:] == [[f"M {EN}"], ["D static/a.svg", f"M {RU}"]]


def test_new_texts_get_file_names_like_existing_ones(tmp_path):
    import_repository(
        make_repository(tmp_path / "site.git", {"content/a.md": policy("One"), "content/b.de.md": policy("Zwei")})
    )
    publish_bodies(Page.objects.get(path="a"), {"ru": "Один."}, NOW)
    publish_bodies(make_page("c"), {"en": "Three."}, NOW)
    export_repository(tmp_path / "out.git")
    assert sorted(files(tmp_path / "out.git")) == ["content/a.md", "content/a.ru.md", "content/b.de.md", "content/c.md"]


@pytest.mark.parametrize("change", ["another commit", "another message", "no commit of it"])
def test_repository_with_another_history_is_not_changed(tmp_path, change):
    out = tmp_path / "out.git"
    import_repository(make_repository(tmp_path / "site.git", {EN: policy("One")}, {EN: policy("Two")}))
    if change != "no commit of it":
        export_repository(out)
    with RepositoryBuilder(out) as builder:
        parents = [commit_ids(out)[0]] if change == "another message" else None
        builder.commit({EN: policy("Theirs")}, message="Theirs", parents=parents)
    before = commit_ids(out)
    with pytest.raises(DifferentHistory, match="this site would not have written commit"):
        export_repository(out)
    assert commit_ids(out) == before


def test_page_that_gets_a_child_here_becomes_a_section_with_that_commit(tmp_path):
    leaf = {"content/en/x/index.md": markdown("X", "One"), "content/ru/x/index.md": markdown("X", "Один")}
    with rolled_back():
        import_repository(make_repository(tmp_path / "site.git", leaf))
        publish_bodies(make_page("y", parent=Page.objects.get(path="x")), {"en": "Child."}, NOW)
        export_repository(tmp_path / "out.git")
        before = published_state()
    commits = [sorted(files(tmp_path / "out.git", commit)) for commit in commit_ids(tmp_path / "out.git")]
    sections = ["content/en/x/_index.md", "content/ru/x/_index.md"]
    assert commits[0] == sorted(leaf)
    assert [path for path in commits[-1] if not path.startswith("content/en/x/y")] == sections
    import_repository(tmp_path / "out.git")
    assert published_state()["pages"].keys() == before["pages"].keys()


def test_repository_with_other_files_is_not_changed(tmp_path):
    out = tmp_path / "out.git"
    import_repository(make_repository(tmp_path / "site.git", {EN: policy("One")}))
    make_repository(out, {EN: policy("One")})
    with pytest.raises(DifferentHistory, match="has other files"):
        export_repository(out)
