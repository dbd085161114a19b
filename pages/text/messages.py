"""Sentences of reports: stored with their values, and translated when somebody reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext


class Message(str):
    """A sentence in English, which keeps its template and values, so that it can be translated later.

    As a string it is the English sentence. Values are texts, numbers, or other messages. Templates in calls of
    `Message` and `plural_message` are found by `extract_messages`.
    """

    template: str
    plural: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, *, plural: str = "", **values: Any) -> "Message":
        is_plural = bool(plural) and values.get("count") != 1
        text = plural if is_plural else template
        message = super().__new__(cls, text % values if values else text)
        message.template, message.plural, message.values = template, plural, values
        return message

    @property
    def translated(self) -> str:
        """The sentence in the active language."""
        values = {name: _translated(value) for name, value in self.values.items()}
        if self.plural:
            text = ngettext(self.template, self.plural, values["count"])
        else:
            # The translation of an empty template would be the header of the catalogue.
            text = gettext(self.template) if self.template else ""
        return text % values if values else text

    def as_stored(self) -> list[Any]:
        """Return the message as JSON: the template, its plural, and the values."""
        values = {
            name: value.as_stored() if isinstance(value, Message) else value for name, value in self.values.items()
        }
        return [self.template, self.plural, values]

    @classmethod
    def from_stored(cls, stored: list[Any]) -> "Message":
        template, plural, values = stored
        read = {name: cls.from_stored(value) if isinstance(value, list) else value for name, value in values.items()}
        return cls(template, plural=plural, **read)


def plural_message(template: str, plural: str, *, count: int, **values: Any) -> Message:
    """Return a message that depends on a number, `count`."""
    return Message(template, plural=plural, count=count, **values)


def join_messages(messages: Sequence[Message]) -> Message:
    """Return several sentences as one message."""
    first, *others = messages
    return Message("%(first)s %(others)s", first=first, others=join_messages(others)) if others else first


def message_of(text: str) -> Message:
    """Return a text as a message. A plain one has no values, and is translated only if a catalogue has it."""
    return text if isinstance(text, Message) else Message(text)


def reason_of(error: Exception) -> Message:
    """Return the message that an error was raised with."""
    argument = error.args[0] if error.args else ""
    return argument if isinstance(argument, Message) else Message(str(error))


def _translated(value: Any) -> Any:
    return value.translated if isinstance(value, Message) else value
