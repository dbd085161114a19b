"""The input of an import, and its result for one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from pages.languages import UNKNOWN_LANGUAGE
from pages.models import Version
from pages.text import source
from pages.text.fields import Fields


@dataclass(frozen=True)
class ImportedText:
    """The text of one language as read from a file; `modified_at` is the date of its last change, if it has one."""

    content: bytes
    fields: Fields
    file_name: str
    modified_at: datetime | None = None
    is_draft: bool = False
    pictures: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        return source.digest(self.content)


@dataclass(frozen=True)
class PageUpdate:
    """What a commit did to one page: the added and changed texts, and the languages that have a file afterwards.

    An update that `is_due` is for texts that an earlier commit brought, and that begin or stop being published at `at`.
    """

    texts: Mapping[str, ImportedText]
    present: frozenset[str]
    at: datetime
    author: str
    # The change note, or the reason for readers if the commit withdraws the page.
    note: str = ""
    # The new code of the page's source language, if the commit changes it.
    source_language: str | None = None
    # Whether readers need not know of the changes. The first text in a language is always a major change.
    is_minor: bool = False
    # A commit message is in one language, whatever texts it is about.
    note_language: str = UNKNOWN_LANGUAGE
    # The digests of the texts before the commit, by language: those that it replaces or deletes.
    before: Mapping[str, str] = field(default_factory=dict)
    # The version whose source a translation reflects, where its file says so; None if there is no such version.
    bases: Mapping[str, int | None] = field(default_factory=dict)
    # Whether the texts become drafts instead of a version.
    is_draft_only: bool = False
    is_due: bool = False


@dataclass(frozen=True)
class ImportOutcome:
    """What was done with a page: its new versions, and the languages of texts that were not published."""

    versions: tuple[Version, ...] = ()
    drafts: tuple[str, ...] = ()
    # Stored as revisions that are neither published nor the draft.
    stored_only: tuple[str, ...] = ()
    is_withdrawn: bool = False
    is_brought_back: bool = False
    # The languages of texts that the source does not publish, but this site still does.
    still_public: tuple[str, ...] = ()
    # Languages that the commit deleted but this site keeps, because their texts were edited here.
    not_removed: tuple[str, ...] = ()
