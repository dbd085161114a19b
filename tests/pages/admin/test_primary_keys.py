"""Tests of reading primary keys from text."""

import pytest

from pages.admin.primary_keys import parse_key


def test_number_is_a_key():
    assert parse_key("4711") == 4711


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", " 1", "²", "٣", "9" * 19, "9" * 4301])
def test_anything_else_is_no_key(text):
    assert parse_key(text) is None
