"""The checks of the texts of a batch, which a second process makes while the first one writes the texts."""

from collections.abc import Iterable, Iterator

from pages.hugo.commits.text_files import ReadText
from pages.hugo.commits.text_findings import describe_findings
from pages.hugo.importing.second_process import Call, SecondProcess
from pages.text.fields import Fields
from pages.text.messages import Message

# So much text is checked in one call: the other process needs some milliseconds between two calls.
_BYTES_OF_CALL = 512 * 1024


class TextChecks:
    """The findings in the texts of one batch after the other."""

    def __init__(self, process: SecondProcess):
        self._process = process
        # The call that checks a text, and its place in the value, by the identity of the text.
        self._places: dict[int, tuple[Call[list[list[Message]]], int]] = {}

    def begin(self, texts: Iterable[ReadText]) -> None:
        """Begin to check the texts of a batch, which must stay in memory until their findings are read."""
        self._places.clear()
        for group in _group(texts):
            contents = [(text.fields, text.content) for text in group]
            call = self._process.call(sum(len(text.content) for text in group), describe_all, contents)
            self._places |= {id(text): (call, place) for place, text in enumerate(group)}

    def find(self, text: ReadText) -> list[Message]:
        """Return the findings of a text of the batch."""
        call, place = self._places[id(text)]
        return call.value[place]


def describe_all(texts: Iterable[tuple[Fields, bytes]]) -> list[list[Message]]:
    """Return the findings of each text."""
    return [describe_findings(fields, content) for fields, content in texts]


def _group(texts: Iterable[ReadText]) -> Iterator[list[ReadText]]:
    group: list[ReadText] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text.content)
        if size >= _BYTES_OF_CALL:
            yield group
            group, size = [], 0
    if group:
        yield group
