"""Addresses built as Hugo does, restricted to the characters that this site allows."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.hugo.site_structure.addresses import build_address, parse_aliases
from pages.models.redirect import validate_old_path
from pages.publishing.slugs import is_slug_character

LANGUAGES = {"en", "ru", "pt-br"}


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("", ""),
        ("privacy-policy", "privacy-policy"),
        ("Legal/Privacy", "legal/privacy"),
        ("Our  Terms & Conditions", "our-terms-conditions"),
        ("a - b", "a-b"),
        (" a ", "a"),
        ("v1.0", "v1.0"),
        ("what?#50%", "what50"),
        ("Условия/ЁЖ", "условия/ёж"),
        ("e\u0301te\u0301", "été"),
        ("c++", "c"),
        ("İ", "i"),
        ("a\ud800b\nc\0", "ab-c"),
    ],
)
def test_address_is_the_key_in_allowed_characters(key, address):
    assert build_address(key) == address


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("Privacy Notice", "legal/privacy-notice"),
        ("/notice/", "legal/notice"),
        ("eu/notice", "legal/eu/notice"),
        ("  ", "legal/privacy"),
        ("/", "legal/privacy"),
    ],
)
def test_slug_replaces_the_last_part(slug, address):
    assert build_address("legal/privacy", slug) == address


def test_slug_does_not_change_the_address_of_the_home_page():
    assert build_address("", "home") == ""


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/Privacy/", "Privacy"),
        ("privacy", "privacy"),
        ("/ru/privacy/", "privacy"),
        ("/pt_BR/privacy/", "privacy"),
        ("/fr/privacy/", "fr/privacy"),
        ("https://example.org/ru/privacy.html?a=1#b", "privacy"),
        ("//example.org/a", "a"),
        ("/about/index.html", "about"),
        ("/%D0%BF/", "п"),
        ("/a//b", "a/b"),
        ("/", ""),
        ("/ru/", ""),
    ],
)
def test_url_replaces_the_whole_address_without_language_host_and_query(url, address):
    assert build_address("legal/privacy", "slug", url, languages=LANGUAGES) == address


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a/???",), "'???' has no characters that are allowed in an address."),
        (("...",), "'...' has no characters that are allowed in an address."),
        (("x" * 201,), "A part of its address would have 201 characters; the limit is 200."),
        (("/".join(["x" * 199] * 6),), "Its address would have 1199 characters; the limit is 1000."),
        (("a", "", "mailto:a@example.org"), "'mailto:a@example.org' is not the address of a page."),
        (("a", "", "https://[x/"), "'https://[x/' is not a valid URL."),
        (("a", "", "/:year/:slug/"), "'/:year/:slug/' has a placeholder that only Hugo can replace."),
    ],
)
def test_impossible_address_is_refused_with_the_reason(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        build_address(*arguments)


def test_longest_address_is_allowed():
    assert len(build_address("/".join(["x" * 199] * 5))) == 999
    assert len(build_address("x" * 200)) == 200


values = st.text(st.one_of(st.sampled_from("aB/.-_ ~?#%:2F\0é\u0301ж"), st.characters()), max_size=30)


@given(values, values, values)
def test_every_part_of_an_address_is_a_valid_slug(key, slug, url):
    try:
        address = build_address(key, slug, url, languages=LANGUAGES)
    except ValueError:
        return
    for part in address.split("/") if address else ():
        assert part.strip(".")
        assert all(map(is_slug_character, part))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("/old/x/", "old/x"),
        ("old", "legal/old"),
        ("../old/", "old"),
        ("../../../old/", "old"),
        ("/ru/old/", "old"),
        ("ru/old/", "legal/ru/old"),
        ("/old/index.html", "old"),
        ("/old.html", "old.html"),
        ("https://example.org/en/old/?a=b#c", "old"),
        ("/Old%20page/", "Old page"),
        ("/e\u0301/", "é"),
    ],
)
def test_alias_is_a_path_without_language_host_and_query(value, path):
    assert parse_aliases([value], "legal/privacy", languages=LANGUAGES) == ([path], [])


def test_aliases_keep_their_order_without_repetitions():
    assert parse_aliases(["/b/", "/a/", "/ru/b"], "c", languages=LANGUAGES) == (["b", "a"], [])


def test_alias_that_is_the_address_of_the_page_itself_is_ignored():
    assert parse_aliases(["/legal/privacy/", "/good/"], "legal/privacy", languages=LANGUAGES) == (["good"], [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "It is empty."),
        ("/", "It is the address of the home page."),
        ("/ru/", "It is the address of the home page."),
        ("/a%3Fb/", "It has characters that are not allowed in an address."),
        ("/a%00b/", "It has characters that are not allowed in an address."),
        ("/" + "x" * 1001, "It has 1001 characters; the limit is 1000."),
    ],
)
def test_invalid_alias_is_reported_with_the_reason(value, reason):
    assert parse_aliases([value, "/good/"], "legal/privacy", languages=LANGUAGES) == (
        ["good"],
        [(value, reason)],
    )


@given(st.lists(values, max_size=4), values)
def test_every_alias_is_a_valid_redirect(names, key):
    paths, invalid = parse_aliases(names, key, languages=LANGUAGES)
    for path in paths:
        validate_old_path(path)
        assert len(path) <= 1000
    assert len(paths) + len(invalid) <= len(names)


def test_relative_alias_does_not_contain_a_language():
    assert parse_aliases(["ru/old/"], "privacy", languages=LANGUAGES) == (["ru/old"], [])


def test_combining_marks_are_kept():
    assert build_address("नीति/นโยบาย") == "नीति/นโยบาย"
