"""What changes in a tree, and what that means for pages: files, the pages whose texts they are, and steps."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from pages.hugo.site_structure.file_names import has_unsupported_format, is_config, is_text
from pages.hugo.site_structure.structure import SiteStructure
from pages.models.picture import CONTENT_TYPES

# An uploaded picture bears its digest, and its kind stands in its first bytes alone.
_GIVEN_OUT = re.compile(r"/media/[0-9a-f]{64}\Z")


@dataclass(eq=False)
class FilePage:
    """A page as the files have it. `files` are the paths of its texts by language; without any, it is gone."""

    identifier: uuid.UUID
    key: str
    files: dict[str, str] = field(default_factory=dict)
    source_language: str = ""
    # The address that its files ask for, and the one that it has: another page may have had it first.
    wanted_address: str | None = None
    address: str | None = None
    # The path that was its text last.
    last_file: str = ""
    # What each text says of its page's address: slug and url.
    slugs_and_urls: dict[str, tuple[str, str]] = field(default_factory=dict)

    def leading_language(self) -> str | None:
        """Return the language whose file says where the page stands."""
        if self.source_language in self.files:
            return self.source_language
        return min(self.files, default=None)


@dataclass(frozen=True)
class FileChange:
    """A file after a commit: its blob, or none where it is gone. `skip_reason` says why it can be no text."""

    path: str
    blob: str = ""
    skip_reason: str = ""


@dataclass(frozen=True)
class SkippedFile:
    """Something that was left out, and why; of a history, the commit as well."""

    file_name: str
    reason: str
    commit: str = ""


@dataclass
class CommitChanges:
    """What the files' changes come to: by page, the languages to be read anew; by path, whose text it is now."""

    pages: dict[FilePage, set[str]] = field(default_factory=dict)
    files: dict[str, tuple[FilePage, str] | None] = field(default_factory=dict)
    structure: SiteStructure | None = None
    # The pages whose source language has another code now.
    renamed_sources: set[FilePage] = field(default_factory=set)
    skipped: list[SkippedFile] = field(default_factory=list)

    def split(self, texts: int) -> Iterator["CommitChanges"]:
        """Yield the pages in steps of so many texts or a few more; what was left out is in the first."""
        part = CommitChanges(skipped=self.skipped)
        for page in sorted(self.pages, key=lambda page: (page.key, str(page.identifier))):
            part.pages[page] = self.pages[page]
            if sum(map(len, part.pages.values())) >= texts:
                yield part
                part = CommitChanges()
        if part.pages or part.skipped:
            yield part

    def touch(self, page: FilePage, language: str | None = None) -> None:
        """Note that a page has changed, in a language if it is to be read anew."""
        languages = self.pages.setdefault(page, set())
        if language:
            languages.add(language)


def is_picture(path: str) -> bool:
    """Tell whether a file is named like a picture that browsers show, or like one that a site of this kind gave out."""
    return path.rpartition(".")[2].lower() in CONTENT_TYPES or bool(_GIVEN_OUT.search(path))


def can_be_relevant(path: str) -> bool:
    return is_relevant(path) or has_unsupported_format(path)


def is_relevant(path: str) -> bool:
    return is_text(path) or is_picture(path) or is_config(path)
