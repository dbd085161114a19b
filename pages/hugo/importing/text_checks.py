"""The checks of texts, which a second process makes while the first one writes the texts."""

from collections.abc import Iterable, Iterator, Mapping

from pages.hugo.commits.text_files import ReadText
from pages.hugo.commits.text_findings import describe_findings
from pages.hugo.importing.second_process import Call, SecondProcess
from pages.languages import served_languages
from pages.text.checks.surveyed_text import SurveyedText, TextWithSource, survey_all
from pages.text.fields import Fields
from pages.text.messages import Message

# So much text is checked in one call: the other process needs some milliseconds between two calls.
_BYTES_OF_CALL = 512 * 1024
# So many characters are surveyed ahead: they stay in memory until all texts are written.
_MAX_AHEAD = 6_000_000


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
            call = self._process.call(describe_all, contents)
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


class PageSurveys:
    """The surveys of the texts of pages, which can begin before the pages are written."""

    def __init__(self, process: SecondProcess):
        self._process = process
        self._size = 0
        self._ahead: dict[tuple[TextWithSource, ...], Call[list[SurveyedText | None]]] = {}

    def begin(self, texts: tuple[TextWithSource, ...]) -> bool:
        """Begin to survey the texts that a page is likely to have. Return whether there is room for more."""
        self._size += sum(len(text.body) for text in texts)
        if self._size <= _MAX_AHEAD:
            self._ahead[texts] = self._call(texts)
        return self._size <= _MAX_AHEAD

    def of(self, texts: tuple[TextWithSource, ...]) -> Call[list[SurveyedText | None]]:
        """Return the survey of the texts that a page has."""
        return self._ahead.pop(texts, None) or self._call(texts)

    def _call(self, texts: tuple[TextWithSource, ...]) -> Call[list[SurveyedText | None]]:
        return self._process.call(survey_all, texts)


def with_sources(bodies: Mapping[str, str], source_language: str) -> tuple[TextWithSource, ...]:
    """Return the bodies of a page's texts by language, each with that of its source text, in the served languages."""
    original = bodies.get(source_language)
    return tuple(
        TextWithSource(body, language)
        if original is None or language == source_language
        else TextWithSource(body, language, original, source_language)
        for language, body in sorted(bodies.items())
        if language in served_languages()
    )
