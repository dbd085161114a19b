"""What the checks of a site need to know of one text: its links, and how it differs from its source text."""

from collections.abc import Iterable
from dataclasses import dataclass

from pages.text.checks.findings import Finding
from pages.text.checks.links import PlacedLink, find_links
from pages.text.checks.parity.comparison import compare_with_source
from pages.text.checks.parsed_body import parse_body
from pages.text.markup_work import TooMuchMarkup


@dataclass(frozen=True)
class TextWithSource:
    """A body and its language, with those of its source text: both are empty if it is not a translation."""

    body: str
    language: str
    source_body: str = ""
    source_language: str = ""


@dataclass(frozen=True)
class SurveyedText:
    """The links of a text, and its findings of parity."""

    links: tuple[PlacedLink, ...]
    parity: tuple[Finding, ...]


def survey_text(text: TextWithSource) -> SurveyedText:
    """Survey a text. Raises TooMuchMarkup."""
    links = tuple(find_links(parse_body(text.body)))
    if not text.source_language:
        return SurveyedText(links, ())
    return SurveyedText(links, compare_with_source(text.body, text.language, text.source_body, text.source_language))


def survey_all(texts: Iterable[TextWithSource]) -> list[SurveyedText | None]:
    """Survey many texts. One with too much markup is None."""
    return list(map(_survey_or_none, texts))


def _survey_or_none(text: TextWithSource) -> SurveyedText | None:
    try:
        return survey_text(text)
    except TooMuchMarkup:
        return None
