"""Messages are English strings that can be translated later."""

import pytest
from django.utils.translation import override

from pages.text.messages import Message, message_of, plural_message, reason_of


def test_message_is_its_english_sentence():
    assert Message("it is empty.") == "it is empty."
    assert (
        Message("%(file)s already has the text of this page.", file="a.md") == "a.md already has the text of this page."
    )


def test_message_without_values_can_contain_percent_signs():
    assert Message("100% sure").translated == "100% sure"


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (1, "1 Hugo shortcode is left out: a", "1 шорткод Hugo опущен: a"),
        (2, "2 Hugo shortcodes are left out: a", "2 шорткода Hugo опущены: a"),
        (5, "5 Hugo shortcodes are left out: a", "5 шорткодов Hugo опущены: a"),
    ],
)
def test_stored_message_is_translated_with_the_plural_form_of_the_language(count, english, russian):
    template = "%(count)d Hugo shortcode is left out: %(names)s"
    plural = "%(count)d Hugo shortcodes are left out: %(names)s"
    message = Message.from_stored(plural_message(template, plural, count=count, names="a").as_stored())
    assert message == message.translated == english
    with override("ru"):
        assert message.translated == russian


def test_message_in_a_message_is_stored_and_translated_with_it():
    alias = Message("alias %(alias)s: %(reason)s", alias="/", reason=Message("It is the address of the home page."))
    stored = alias.as_stored()
    assert stored == [
        "alias %(alias)s: %(reason)s",
        "",
        {"alias": "/", "reason": ["It is the address of the home page.", "", {}]},
    ]
    with override("ru"):
        assert Message.from_stored(stored).translated == "прежний адрес /: Это адрес главной страницы."


def test_message_of_an_error_keeps_its_template():
    error = ValueError(Message("%(file)s cannot be read: %(reason)s", file="hugo.toml", reason="no"))
    assert reason_of(error).values == {"file": "hugo.toml", "reason": "no"}
    assert reason_of(ValueError("plain")) == "plain"
    assert reason_of(ValueError()) == ""


def test_empty_message_is_not_the_header_of_the_catalogue():
    with override("ru"):
        assert message_of("").translated == ""
