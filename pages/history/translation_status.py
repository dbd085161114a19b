"""Is a translation up to date with its source? A question about digests, with no clock in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class TranslationStatus(StrEnum):
    """What a reader of a translation must know of it."""

    MISSING = "missing"
    UP_TO_DATE = "current"
    MINOR = "minor differences"
    BEHIND = "outdated"


@dataclass(frozen=True)
class SourceText:
    """The source language's text in one version."""

    number: int
    digest: str
    is_major: bool


def translation_status(based_on: int | None, source: Sequence[SourceText]) -> TranslationStatus | None:
    """Return the status of a translation that reflects a version, given the source's steps up to the version shown.

    `source` is in ascending order, without cancelled versions but the one reflected. None where the source has no text
    to compare with.
    """
    if not source:
        return None
    reflected = [step for step in source if based_on is not None and step.number <= based_on]
    if reflected and reflected[-1].digest == source[-1].digest:
        return TranslationStatus.UP_TO_DATE
    since = source[len(reflected) :]
    if not reflected or any(step.is_major for step in since):
        return TranslationStatus.BEHIND
    return TranslationStatus.MINOR
