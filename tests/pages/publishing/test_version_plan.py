"""The plan of a version: worked out from rows that need not be stored."""

from datetime import UTC, datetime

import pytest

from pages.models import Revision, VersionText
from pages.publishing.version_plan import (
    SAME_BASIS,
    THIS_VERSION,
    TextToPublish,
    VersionPlan,
    is_changed,
    plan_texts,
    resolve_significance,
)
from pages.text import source
from tests.building import make_fields

BEFORE, NOW = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)


def revision(language, body, title="Privacy policy"):
    made = source.compose(make_fields(body, title))
    return Revision(language=language, source=made, digest=source.digest(made), title=title)


def row(language, body, *, based_on=None, pictures=None):
    return VersionText(
        language=language,
        revision=revision(language, body),
        significance="major",
        change_note="An old note.",
        based_on=based_on,
        modified_at=BEFORE,
        pictures=pictures or {},
    )


def plan(*rows, notes=None, source_language="en"):
    return VersionPlan(5, NOW, source_language, {one.language: one for one in rows}, notes or {})


@pytest.mark.parametrize(
    ("old", "new", "asked", "expected"),
    [
        ("One", "Two", "major", "major"),
        ("One", "Two", "minor", "minor"),
        ("One", "Two", None, None),
        ("* a\n* b", "- a\n- b", "major", "minor"),
        ("Setext\n===", "# Setext", "major", "minor"),
        ("One  \nTwo", "One\\\nTwo", "major", "minor"),
        ("a\nb", "a\n\nb", "major", "major"),
    ],
)
def test_significance_is_what_was_asked_but_where_readers_see_the_same(old, new, asked, expected):
    assert resolve_significance(row("en", old), TextToPublish(revision("en", new), asked)) == expected


def test_significance_of_a_first_text_is_major():
    assert resolve_significance(None, TextToPublish(revision("en", "One"), "minor")) == "major"


def test_picture_that_is_shown_counts_and_one_that_is_not_does_not():
    shown, hidden = row("en", "![](a.png)", pictures={"a.png": "1"}), row("en", "One", pictures={"a.png": "1"})
    other = {"a.png": "2"}
    assert resolve_significance(shown, TextToPublish(shown.revision, "major", pictures=other)) == "major"
    assert resolve_significance(hidden, TextToPublish(hidden.revision, "major", pictures=other)) == "minor"
    assert is_changed(hidden, TextToPublish(hidden.revision, "major", pictures=other))


def test_same_bytes_in_another_revision_are_no_change():
    assert not is_changed(row("en", "One"), TextToPublish(revision("en", "One"), "major"))
    assert is_changed(row("en", "One"), TextToPublish(revision("en", "One", title="Another"), "major"))


def test_carried_row_keeps_everything_but_the_note_and_is_a_new_row():
    old = row("ru", "Один", based_on=3, pictures={"a.png": "1"})
    new = plan_texts(plan(row("en", "One"), old), {}, frozenset())["ru"]
    assert (new.pk, new.revision, new.based_on, new.modified_at) == (None, old.revision, 3, BEFORE)
    assert (new.significance, new.change_note, new.pictures) == ("unchanged", "", {"a.png": "1"})


def test_minor_change_keeps_the_date_and_a_major_one_has_the_effective_moment():
    for asked, expected in (("minor", BEFORE), ("major", NOW)):
        planned = plan_texts(plan(row("en", "One")), {"en": TextToPublish(revision("en", "Two"), asked)}, frozenset())
        assert planned["en"].modified_at == expected


@pytest.mark.parametrize(("said", "expected"), [(SAME_BASIS, 3), (THIS_VERSION, 5), (4, 4), (None, None)])
@pytest.mark.parametrize("body", ["Один", "Два"])
def test_basis_is_what_was_said_of_a_changed_and_of_an_unchanged_text(said, expected, body):
    choice = TextToPublish(revision("ru", body), "major", said)
    planned = plan_texts(plan(row("en", "One"), row("ru", "Один", based_on=3)), {"ru": choice}, frozenset())
    assert planned["ru"].based_on == expected


def test_source_text_has_no_basis_whatever_was_said():
    choice = TextToPublish(revision("en", "Two"), "major", THIS_VERSION)
    assert plan_texts(plan(row("en", "One")), {"en": choice}, frozenset())["en"].based_on is None


def test_translation_reflects_no_version_that_has_no_source_text():
    choice = TextToPublish(revision("ru", "Один"), "major", THIS_VERSION)
    assert plan_texts(plan(), {"ru": choice}, frozenset())["ru"].based_on is None


def test_removed_language_has_no_row_and_the_rows_are_in_order():
    planned = plan_texts(plan(row("ru", "Один"), row("en", "One"), row("ar", "واحد")), {}, frozenset({"ru"}))
    assert list(planned) == ["ar", "en"]
