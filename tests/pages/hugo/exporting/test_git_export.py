"""Histories that came in go out again, and what was done here is added to them."""

from datetime import timedelta

import pytest

from pages.hugo.exporting.git_export import DifferentHistory
from pages.models import Page, PublicationRecord
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, withdraw
from pages.publishing.page_tree import move
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
from tests.repositories import Builder, git
from tests.trees import SVG, markdown

pytestmark = pytest.mark.django_db

EN, RU = "content/en/policy/_index.md", "content/ru/policy/_index.md"


def one(body, **front_matter):
    return markdown("Policy", body, **front_matter)


# Each step is the files of a commit, with what was renamed before them where it is a pair.
HISTORIES = {
    "edits": [{EN: one("One"), RU: one("Один")}, {EN: one("Two")}, {EN: one("Three"), RU: one("Три")}],
    "bytes that are not plain": [
        {EN: b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n\r\nOne \xff \x00\r\n"},
        {EN: b"# Two"},
        {EN: "\u202eThree\u2028"},
    ],
    "rename of a section": [
        {EN: one("One"), RU: one("Один"), "content/en/policy/sub.md": one("Below")},
        ({"content/en/policy": "content/en/rules", "content/ru/policy": "content/ru/rules"}, {}),
    ],
    "rename with an edit": [
        {EN: one("A rather long text, which is to be found again elsewhere.")},
        {EN: None, "content/en/rules.md": one("A rather long text, which is found again elsewhere.")},
    ],
    "pages that change places": [
        {"content/en/a.md": one("The first of the two."), "content/en/b.md": one("Another one, the second.")},
        {"content/en/b.md": one("The first of the two."), "content/en/a.md": one("Another one, the second.")},
    ],
    "deleted and back": [{EN: one("One"), RU: one("Один")}, {RU: None}, {EN: None}, {EN: one("Again")}],
    "renamed language": [
        {"content/en/a.md": one("One"), "content/pt/a.md": one("Um")},
        ({"content/pt": "content/pt-br"}, {}),
    ],
    "pictures": [
        {EN: one("![a](/a.svg) ![b](b.svg)"), "static/a.svg": SVG, "content/en/policy/b.svg": SVG},
        {"static/a.svg": SVG + b"\n"},
        ({"content/en/policy": "content/en/rules"}, {}),
        {"content/en/rules/_index.md": one("None"), "static/a.svg": None, "content/en/rules/b.svg": None},
    ],
    "suffixes": [
        {"content/a.md": one("One"), "content/a.ru.md": one("Один"), "content/sub/index.md": one("Sub")},
        {"content/a.ru.md": one("Два")},
    ],
    "folders by language": [
        {
            "hugo.toml": '[languages.en]\ncontentDir = "english"\n[languages.ru]\ncontentDir = "texts/russian"\n',
            "english/a.md": one("One"),
            "texts/russian/a.md": one("Один"),
        },
        {"english/a.md": one("Two")},
    ],
    "another structure": [
        {"content/en/a.md": one("One"), "content/ru/a.md": one("Один")},
        (
            {"content/en": "docs/en", "content/ru": "docs/ru"},
            {"hugo.toml": 'contentDir = "docs"\ndefaultContentLanguage = "en"\n'},
        ),
    ],
    "another static folder": [
        {"hugo.toml": "", "content/en/a.md": one("![a](/a.svg)"), "static/a.svg": SVG},
        ({"static": "pictures"}, {"hugo.toml": 'staticDir = "pictures"\n'}),
    ],
    "no config": [{"en/a.md": one("One"), "ru/a.md": one("Один")}, {"de/a.md": one("Eins")}],
    "files named by their languages": [
        {"Policy/en-US.md": one("One"), "Policy/ru.md": one("Один"), "b/en-US.md": one("B")},
        {"Policy/ru.md": one("Два"), "Policy/de.md": one("Eins")},
        (
            {
                "Policy/en-US.md": "en/policy.md",
                "Policy/ru.md": "ru/policy.md",
                "Policy/de.md": "de/policy.md",
                "b/en-US.md": "en/b.md",
            },
            {},
        ),
        {"en/policy.md": one("Two")},
    ],
    "a language that is not served": [{"content/en/a.md": one("One"), "content/tlh/a.md": one("wa'")}],
    "home page": [{"content/en/_index.md": one("Home")}, {"content/en/_index.md": one("House")}],
    "spaces and quotes": [{'content/en/a "b" \\ c.md': one("One")}, {'content/en/a "b" \\ c.md': one("Two")}],
    "addresses of their own": [
        {EN: one("One", slug="rules", aliases="/old/"), RU: one("Один", url="/ru/pravila/")},
        {EN: one("Two", slug="rules-2")},
    ],
}


@pytest.mark.parametrize("steps", HISTORIES.values(), ids=HISTORIES)
def test_history_goes_out_with_the_same_blobs_and_comes_in_as_it_was(tmp_path, steps):
    source, copy = make_repository(tmp_path / "site.git", *steps), tmp_path / "out.git"
    with rolled_back():
        assert not import_repository(source).skipped
        assert export_repository(copy).is_complete
        before = published_state()
    assert [blob_ids(copy, name) for name in commit_ids(copy)] == [
        {path: blob for path, blob in blob_ids(source, name).items() if not path.endswith(".toml")}
        for name in commit_ids(source)
    ]
    assert import_repository(copy).skipped == []
    assert published_state() == before


def test_config_is_there_while_it_tells_how_to_read_all_files(tmp_path):
    steps = HISTORIES["files named by their languages"]
    import_repository(make_repository(tmp_path / "site.git", *steps))
    export_repository(copy := tmp_path / "out.git")
    names = [git(copy, "ls-tree", "--name-only", name).split() for name in commit_ids(copy)]
    assert [b"hugo.toml" in some for some in names] == [False, False, True, True]


def test_commits_say_what_they_said_byte_for_byte(tmp_path):
    with Builder(tmp_path / "site.git") as site:
        people = {"author": ("Ann", "ann@example.org"), "committer": ("Bob Ärger", "b@example.org")}
        site.commit({EN: one("One")}, message=b"Caf\xe9\n\n\n", date="1690000001 -0730", **people)
        site.commit({EN: one("Two")}, message="", date="1 +0000", committer_date="1500000000 +1400")
    import_repository(tmp_path / "site.git")
    export_repository(tmp_path / "out.git")

    def said(path):
        headers = (git(path, "cat-file", "commit", name).split(b"\n") for name in commit_ids(path))
        return [[line for line in lines if not line.startswith((b"tree", b"parent"))] for lines in headers]

    assert said(tmp_path / "out.git") == said(tmp_path / "site.git")


def test_export_of_the_same_site_has_the_same_commits_however_often_it_was_begun(tmp_path):
    source = make_repository(tmp_path / "site.git", {EN: one("One")}, {EN: one("Two")})
    import_repository(source)
    export_repository(tmp_path / "grown.git")
    with Builder(source) as site:
        site.commit({EN: one("Three")}, date="1700000000 +0000")
    import_repository(source)
    publish_bodies(Page.objects.get(), {"en": "Here."}, NOW)
    later = NOW + timedelta(days=1)
    assert export_repository(tmp_path / "grown.git", later).commits == 2
    assert export_repository(tmp_path / "grown.git", later).commits == 0
    assert export_repository(tmp_path / "whole.git", later).commits == 4
    assert commit_ids(tmp_path / "grown.git") == commit_ids(tmp_path / "whole.git")


def test_what_is_broken_goes_out_as_it_was_before(tmp_path):
    broken = "---\ntitle: A: b\n---\n"
    import_repository(
        make_repository(tmp_path / "site.git", {EN: one("One"), RU: broken}, {EN: broken}, {EN: one("Two")})
    )
    export_repository(tmp_path / "out.git")
    # The second commit changed nothing that was taken in.
    assert [change for change in file_changes(tmp_path / "out.git") if change] == [[f"A {EN}"], [f"M {EN}"]]


def test_drafts_do_not_go_out(tmp_path):
    draft = {"draft": "true"}
    import_repository(
        make_repository(tmp_path / "site.git", {EN: one("One"), RU: one("Один", **draft)}, {EN: one("Two", **draft)})
    )
    save_bodies(make_page("other"), NOW, en="Draft")
    report = export_repository(tmp_path / "out.git")
    assert file_changes(tmp_path / "out.git") == [[f"A {EN}"], [f"D {EN}"]]
    assert (report.drafts, report.withdrawn) == (3, 1)


def test_what_is_done_here_is_one_commit_each(tmp_path):
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
    links = PublicationRecord.objects.order_by("number").values_list("number", "hash")
    said = [
        "Version 1 of /policy/",
        "Why it changed",
        "Withdraw /policy/\n\nFor a while",
        "Bring back /policy/",
        "Move a page to /rules/",
    ]
    assert commit_messages(out) == [
        f"{words}\n\nPublication-Record: {number}\nPublication-Log-Head: {link}\n"
        for words, (number, link) in zip(said, links, strict=True)
    ]
    who = git(out, "log", "--reverse", "--format=%an <%ae> %ad|%cn <%ce> %cd", "--date=raw").decode().splitlines()
    moments = [int(day.timestamp()) for day in days[:5]]
    assert who == [f"Ann <> {moment} +0000|Ann <> {moment} +0000" for moment in moments]
    assert files(out)[new_en].endswith("\nTwo.\n")


def test_what_is_done_here_comes_in_elsewhere_with_the_same_versions(tmp_path):
    with rolled_back():
        import_repository(make_repository(tmp_path / "site.git", {EN: one("One"), RU: one("Один")}))
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


def test_announced_version_goes_out_where_its_moment_came(tmp_path):
    page, other = make_page("policy"), make_page("other")
    days = [NOW + timedelta(days=day) for day in range(8)]
    publish_bodies(page, {"en": "One."}, days[0])
    publish_bodies(page, {"en": "Announced."}, days[1], effective_at=days[4], note="Announced")
    publish_bodies(other, {"en": "Meanwhile."}, days[2], note="Meanwhile")
    early = export_repository(tmp_path / "out.git", days[3])
    assert (early.commits, early.upcoming) == (2, 1)
    publish_bodies(other, {"en": "Afterwards."}, days[6], note="Afterwards")
    assert export_repository(tmp_path / "out.git", days[7]).commits == 2
    subjects = [message.partition("\n")[0] for message in commit_messages(tmp_path / "out.git")]
    assert subjects == ["What changed.", "Meanwhile", "Announced", "Afterwards"]
    export_repository(tmp_path / "whole.git", days[7])
    assert commit_ids(tmp_path / "whole.git") == commit_ids(tmp_path / "out.git")


def test_cancelled_version_never_goes_out(tmp_path):
    page = make_page("policy")
    publish_bodies(page, {"en": "One."}, NOW)
    version = publish_bodies(page, {"en": "Two."}, NOW, effective_at=NOW + timedelta(days=4))
    cancel(version, by=EDITOR, now=NOW + timedelta(days=1))
    report = export_repository(tmp_path / "out.git", NOW + timedelta(days=9))
    assert (report.commits, report.never_in_force, report.upcoming) == (1, 1, 0)


def test_pictures_that_no_text_shows_any_more_are_gone(tmp_path):
    shows = one("![a](/a.svg)")
    steps = {EN: shows, RU: shows, "static/a.svg": SVG}, {EN: one("None")}, {RU: one("None")}
    import_repository(make_repository(tmp_path / "site.git", *steps))
    export_repository(tmp_path / "out.git")
    assert file_changes(tmp_path / "out.git")[1:] == [[f"M {EN}"], ["D static/a.svg", f"M {RU}"]]


def test_new_texts_get_files_like_those_that_there_are(tmp_path):
    import_repository(
        make_repository(tmp_path / "site.git", {"content/a.md": one("One"), "content/b.de.md": one("Zwei")})
    )
    publish_bodies(Page.objects.get(path="a"), {"ru": "Один."}, NOW)
    publish_bodies(make_page("c"), {"en": "Three."}, NOW)
    export_repository(tmp_path / "out.git")
    assert sorted(files(tmp_path / "out.git")) == ["content/a.md", "content/a.ru.md", "content/b.de.md", "content/c.md"]


@pytest.mark.parametrize("change", ["another commit", "another message", "no commit of it"])
def test_repository_with_another_history_is_left_as_it_is(tmp_path, change):
    out = tmp_path / "out.git"
    import_repository(make_repository(tmp_path / "site.git", {EN: one("One")}, {EN: one("Two")}))
    if change != "no commit of it":
        export_repository(out)
    with Builder(out) as somebody:
        parents = [commit_ids(out)[0]] if change == "another message" else None
        somebody.commit({EN: one("Theirs")}, message="Theirs", parents=parents)
    before = commit_ids(out)
    with pytest.raises(DifferentHistory, match="this site would not have written commit"):
        export_repository(out)
    assert commit_ids(out) == before


def test_repository_with_other_files_is_left_as_it_is(tmp_path):
    out = tmp_path / "out.git"
    import_repository(make_repository(tmp_path / "site.git", {EN: one("One")}))
    make_repository(out, {EN: one("One")})
    with pytest.raises(DifferentHistory, match="has other files"):
        export_repository(out)
