"""The plan of a version, computed from unsaved rows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pages.models import Blob, Revision, VersionText
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
from pages.text.fields import FIELDS
from tests.building import make_fields

NOW = datetime(2024, 2, 1, tzinfo=UTC)


def revision(language, body, title="Privacy policy", **fields):
    content = source.compose(replace(make_fields(body, title), **fields))
    return Revision(language=language, blob=Blob.of(content), title=title, **fields)


def row(language, body, *, based_on=None, pictures=None):
    return VersionText(
        language=language,
        revision=revision(language, body),
        significance="major",
        note=Blob.of_text("An old note."),
        based_on=based_on,
        pictures=pictures or {},
    )


def plan(*rows, notes=None, source_language="en"):
    return VersionPlan(5, NOW, source_language, {row.language: row for row in rows}, 4, notes or {})


@pytest.mark.parametrize(
    ("old", "new", "chosen", "expected"),
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
def test_significance_is_the_chosen_one_unless_readers_see_no_difference(old, new, chosen, expected):
    assert resolve_significance(row("en", old), TextToPublish(revision("en", new), chosen)) == expected


@pytest.mark.parametrize("field", [field.name for field in FIELDS if field.is_seen_by_readers])
@pytest.mark.parametrize("chosen", ["major", "minor", None])
def test_significance_is_the_chosen_one_if_any_field_that_readers_see_differs(field, chosen):
    changed = revision("en", **{"body": "One", field: "Two"})
    assert resolve_significance(row("en", "One"), TextToPublish(changed, chosen)) == chosen


def test_significance_of_a_first_text_is_major():
    assert resolve_significance(None, TextToPublish(revision("en", "One"), "minor")) == "major"


def test_only_a_picture_that_the_text_shows_makes_a_visible_change():
    shown, hidden = row("en", "![](a.png)", pictures={"a.png": "1"}), row("en", "One", pictures={"a.png": "1"})
    other = {"a.png": "2"}
    assert resolve_significance(shown, TextToPublish(shown.revision, "major", pictures=other)) == "major"
    assert resolve_significance(hidden, TextToPublish(hidden.revision, "major", pictures=other)) == "minor"
    assert is_changed(hidden, TextToPublish(hidden.revision, "major", pictures=other))


def test_same_bytes_in_another_revision_are_not_a_change():
    assert not is_changed(row("en", "One"), TextToPublish(revision("en", "One"), "major"))
    assert is_changed(row("en", "One"), TextToPublish(revision("en", "One", title="Another"), "major"))


def test_carried_over_row_is_new_and_keeps_everything_but_the_note():
    old = row("ru", "Один", based_on=3, pictures={"a.png": "1"})
    new = plan_texts(plan(row("en", "One"), old), {}, frozenset())["ru"]
    assert (new.pk, new.revision, new.based_on) == (None, old.revision, 3)
    assert (new.significance, new.change_note, new.pictures) == ("unchanged", "", {"a.png": "1"})
    assert new.__dict__.keys() == old.__dict__.keys()
    assert new._state.adding


@pytest.mark.parametrize(("basis", "expected"), [(SAME_BASIS, 3), (THIS_VERSION, 5), (4, 4), (None, None)])
@pytest.mark.parametrize("body", ["Один", "Два"])
def test_basis_is_the_chosen_one_for_changed_and_unchanged_texts(basis, expected, body):
    text = TextToPublish(revision("ru", body), "minor", basis)
    planned = plan_texts(plan(row("en", "One"), row("ru", "Один", based_on=3)), {"ru": text}, frozenset())
    assert planned["ru"].based_on == expected


@pytest.mark.parametrize(("basis", "expected"), [(SAME_BASIS, None), (THIS_VERSION, 5), (4, 4), (None, None)])
def test_major_change_of_a_translation_ends_its_basis_unless_one_is_chosen(basis, expected):
    text = TextToPublish(revision("ru", "Два"), "major", basis)
    planned = plan_texts(plan(row("en", "One"), row("ru", "Один", based_on=3)), {"ru": text}, frozenset())
    assert planned["ru"].based_on == expected


def test_source_text_never_has_a_basis():
    text = TextToPublish(revision("en", "Two"), "major", THIS_VERSION)
    assert plan_texts(plan(row("en", "One")), {"en": text}, frozenset())["en"].based_on is None


def test_translation_has_no_basis_in_a_version_without_source_text():
    text = TextToPublish(revision("ru", "Один"), "major", THIS_VERSION)
    assert plan_texts(plan(), {"ru": text}, frozenset())["ru"].based_on is None


def test_removed_language_has_no_row_and_rows_are_sorted():
    planned = plan_texts(plan(row("ru", "Один"), row("en", "One"), row("ar", "واحد")), {}, frozenset({"ru"}))
    assert list(planned) == ["ar", "en"]
