"""Tests of histories in which the source withholds texts: by drafts, sections and configs, and by dates."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from pages.history import verification
from pages.hugo.git.repository import Repository
from pages.hugo.importing import history_import
from pages.hugo.importing.history_import import HistoryImport
from pages.models import Page, PublicationRecord
from pages.publishing.actors import system_actor
from tests.exports import rolled_back
from tests.histories import FIRST_TIMESTAMP, INTERVAL, build_repository
from tests.pages.hugo.importing.test_history_import import imported_content
from tests.trees import markdown

pytestmark = pytest.mark.django_db

START = datetime.fromtimestamp(FIRST_TIMESTAMP, UTC)
NOW = START + timedelta(days=30)
EN, RU, DE = (f"content/{language}/a.md" for language in ("en", "ru", "de"))
SECTION_EN = "content/en/s/_index.md"
IN_SECTION = "content/en/s/p.md"


def at(position):
    """Return the time of a commit, or between two, as front matter has it."""
    return (START + timedelta(seconds=INTERVAL * position)).isoformat()


def text(body="One", **front_matter):
    return markdown("A", body, **front_matter)


def run(path, now=NOW, ref=None, **options):
    with Repository(path) as repository:
        importer = HistoryImport(repository, by=system_actor("import_hugo"), now=now, **options)
        return importer.run()


def position(time):
    return (time - START).total_seconds() / INTERVAL


def events(address="a"):
    """Return what the log says about a page: kind, time as a number of commits, effective time, and languages."""
    records = PublicationRecord.objects.filter(page__path=address).order_by("number").select_related("version")
    found = []
    for record in records:
        if record.version:
            languages = "".join(sorted(text.language for text in record.version.texts.all()))
            found.append((position(record.at), position(record.version.effective_at), languages))
        else:
            found.append((record.kind, position(record.at)))
    return found


WITHDRAW, BACK = "withdraw", "bring back"
# The commits, and what the log says about the page.
DATES = [
    ("published later", [{EN: text(publishDate=at(0.5))}, {RU: text()}], [(0, 0.5, "en"), (1, 1, "enru")]),
    ("date in the future", [{EN: text(date=at(0.5))}], [(0, 0.5, "en")]),
    ("published after a later commit", [{EN: text(publishDate=at(1.5))}, {RU: text()}], [(1, 1, "ru"), (1, 1.5,
     "enru")]),
    ("publish date in the past", [{EN: text(publishDate=at(-5))}], [(0, 0, "en")]),
    ("publish date after the import", [{EN: text(publishDate="2999-01-01")}], []),
    ("publish date is moved back", [{EN: text(publishDate=at(9))}, {EN: text(publishDate=at(0.5))}], [(1, 1, "en")]),
    ("publish date is moved forward", [{EN: text(publishDate=at(1.5))}, {EN: text(publishDate=at(2.5))}], [(1, 2.5,
     "en")]),
    ("draft before its publish date", [{EN: text(publishDate=at(1.5))}, {EN: text(draft="true")}], []),
    ("deleted before its publish date", [{EN: text(publishDate=at(1.5)), RU: text()}, {EN: None}], [(0, 0, "ru")]),
    ("changed before its publish date", [{EN: text(publishDate=at(2.5))}, {EN: text("Two", publishDate=at(2.5))}],
     [(1, 2.5, "en")]),
    ("published text gets a publish date", [{EN: text()}, {EN: text(publishDate=at(2.5))}],
     [(0, 0, "en"), (WITHDRAW, 1), (1, 2.5, "en"), (BACK, 2.5)]),
    ("expires", [{EN: text(expiryDate=at(0.5))}], [(0, 0, "en"), (WITHDRAW, 0.5)]),
    ("expires before its commit", [{EN: text(expiryDate=at(-0.5))}], []),
    ("expires after the import", [{EN: text(expiryDate="2999-01-01")}], [(0, 0, "en")]),
    ("expires in one language", [{EN: text(expiryDate=at(0.5)), RU: text()}, {RU: text("Two")}],
     [(0, 0, "enru"), (0.5, 0.5, "ru"), (1, 1, "ru")]),
    ("expiry is moved", [{EN: text(expiryDate=at(1.5))}, {EN: text(expiryDate=at(2.5))}, {RU: text()}],
     [(0, 0, "en"), (1, 1, "en"), (2, 2, "enru"), (2.5, 2.5, "ru")]),
    ("expiry is removed", [{EN: text(expiryDate=at(1.5))}, {EN: text()}, {RU: text()}],
     [(0, 0, "en"), (1, 1, "en"), (2, 2, "enru")]),
    ("expired text comes back", [{EN: text(expiryDate=at(0.5))}, {EN: text("Two")}],
     [(0, 0, "en"), (WITHDRAW, 0.5), (1, 1, "en"), (BACK, 1)]),
    ("published and expired", [{EN: text(publishDate=at(0.25), expiryDate=at(0.75))}, {RU: text()}],
     [(0, 0.25, "en"), (WITHDRAW, 0.75), (1, 1, "ru"), (BACK, 1)]),
    ("two languages are due together", [{EN: text(publishDate=at(0.5)), RU: text(publishDate=at(0.5))}], [(0, 0.5,
     "enru")]),
    ("deleted before it expires", [{EN: text(expiryDate=at(1.5))}, {EN: None}], [(0, 0, "en"), (WITHDRAW, 1)]),
    ("renamed before it is due", [{EN: text(publishDate=at(2.5))}, {EN: None,
     "content/en/b.md": text(publishDate=at(2.5))}],
     []),
]  # fmt: skip


@pytest.mark.parametrize(("commits", "expected"), [case[1:] for case in DATES], ids=[case[0] for case in DATES])
def test_dates_take_effect_when_they_come(tmp_path, commits, expected):
    build_repository(tmp_path / "site.git", commits)
    run(tmp_path / "site.git")
    assert events() == expected
    assert list(verification.find_problems()) == []


@pytest.mark.parametrize("commits", [case[1] for case in DATES], ids=[case[0] for case in DATES])
def test_interrupted_import_ends_like_an_uninterrupted_one(tmp_path, commits, monkeypatch):
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    monkeypatch.setattr(history_import, "BATCH_COMMITS", 1)
    path = tmp_path / "site.git"
    build_repository(path, commits)
    with rolled_back():
        run(path)
        complete = imported_content(), events()
    for batches in range(1, len(commits) + 2):
        with rolled_back():
            interrupt_after(batches, path, monkeypatch)
            run(path)
            assert (imported_content(), events()) == complete, batches


def interrupt_after(batches, path, monkeypatch):
    class Interrupted(Exception):
        pass

    counts = []

    def progress(_done, _total):
        counts.append(1)
        if len(counts) == batches:
            raise Interrupted

    with suppress(Interrupted):
        run(path, progress=progress)


def test_text_is_published_by_a_run_after_its_date(tmp_path):
    build_repository(tmp_path / "site.git", [{EN: text(publishDate=at(5), expiryDate=at(9))}])
    run(tmp_path / "site.git", now=START + timedelta(seconds=INTERVAL))
    assert events() == []
    run(tmp_path / "site.git", now=START + timedelta(seconds=INTERVAL * 6))
    assert events() == [(0, 5, "en")]
    run(tmp_path / "site.git", now=START + timedelta(seconds=INTERVAL * 7))
    assert events() == [(0, 5, "en")]
    run(tmp_path / "site.git", now=START + timedelta(seconds=INTERVAL * 10))
    assert events() == [(0, 5, "en"), (WITHDRAW, 9)]
    run(tmp_path / "site.git", now=START + timedelta(seconds=INTERVAL * 11))
    assert events() == [(0, 5, "en"), (WITHDRAW, 9)]


DRAFT = "---\ncascade:\n  draft: true\n---\n"
PAGES_ARE_DRAFTS = "---\ntitle: S\ncascade:\n- _target: {kind: page}\n  draft: true\n---\nS\n"
CONFIG = "[languages.en]\ncontentDir = 'content/en'\n"
SECTIONS = [
    ("section becomes a draft", [{IN_SECTION: text(), SECTION_EN: text()}, {SECTION_EN: text(draft="true")}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("section is no draft any more", [{IN_SECTION: text(), SECTION_EN: text(draft="true")}, {SECTION_EN: text()}],
     [(1, 1, "en")]),
    ("cascade is added and removed",
     [{IN_SECTION: text()}, {SECTION_EN: DRAFT}, {SECTION_EN: text()}],
     [(0, 0, "en"), (WITHDRAW, 1), (BACK, 2)]),
    ("cascade for pages is added and the index deleted",
     [{IN_SECTION: text()}, {SECTION_EN: PAGES_ARE_DRAFTS}, {SECTION_EN: None}],
     [(0, 0, "en"), (WITHDRAW, 1), (BACK, 2)]),
    ("body of the index changes", [{IN_SECTION: text(), SECTION_EN: text()}, {SECTION_EN: text("Two")}], [(0, 0,
     "en")]),
    ("index is HTML", [{IN_SECTION: text()}, {"content/en/s/_index.html": DRAFT}], [(0, 0, "en"), (WITHDRAW, 1)]),
    ("index is JSON", [{IN_SECTION: text()}, {SECTION_EN: '{"cascade": {"draft": true}}'}], [(0, 0, "en"), (WITHDRAW,
     1)]),
    ("index cannot be read any more", [{IN_SECTION: text(), SECTION_EN: text()}, {SECTION_EN: "---\na: [\n---\n"}],
     [(0, 0, "en")]),
    ("front matter becomes JSON that withholds", [{IN_SECTION: text()}, {IN_SECTION: '{"draft": true}\nOne\n'}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("front matter that only Hugo finds withholds", [{IN_SECTION: text()}, {IN_SECTION: "\n" + text(draft="true")}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("front matter becomes JSON", [{IN_SECTION: text()}, {IN_SECTION: '{"title": "A"}\nOne\n'}], [(0, 0, "en")]),
    ("index could never be read", [{IN_SECTION: text(), SECTION_EN: "---\na: [\n---\n"}, {SECTION_EN: text()}],
     [(1, 1, "en")]),
    ("folder becomes a bundle", [{IN_SECTION: text()}, {"content/en/s/index.md": text()}], [(0, 0, "en"), (WITHDRAW,
     1)]),
    ("folder becomes a bundle in another language",
     [{IN_SECTION: text(), "hugo.toml": f"{CONFIG}[languages.ru]\ncontentDir = 'content/ru'\n"},
      {"content/ru/s/index.md": text()}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("folder is no bundle any more", [{IN_SECTION: text(), "content/en/s/index.md": text()},
     {"content/en/s/index.md": None}],
     [(1, 1, "en")]),
    ("page is moved into a withheld section",
     [{"content/en/t/p.md": text(), SECTION_EN: DRAFT}, {"content/en/t/p.md": None, IN_SECTION: text()}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("config makes drafts of all pages",
     [{IN_SECTION: text(), "hugo.toml": CONFIG},
      {"hugo.toml": f"{CONFIG}[cascade]\ndraft = true\n"}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("config in a folder makes drafts of all pages",
     [{IN_SECTION: text(), "hugo.toml": CONFIG},
      {"config/_default/cascade.toml": "draft = true\n"}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("config cannot be read at first",
     [{IN_SECTION: text(), "hugo.toml": CONFIG, "config/_default/params.toml": "a ="}, {IN_SECTION: text("Two")},
      {"config/_default/params.toml": "a = 1"}, {"config/_default/params.toml": "a ="}, {IN_SECTION: text("Three")}],
     [(2, 2, "en"), (4, 4, "en")]),
    ("Jekyll's config cannot be read at first",
     [{IN_SECTION: text(), "_config.yml": "a: ["}, {"content/en/x.md": text(), "_config.yml": "a: [["},
      {"_config.yml": "a: 1"}, {"_config.yml": "a: ["}],
     [(2, 2, "en")]),
    ("MkDocs excludes a folder, and cannot be read for a while",
     [{IN_SECTION: text()}, {"mkdocs.yml": "docs_dir: content/en\nexclude_docs: s/\n"},
      {"mkdocs.yml": "a: ["}, {"mkdocs.yml": "docs_dir: content/en\n"}],
     [(0, 0, "en"), (WITHDRAW, 1), (BACK, 3)]),
    ("config publishes drafts",
     [{IN_SECTION: text(draft="true"), "hugo.toml": CONFIG},
      {"hugo.toml": f"buildDrafts = true\n{CONFIG}"}],
     [(1, 1, "en")]),
    ("config ignores a folder",
     [{IN_SECTION: text(), "hugo.toml": CONFIG},
      {"hugo.toml": f"ignoreFiles = ['/s/']\n{CONFIG}"}],
     [(0, 0, "en"), (WITHDRAW, 1)]),
    ("section has a date", [{IN_SECTION: text(), SECTION_EN: text(publishDate=at(0.5))}], [(0, 0.5, "en")]),
    ("cascade has an expiry date",
     [{IN_SECTION: text(), SECTION_EN: f"---\ncascade: {{expiryDate: '{at(0.5)}'}}\n---\n"}, {RU: text()}],
     [(0, 0, "en"), (WITHDRAW, 0.5)]),
]  # fmt: skip


@pytest.mark.parametrize(("commits", "expected"), [case[1:] for case in SECTIONS], ids=[case[0] for case in SECTIONS])
def test_files_besides_the_text_withhold_it_from_their_commit_on(tmp_path, commits, expected):
    build_repository(tmp_path / "site.git", commits)
    run(tmp_path / "site.git")
    address = "s/p" if Page.objects.filter(path="s/p").exists() else "t/p"
    assert events(address) == expected
    assert list(verification.find_problems()) == []


def test_home_page_is_named_by_its_address(tmp_path):
    commits = [{"content/en/_index.md": text(), EN: text()}, {"content/en/_index.md": None}]
    build_repository(tmp_path / "site.git", commits)
    log = run(tmp_path / "site.git")
    assert [line.subject for line in log.lines if line.kind == "withdrawn"] == ["/"]
