"""The last change of each section of the text in force."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.models import Blob
from pages.presentation import section_dates
from pages.presentation.section_dates import read_section_dates
from pages.presentation.site_state import read_site_state
from pages.publishing.announcements import cancel
from pages.publishing.writer import writing
from pages.text import rendering
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
START = datetime(2024, 3, 1, 12, tzinfo=UTC)


def publish_each(page, *bodies: str, language: str = "en") -> None:
    """Publish a version a day, with one body each."""
    first = page.versions.count()
    for day, body in enumerate(bodies, first):
        publish_bodies(page, {language: body}, START + timedelta(days=day))


def changes_of(path: str = "policy", language: str = "en") -> list[tuple[str, int, int | None]]:
    """Return the text of each heading, the version that last changed its section, and the one before."""
    shown = read_section_dates(path, language, read_site_state(timezone.now()))
    return [
        (re.sub("<[^>]*>", "", section.heading.html), section.change.number, section.change.previous)
        for section in shown.sections
    ]


@pytest.fixture
def page():
    return make_page("policy")


ONE = "Before.\n\n## One\n\na b\n\n### Inner\n\nc d\n\n## Two\n\ne f"


@pytest.mark.parametrize(
    ("second", "changed"),
    [
        (f"<!-- y -->\n\n{ONE}", [1, 1, 1, 1]),
        (ONE.replace("Before", "After"), [2, 1, 1, 1]),
        (ONE.replace("a b", "a x"), [1, 2, 1, 1]),
        (ONE.replace("c d", "c x"), [1, 2, 2, 1]),
        (ONE.replace("e f", "e\nf"), [1, 1, 1, 1]),
        (ONE.replace("Two", "Zwei"), [1, 1, 1, 2]),
        ("## Two\n\ne f\n\n## One\n\na b\n\n### Inner\n\nc d", [1, 1, 1]),
        (ONE.replace("### Inner\n\nc d\n\n", ""), [1, 2, 1]),
        (ONE.replace("e f", "e f[^1]\n\n[^1]: g"), [1, 1, 1, 2, 2]),
        ("# Privacy policy\n\n" + ONE, [1, 1, 1, 1]),
        (ONE.replace("Before.", "Before.\n\n# Privacy policy"), [1, 1, 1, 1]),
        (ONE.replace("Before.", "Before.\n\n# Privacy policy\n\nAfter."), [2, 1, 1, 1]),
        (ONE.replace("e f", "Term\n: e\n\n## Term\n\n: f"), [1, 1, 1, 2]),
    ],
)
def test_each_section_has_the_version_that_last_changed_it(page, second, changed):
    publish_each(page, ONE, second, f"{second}\n\n<!-- z -->")
    assert [number for _, number, _ in changes_of()] == changed


def test_newest_change_counts_and_is_compared_with_the_version_before(page):
    bodies = [f"## A\n\n{one}\n\n## B\n\n{two}" for one, two in ("ab", "xb", "ay")]
    publish_each(page, *bodies, f"{bodies[2]}\n\n<!-- x -->")
    assert changes_of() == [("A", 3, 2), ("B", 3, 2)]


def test_texts_of_a_language_count_also_in_versions_of_another(page):
    publish_each(page, "## A\n\na")
    publish_each(page, "## А\n\nа", "## А\n\nб", language="ru")
    publish_each(page, "## A\n\nb")
    assert changes_of(language="en") == [("A", 4, 3)]
    assert changes_of(language="ru") == [("А", 3, 2)]


def test_missing_text_is_replaced_by_the_source_text(page):
    publish_each(page, "## A\n\na", "## A\n\nb")
    assert changes_of(language="ru") == [("A", 2, 1)]


def test_versions_that_never_came_into_force_do_not_count(page):
    publish_each(page, "## A\n\na")
    publish_bodies(page, {"en": "## A\n\nb"}, START + timedelta(days=1), effective_at=START + timedelta(days=9))
    cancel(page.versions.get(number=2), by=EDITOR, now=START + timedelta(days=2))
    publish_bodies(page, {"en": "## A\n\nb"}, START + timedelta(days=3))
    later = timezone.now() + timedelta(days=9)
    publish_bodies(page, {"en": "## A\n\nc"}, START + timedelta(days=4), effective_at=later)
    assert changes_of() == [("A", 3, 1)]


def test_cancelled_version_does_not_count_after_its_date(page):
    publish_each(page, "## A\n\na")
    publish_bodies(page, {"en": "## A\n\nb"}, START + timedelta(days=1), effective_at=START + timedelta(days=3))
    cancel(page.versions.get(number=2), by=EDITOR, now=START + timedelta(days=2))
    publish_bodies(page, {"en": "## A\n\nb"}, START + timedelta(days=4))
    assert changes_of() == [("A", 3, 1)]


def test_version_that_was_superseded_in_the_same_moment_does_not_count(page):
    publish_each(page, "## A\n\na")
    for body in ("## A\n\nb", "## A\n\nb\n\n## B\n\nc"):
        publish_bodies(page, {"en": body}, START + timedelta(days=1))
    assert changes_of() == [("A", 3, 1), ("B", 3, 1)]


def test_redacted_text_is_left_out(page):
    publish_each(page, "## A\n\na\n\n## B\n\nb", "## A\n\na\n\n## B\n\nsecret", "## A\n\na\n\n## B\n\nx")
    digest = page.versions.get(number=2).texts.get().revision.digest
    with writing(EDITOR, timezone.now()) as writer:
        writer.record("redact", at=timezone.now(), details={"digests": [digest]}, reasons={"en": "A number."})
    Blob.objects.filter(pk=digest).update(content=None, salt=b"")
    assert changes_of() == [("A", 1, None), ("B", 3, 1)]


def test_history_that_is_not_read_to_its_beginning_says_so(page, client, monkeypatch):
    monkeypatch.setattr(section_dates, "MAX_WORK", 40)
    publish_each(page, *(f"## A\n\na\n\n## B\n\n{number}" for number in range(10)))
    (first, second) = read_section_dates("policy", "en", read_site_state(timezone.now())).sections
    assert first.change.is_limited
    assert 1 < first.change.number < 10
    assert (second.change.number, second.change.is_limited) == (10, False)
    html = client.get("/policy/sections/").content.decode().replace("\xa0", " ")
    assert re.search(r"unchanged since version \d of March \d, 2024, or longer", html)


@pytest.mark.parametrize(
    ("body", "is_limited"), [("## A\n\na\n\n## B\n\n{0}", False), ("## A\n\na\n\n## {0}\n\n{1}", True)]
)
def test_sections_that_no_newer_text_has_count_as_a_whole(page, monkeypatch, body, is_limited):
    monkeypatch.setattr(section_dates, "MAX_WORK", 500)
    publish_each(page, *(body.format(number, f"{number} " * 50) for number in range(10)))
    assert (
        read_section_dates("policy", "en", read_site_state(timezone.now())).sections[0].change.is_limited == is_limited
    )


def test_text_that_takes_too_much_work_as_a_whole_is_one_section(page, monkeypatch):
    body = "\n\n".join(f"## {number}\n\n" + "*a* " * 30 for number in range(20))
    publish_each(page, "## A\n\na", body)
    monkeypatch.setattr(rendering, "MAX_WORK_OF_STORED", 1500)
    assert changes_of() == [("", 2, 1)]


def test_dates_follow_a_publication(page):
    publish_each(page, "## A\n\na")
    assert changes_of() == [("A", 1, None)]
    publish_each(page, "## A\n\nb")
    assert changes_of() == [("A", 2, 1)]


@pytest.mark.parametrize(
    ("prefix", "sentences"),
    [
        (
            "",
            (
                "changed on March 2, 2024 (version 2)",
                "unchanged since version 1 of March 1, 2024",
                "Introduction",
            ),
        ),
        ("/ru", ("изменено 2 марта 2024 г. (версия 2)", "без изменений с версии 1 от 1 марта", "Вступление:")),
    ],
)
def test_view_links_each_date_to_its_comparison(page, client, prefix, sentences):
    publish_bodies(page, {"en": ONE, "ru": ONE}, START, confirmed=["ru"])
    changed = ONE.replace("a b", "a x")
    publish_bodies(page, {"en": changed, "ru": changed}, START + timedelta(days=1), confirmed=["ru"])
    html = client.get(f"{prefix}/policy/sections/").content.decode().replace("\xa0", " ")
    assert [sentence for sentence in sentences if sentence not in html] == []
    assert f'<a href="{prefix}/policy/compare/1...2/">' in html
    assert f'<link rel="canonical" href="http://testserver{prefix}/policy/">' in html
    assert f'href="{prefix}/policy/sections/"' in client.get(f"{prefix}/policy/").content.decode()
    assert f'href="{prefix}/policy/sections/"' in client.get(f"{prefix}/policy/history/").content.decode()
