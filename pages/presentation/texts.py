"""Which of a version's texts a reader gets."""

from collections.abc import Mapping
from typing import TypeVar

from django.conf import settings

Text = TypeVar("Text")


def text_for(texts: Mapping[str, Text], language: str, source_language: str) -> Text:
    """Return the text a reader of the language gets: their own, else the source's, else the first served, else any."""
    order = [language, source_language, *dict(settings.LANGUAGES), *sorted(texts)]
    return next(texts[candidate] for candidate in order if candidate in texts)
