"""Whether a translation is up to date with its source: a comparison of digests that does not depend on the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class TranslationStatus(StrEnum):
    MISSING = "missing"
    UP_TO_DATE = "up to date"
    MINOR = "minor differences"
    BEHIND = "behind"


@dataclass(frozen=True)
class SourceText:
    """The text of a version in the source language."""

    number: int
    digest: str
    is_major: bool


def translation_status(based_on: int | None, source: Sequence[SourceText]) -> TranslationStatus | None:
    """Return the status of a translation that reflects the source text of version `based_on`.

    `source` contains the source texts up to the version shown, in ascending order, without cancelled versions except
    the reflected one. Returns None if it is empty.
    """
    if not source:
        return None
    reflected = [text for text in source if based_on is not None and text.number <= based_on]
    # By digest: a source that was changed and changed back is the same text again.
    if reflected and reflected[-1].digest == source[-1].digest:
        return TranslationStatus.UP_TO_DATE
    since = source[len(reflected) :]
    if not reflected or any(text.is_major for text in since):
        return TranslationStatus.BEHIND
    return TranslationStatus.MINOR
