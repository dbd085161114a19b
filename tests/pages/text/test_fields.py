"""Tests of the list of fields, and of finding those that differ."""

from dataclasses import replace
from types import SimpleNamespace

from pages.text import fields
from pages.text.fields import FIELDS, FRONT_MATTER_KEYS, Fields, find_changed_fields

TEXT = Fields("Policy", link_title="Short", description="What we keep.", body="One")


def test_every_field_but_the_body_has_a_key_of_its_own():
    assert set(Fields.__dataclass_fields__) - set(FRONT_MATTER_KEYS) == {"body"}
    assert len({key.lower() for key in FRONT_MATTER_KEYS.values()}) == len(FRONT_MATTER_KEYS)


def test_changed_fields_have_the_label_and_both_values():
    (changed,) = find_changed_fields(TEXT, replace(TEXT, description="", body="Two"))
    assert (changed.label, changed.before, changed.after) == ("description", "What we keep.", "")


def test_null_of_a_row_that_is_older_than_a_field_is_an_empty_value():
    row = SimpleNamespace(**dict.fromkeys(FRONT_MATTER_KEYS))
    assert find_changed_fields(row, Fields(body="One")) == ()


def test_field_that_readers_do_not_see_is_no_change_for_them(monkeypatch):
    hidden = tuple(replace(field, is_seen_by_readers=field.name != "description") for field in FIELDS)
    monkeypatch.setattr(fields, "FIELDS", hidden)
    changed = find_changed_fields(TEXT, replace(TEXT, title="Other", description="Other"))
    assert [field.label for field in changed] == ["title"]
