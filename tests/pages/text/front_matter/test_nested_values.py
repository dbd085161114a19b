"""Tests of reading nested values, and of the limits against documents that are made to exhaust memory or the stack."""

import pytest

from pages.text.front_matter.nested_values import fold_keys, read_json, read_toml, read_yaml
from pages.text.front_matter.values import InvalidFrontMatter


def test_scalars_are_strings_as_they_are_written():
    text = "a: no\nb: 010\nc: ~\nd: '~'\ne: [1, {F: x}]\ng:\n"
    assert read_yaml(text) == {"a": "no", "b": "010", "c": "", "d": "~", "e": ["1", {"F": "x"}], "g": ""}
    assert read_toml("a = true\nb = 1.50\nc = 2024-01-01\nd.e = [1]\n") == {
        "a": "true",
        "b": "1.50",
        "c": "2024-01-01",
        "d": {"e": ["1"]},
    }
    assert read_json('{"a": false, "b": null, "c": {"d": [1]}} Text.') == {"a": "false", "b": "", "c": {"d": ["1"]}}
    assert read_yaml("") == {}


def test_merge_keys_are_resolved_and_own_keys_take_precedence():
    anchors = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n"
    assert read_yaml(f"{anchors}<<: [*x, *y]\nc: 3\n") == {
        "x": {"a": "1", "b": "1"},
        "y": {"b": "2", "c": "2"},
        "a": "1",
        "b": "1",
        "c": "3",
    }


def test_keys_can_be_folded():
    assert fold_keys([{"A": {"bC": "D"}}]) == [{"a": {"bc": "D"}}]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]\n",
        "a: &a {b: *a}\n",
        "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)).replace(
            "*a0", "x"
        ),
        "- x\n",
        "a: [\n",
        "{" * 300,
    ],
)
def test_yaml_that_is_too_large_or_no_mapping_is_refused(text):
    with pytest.raises(InvalidFrontMatter):
        read_yaml(text)


@pytest.mark.parametrize("text", ["[1]", "{", '{"a": ' * 5000, '{"a": ' + "[" * 900 + "]" * 900 + "}"])
def test_json_that_is_no_object_or_too_deep_is_refused(text):
    with pytest.raises(InvalidFrontMatter):
        read_json(text)
