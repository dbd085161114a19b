"""The checks of texts, which a second process makes while the first one plans the import and writes the texts."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.commits.text_findings import describe_all
from pages.hugo.importing.second_process import BYTES_OF_CALL, Call, SecondProcess, group_by_size, value_at
from pages.languages import served_languages
from pages.text.checks.surveyed_text import SurveyedText, TextWithSource, survey_all
from pages.text.fields import Fields
from pages.text.messages import Message

# Of the texts that the plan reads, so much waits for the second process in memory.
_MAX_WAITING_BYTES = 8 * 1024 * 1024
# So many characters are surveyed ahead: they stay in memory until all texts are written.
_MAX_AHEAD = 6_000_000


class _TextToCheck(NamedTuple):
    changes: PageChanges
    language: str
    fields: Fields
    content: bytes

    @classmethod
    def of(cls, changes: PageChanges, language: str) -> "_TextToCheck":
        text = changes.texts[language]
        # The other process extracts the body again, which takes less time than to send it.
        return cls(changes, language, replace(text.fields, body=""), text.content)


class TextChecks:
    """The findings in texts. They become the `findings` of page changes, which can be read as soon as they are there.

    The second process checks texts while the import is planned, as many as it can. The others are checked with the
    batch that writes them.
    """

    def __init__(self, process: SecondProcess):
        self._process = process
        self._texts: list[_TextToCheck] = []
        # Calls that were asked for during the plan, each with the bytes of its texts.
        self._ahead: deque[tuple[Call[list[list[Message]]], int]] = deque()

    def begin_ahead(self, changes: PageChanges) -> None:
        """Begin to check planned texts, which have their bodies still."""
        self._process.expect(sum(len(text.content) for text in changes.texts.values()))
        if self._process.is_used and self._has_room():
            self._texts += [_TextToCheck.of(changes, language) for language in changes.texts]
            if (size := _count_bytes(self._texts)) >= BYTES_OF_CALL:
                self._ahead.append((self._begin(self._texts), size))
                self._texts = []

    def _has_room(self) -> bool:
        while self._ahead and self._ahead[0][0].has_value:
            self._ahead.popleft()
        return sum(size for _, size in self._ahead) < _MAX_WAITING_BYTES

    def begin(self, page_changes: Iterable[PageChanges]) -> None:
        """Begin to check those texts of a batch that are not checked yet."""
        self._texts.clear()
        texts = (
            _TextToCheck.of(changes, language)
            for changes in page_changes
            for language in changes.texts
            if language not in changes.findings
        )
        for group in group_by_size(texts, lambda text: len(text.content)):
            self._begin(group)

    def _begin(self, texts: Sequence[_TextToCheck]) -> Call[list[list[Message]]]:
        call = self._process.call(describe_all, [(text.fields, text.content) for text in texts])
        for place, text in enumerate(texts):
            text.changes.findings[text.language] = partial(value_at, call, place)
        return call


def _count_bytes(texts: Iterable[_TextToCheck]) -> int:
    return sum(len(text.content) for text in texts)


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
