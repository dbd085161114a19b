"""What comes from outside, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from pages.models import Version
from pages.text import source
from pages.text.source import Fields


@dataclass(frozen=True)
class ImportedText:
    """One language's text as it comes from a file; `moment` is when it says that it last changed."""

    content: bytes
    fields: Fields
    file_name: str
    moment: datetime | None = None
    is_draft: bool = False
    pictures: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Return the digest of the bytes."""
        return source.digest(self.content)


@dataclass(frozen=True)
class PageUpdate:
    """What a commit did to one page: texts that came or changed, and the languages that have a file afterwards."""

    texts: Mapping[str, ImportedText]
    present: frozenset[str]
    at: datetime
    author: str
    # Shown to readers beside the version, and as the reason if the page goes.
    note: str = ""
    # The code that the page's source language has from now on, if that is another one.
    source_language: str | None = None


@dataclass(frozen=True)
class ImportOutcome:
    """What became of a page's texts: new versions, and languages that were kept as drafts only."""

    versions: tuple[Version, ...] = ()
    drafts: tuple[str, ...] = ()
    stored_only: tuple[str, ...] = ()
    is_withdrawn: bool = False
    is_brought_back: bool = False
    # Whether the page was left as it is, for it was edited here.
    is_skipped: bool = False
