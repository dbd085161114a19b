"""Changed files of a commit and the pages that they affect."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pages.hugo.site_structure.file_names import has_unsupported_format, is_config, is_text
from pages.hugo.site_structure.structure import SiteStructure
from pages.hugo.withholding.site_rules import decides_on_publishing
from pages.models.picture import CONTENT_TYPES
from pages.text.front_matter.nested_values import Value

# Reads many files by blob id; files that are too long or missing are left out.
ReadBlobs = Callable[[Sequence[str]], Mapping[str, bytes]]

# The path of a picture that this site serves. It has no extension: its type is only in its first bytes.
_SERVED_PICTURE = re.compile(r"/media/[0-9a-f]{64}\Z")


# Compared by identity, because pages are keys of dictionaries and their fields change.
@dataclass(eq=False)
class FilePage:
    """A page as the files define it. `files` maps languages to the paths of its texts; a deleted page has none."""

    identifier: uuid.UUID
    key: str
    files: dict[str, str] = field(default_factory=dict)
    source_language: str = ""
    # The address that its files ask for, and the address that it has: another page may have been first.
    wanted_address: str | None = None
    address: str | None = None
    # The path that its leading text had last.
    last_file: str = ""
    # The front matter's menus, by language.
    menus: dict[str, Value] = field(default_factory=dict)
    # The front matter's slug and url, by language.
    slugs_and_urls: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def leading_language(self) -> str | None:
        """The language whose file determines the page's key and address; None if the page is deleted."""
        if self.source_language in self.files:
            return self.source_language
        return min(self.files, default=None)

    @property
    def leading_file(self) -> str | None:
        return self.files.get(self.leading_language or "")


@dataclass(frozen=True)
class FileChange:
    """A file after a commit. `blob` is empty if it was deleted; `skip_reason` says why it cannot be a text."""

    path: str
    blob: str = ""
    skip_reason: str = ""


@dataclass(frozen=True)
class SkippedFile:
    """A file, or something in it, that is not imported, with the reason: a `Message` if it is to be translated."""

    file_name: str
    reason: str


@dataclass
class CommitChanges:
    """What a commit changes. Identifiers of new pages are made of its name.

    `pages` has the languages whose text must be read again, by page. `files` has the page and the language that a
    changed file belongs to now, by path; None if it belongs to no page any more.
    """

    commit_name: str
    pages: dict[FilePage, set[str]] = field(default_factory=dict)
    files: dict[str, tuple[FilePage, str] | None] = field(default_factory=dict)
    # The new site structure, if the commit changed it.
    structure: SiteStructure | None = None
    # Pages whose source language has another code now, such as en-us for en.
    renamed_sources: set[FilePage] = field(default_factory=set)
    skipped: list[SkippedFile] = field(default_factory=list)
    # The paths of texts that were deleted, by the page that they belonged to.
    deleted: dict[FilePage, list[str]] = field(default_factory=dict)
    # The paths of all texts that were created or deleted, whether they belong to a page or not.
    created_or_deleted: frozenset[str] = frozenset()

    def split(self, texts: int) -> Iterator["CommitChanges"]:
        """Yield the pages in parts of about that many texts. The skipped files are in the first part."""
        part = CommitChanges(self.commit_name, skipped=self.skipped)
        for page in sort_pages(self.pages):
            part.pages[page] = self.pages[page]
            if sum(map(len, part.pages.values())) >= texts:
                yield part
                part = CommitChanges(self.commit_name)
        if part.pages or part.skipped:
            yield part

    def mark_changed(self, page: FilePage, language: str | None = None) -> None:
        """Note that a page changed, and in which language its text must be read again."""
        languages = self.pages.setdefault(page, set())
        if language:
            languages.add(language)


def sort_pages(pages: Iterable[FilePage]) -> list[FilePage]:
    """Sort pages by key. The identifier makes the order independent of the order in which files were read."""
    return sorted(pages, key=lambda page: (page.key, str(page.identifier)))


def is_picture(path: str) -> bool:
    """Tell whether a path has the extension of a picture that browsers show, or is that of a served picture."""
    return path.rpartition(".")[2].lower() in CONTENT_TYPES or bool(_SERVED_PICTURE.search(path))


def is_relevant(path: str) -> bool:
    """Tell whether a file is a text, a picture or a config, or decides on the publishing of texts."""
    return is_text(path) or is_picture(path) or is_config(path) or decides_on_publishing(path)


def is_reportable(path: str) -> bool:
    """Tell whether a file is relevant or would be if its format were supported."""
    return is_relevant(path) or has_unsupported_format(path)
