"""What the changes of a commit mean for pages: their texts and pictures, their addresses and redirects."""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import unquote, urlsplit

from pages.hugo.commits.commit_changes import CommitChanges, FilePage, SkippedFile, is_picture, sort_pages
from pages.hugo.commits.missing_links import MissingLinks
from pages.hugo.commits.old_addresses import OldAddress, OldAddresses, old_languages
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.text_files import EmptyText, ParsedText, ReadText
from pages.hugo.site_structure.addresses import build_address
from pages.hugo.site_structure.file_names import has_unsupported_format
from pages.publishing.slugs import is_reserved_slug
from pages.text.messages import Message, reason_of


class SourceChanged(Exception):
    """A file was changed between the plan and the import. What was imported before stays."""


@dataclass
class PageChanges:
    """The changes of a page: its changed texts by language, and the paths and blobs of their pictures by reference.

    It is a snapshot after one commit. `page` itself can already be ahead, because commits are read in batches.
    """

    page: FilePage
    # The languages that the page has, changed or not, except those whose file was emptied.
    languages: frozenset[str]
    current_address: str | None = None
    # The current address, if it is new.
    new_address: str | None = None
    texts: dict[str, ReadText] = field(default_factory=dict)
    # The blobs of the changed texts, and the bytes of each, by language.
    blobs: dict[str, tuple[str, int]] = field(default_factory=dict)
    pictures: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    source_language: str = ""
    # Whether the source language has another code now, such as en-us for en.
    is_source_renamed: bool = False
    redirects: list[OldAddress] = field(default_factory=list)
    # The file in another format that the page's last text became, if the commit did that.
    other_format: str = ""
    # The blobs of the page's texts before the commit, by language.
    before: Mapping[str, str] = field(default_factory=dict)
    # Functions that return the findings in the changed texts, by language, of those that are being checked.
    findings: dict[str, Callable[[], list[Message]]] = field(default_factory=dict)

    @property
    def text_bytes(self) -> int:
        return sum(self.blobs[language][1] for language in self.texts)

    def drop_bodies(self) -> None:
        self.texts = {language: text.without_body() for language, text in self.texts.items()}

    def add_bodies(self, contents: Mapping[str, bytes]) -> None:
        """Add the contents of the texts, by blob, which must be the same as when they were read."""
        for language, text in self.texts.items():
            blob, size = self.blobs[language]
            if len(contents.get(blob, b"")) != size:
                raise SourceChanged(
                    Message("%(file)s was changed during the import. Start the import again.", file=text.file_name)
                )
            self.texts[language] = text.with_body(contents[blob])


class PageChangesReader:
    """Reads the changes of commits in turn. It keeps track of the pages' addresses and the pictures in their texts."""

    def __init__(self, tracker: PageTracker):
        self._tracker, self._languages = tracker, tracker.default.languages
        self._pages_by_address: dict[str, FilePage] = {}
        self._pictures_by_text: dict[tuple[FilePage, str], set[str]] = {}
        # The blobs of each page's texts after the last commit that changed it, by language.
        self._blobs: dict[FilePage, dict[str, str]] = {}
        self._missing_links = MissingLinks(tracker.read)
        # What the last call of `read_changes` skipped, and the pages that it gave another address than they asked for.
        self.skipped: list[SkippedFile] = []
        self.renamed: list[tuple[str, Message]] = []
        # Links to files that do not exist, and those that led to none before the commit, by the paths of texts.
        self.missing_links: list[tuple[str, Message]] = []
        self.repaired_links: list[tuple[str, Message]] = []
        self._renamed_for_name: set[tuple[str, str]] = set()

    def read_changes(self, commit_changes: CommitChanges) -> list[PageChanges]:
        """Read the changed texts of a commit. Return the changes by page, sorted by key; see also `skipped`."""
        self.skipped, self.renamed, self._renamed_for_name = list(commit_changes.skipped), [], set()
        pages = sort_pages(commit_changes.pages)
        changes_by_page = {
            page: PageChanges(page, frozenset(page.files), is_source_renamed=page in commit_changes.renamed_sources)
            for page in pages
        }
        _find_other_formats(commit_changes, changes_by_page)
        self._read_texts(commit_changes, changes_by_page)
        self._follow_links(commit_changes, changes_by_page.values())
        for page, changes in changes_by_page.items():
            if not page.source_language and changes.texts:
                page.source_language = self._choose_source_language(changes.texts)
        for page, address in self._assign_addresses(pages):
            # A deleted page that has to give up its address is not among the changed pages.
            changes_by_page.setdefault(page, PageChanges(page, frozenset(page.files))).new_address = address
        for page, changes in changes_by_page.items():
            changes.current_address, changes.source_language = page.address, page.source_language
            changes.before = self._blobs.get(page, {})
            self.record_blobs(page)
            self._add_redirects(changes)
        return list(changes_by_page.values())

    def record_blobs(self, page: FilePage) -> None:
        """Record the blobs of a page's texts as those before the next commit."""
        self._blobs[page] = {language: self._tracker.blobs[path] for language, path in page.files.items()}

    def record_text(self, page: FilePage, text: ReadText, language: str) -> dict[str, str]:
        """Record a text's slug, url, menus, links and pictures. Return the paths of the pictures by reference."""
        self._missing_links.record(text, self._tracker.blobs)
        page.slugs_and_urls[language] = text.slug_and_url
        page.menus[language] = text.keys.get("menus") or text.keys.get("menu", "")
        pictures = {reference: self._picture_path(text, reference) for reference in text.references}
        for path in self._pictures_by_text.pop((page, language), ()):
            self._tracker.texts_by_picture[path].discard((page, language))
        self._pictures_by_text[page, language] = {path for path in pictures.values() if path}
        for path in self._pictures_by_text[page, language]:
            self._tracker.texts_by_picture[path].add((page, language))
        return pictures

    def assign_address(self, page: FilePage, address: str) -> str:
        """Record that a page has an address. Return the address."""
        page.address = address
        self._pages_by_address[address] = page
        return address

    def wanted_address(self, page: FilePage) -> str | None:
        """Return the address that a page's leading file asks for; None if the page is deleted.

        Raises ValueError if the file asks for an impossible address.
        """
        language, path = page.leading_language, page.leading_file
        if language is None or path is None:
            return None
        slug, url = page.slugs_and_urls.get(language, ("", ""))
        key, accents = self._tracker.locations[path].key, self._tracker.removes_accents
        address = build_address(key, slug, url, languages=self._languages, removes_accents=accents)
        allowed = _rename_reserved_parts(address)
        if allowed != address:
            self._renamed_for_name.add((path, allowed))
            self.renamed.append((path, Message("→ /%(address)s/, because the name is reserved", address=allowed)))
        return allowed

    def _choose_source_language(self, languages: Collection[str]) -> str:
        """Return the config's default language if the page has it, else the fallback language or a variant of it.

        If the page has none of them, it is the first of its languages.
        """
        fallback = self._tracker.default.fallback_language
        variants = sorted(code for code in languages if code.partition("-")[0] == fallback.partition("-")[0])
        candidates = [fallback, *variants, *sorted(languages)]
        if self._tracker.structure and self._tracker.structure.default_language:
            candidates.insert(0, self._tracker.structure.default_language)
        return next(code for code in candidates if code in languages)

    # --- Texts --------------------------------------------------------------------------------------------------------

    def _read_texts(self, commit_changes: CommitChanges, changes_by_page: Mapping[FilePage, PageChanges]) -> None:
        wanted = [
            (page, language, page.files[language])
            for page in changes_by_page
            for language in sorted(commit_changes.pages[page])
            if language in page.files
        ]
        parsed = dict(self._tracker.parsed.parse([self._tracker.blobs[path] for _, _, path in wanted]))
        for page, language, path in wanted:
            text = parsed.get(self._tracker.blobs[path])
            if isinstance(text, EmptyText):
                # For readers a file without content is the same as a deleted one.
                changes_by_page[page].languages -= {language}
            if not isinstance(text, ParsedText):
                missing = Message("its content is not available: it is too long for a text, or missing.")
                self.skipped.append(SkippedFile(path, reason_of(text) if text else missing))
                if self._tracker.withholds_unreadable(path):
                    changes_by_page[page].languages -= {language}
                continue
            location, withholding = self._tracker.locations[path], self._tracker.withhold(path, text)
            read_text = text.at(
                path,
                location,
                withholding,
                follows_jekyll=self._tracker.follows_jekyll,
                update_keys=self._tracker.update_keys(path),
            )
            changes = changes_by_page[page]
            changes.texts[language] = read_text
            changes.blobs[language] = self._tracker.blobs[path], len(text.content)
            self._add_pictures(changes, language, self.record_text(page, read_text, language))
            self.skipped += [SkippedFile(path, message) for message in read_text.missing_files]

    def _follow_links(self, commit_changes: CommitChanges, page_changes: Iterable[PageChanges]) -> None:
        """Find the links that lead to no file any more, or to one again."""
        read = [text.file_name for changes in page_changes for text in changes.texts.values()]
        self.missing_links = [(path, message) for path in read for message in self._missing_links.describe(path)]
        self.repaired_links = []
        updates = self._missing_links.update(commit_changes.created_or_deleted, read, self._tracker.blobs)
        for path, missing, repaired in updates:
            self.missing_links += [(path, message) for message in missing]
            self.repaired_links += [(path, message) for message in repaired]

    def _add_pictures(self, changes: PageChanges, language: str, paths: Mapping[str, str]) -> None:
        pictures = changes.pictures[language] = {}
        for reference, path in paths.items():
            blob = self._tracker.blobs.get(path)
            if blob and is_picture(path):
                pictures[reference] = path, blob
            else:
                reason = Message("picture %(reference)s: there is no such file in the tree.", reference=reference)
                if _is_on_another_host(reference):
                    reason = Message(
                        "picture %(reference)s: it is on another host, and readers see its description instead.",
                        reference=reference,
                    )
                elif path and not is_picture(path):
                    reason = Message(
                        "picture %(reference)s: it is not a picture that browsers can show.", reference=reference
                    )
                self.skipped.append(SkippedFile(changes.texts[language].file_name, reason))

    def _picture_path(self, text: ReadText, reference: str) -> str:
        """Return the path of the file that a reference means, whether it exists or not; empty if it means none.

        A reference from the root means a file in a static folder; any other one is relative to the text.
        """
        try:
            url = urlsplit(reference)
            path = unquote(url.path, errors="strict")
        except ValueError:
            return ""
        structure = self._tracker.structure
        if url.scheme or url.netloc or not path.strip("/") or structure is None:
            return ""
        if path.startswith("/"):
            folders = [*structure.static_folders, *([""] if structure.follows_jekyll else [])]
            candidates = [_join_inside(folder, path.lstrip("/")) for folder in folders]
            existing = (candidate for candidate in candidates if candidate in self._tracker.blobs)
            return next(existing, next(filter(None, candidates), ""))
        tops = [folder for folder, _ in structure.folders]
        return _join_inside(posixpath.dirname(text.file_name), path, tops)

    # --- Addresses ----------------------------------------------------------------------------------------------------

    def _assign_addresses(self, pages: Sequence[FilePage]) -> Iterator[tuple[FilePage, str]]:
        """Assign addresses to the pages that need another one, and yield these pages with their new addresses."""
        wanted_addresses = self._wanted_addresses(pages)
        for page in wanted_addresses:
            if page.address is not None and self._pages_by_address.get(page.address) is page:
                del self._pages_by_address[page.address]
        # A page with exactly this name takes precedence over one that gets it because its own name is reserved.
        for page, wanted in sorted(wanted_addresses.items(), key=lambda item: self._has_reserved_name(*item)):
            address, occupant = wanted, self._pages_by_address.get(wanted)
            if occupant is not None and occupant.files:
                address = self._numbered_address(f"{wanted}-")
                reason = Message(
                    "→ /%(address)s/, because another page has /%(wanted)s/", address=address, wanted=wanted
                )
                self.renamed.append((page.leading_file or "", reason))
            elif occupant is not None:
                # A deleted page makes room, but readers can still see its history.
                former = f"{wanted}-former"
                is_free = former not in self._pages_by_address
                yield occupant, self.assign_address(occupant, former if is_free else self._numbered_address(former))
            yield page, self.assign_address(page, address)

    def _wanted_addresses(self, pages: Sequence[FilePage]) -> dict[FilePage, str]:
        """Return the addresses to assign: those that these pages want now, and freed ones that others wait for."""
        wanted_addresses = {}
        for page in pages:
            path = page.leading_file
            if path is None:
                # If the page comes back, it must ask again: by then another page may have its address.
                page.wanted_address = None
                continue
            if not page.source_language:
                # None of its texts could be read yet, so it must not keep an address from others.
                continue
            try:
                wanted = self.wanted_address(page)
            except ValueError as error:
                self.skipped.append(SkippedFile(path, reason_of(error)))
                continue
            if wanted is not None and wanted != page.wanted_address:
                page.wanted_address = wanted_addresses[page] = wanted
        freed = {page.address for page in pages if not page.files and page.address is not None}
        return self._waiting_pages(freed) | wanted_addresses

    def _waiting_pages(self, addresses: Collection[str]) -> dict[FilePage, str]:
        """Return the pages that asked for these addresses while others had them. Of several, the first key wins."""
        if not addresses:
            return {}
        waiting = (page for page in self._pages_by_address.values() if page.files and page.wanted_address in addresses)
        first: dict[str, FilePage] = {}
        for page in sort_pages(waiting):
            if page.wanted_address and page.wanted_address != page.address:
                first.setdefault(page.wanted_address, page)
        return {page: wanted for wanted, page in first.items()}

    def _has_reserved_name(self, page: FilePage, wanted: str) -> bool:
        return (page.leading_file, wanted) in self._renamed_for_name

    def _numbered_address(self, start: str) -> str:
        """Return the first free address that is the start with a number from 2 on."""
        addresses = (f"{start}{number}" for number in count(2))
        return next(address for address in addresses if address not in self._pages_by_address)

    def _add_redirects(self, changes: PageChanges) -> None:
        if changes.page.address is None:
            return
        structure, redirects = self._tracker.structure, dict[str, OldAddress]()
        if structure is None:
            return
        for language, text in changes.texts.items():
            if text.withholding.reason:
                # Its old addresses are not public either.
                continue
            location = structure.locate_text(text.file_name, text.declared) or text.location
            addresses = OldAddresses(
                text,
                location.key,
                sections=self._tracker.sections(text.file_name),
                languages=self._languages,
                removes_accents=self._tracker.removes_accents,
            )
            found = addresses.find(
                changes.page.address,
                is_leading=language == changes.page.leading_language,
                source_languages=old_languages(language, structure.language_map),
                permalinks=self._tracker.permalinks(text.file_name),
                collections=self._tracker.collections,
            )
            self.skipped += [SkippedFile(text.file_name, message) for message in addresses.unknown]
            redirects |= {address.path: address for address in found if address.path not in redirects}
        changes.redirects = list(redirects.values())


def _find_other_formats(commit_changes: CommitChanges, changes_by_page: Mapping[FilePage, PageChanges]) -> None:
    """Find files such as a.mdx that take the place of the last text of a page, a.md."""
    names = (file.file_name for file in commit_changes.skipped)
    others = {posixpath.splitext(name)[0]: name for name in names if has_unsupported_format(name)}
    for page, paths in commit_changes.deleted.items():
        if not page.files and page in changes_by_page:
            stems = (posixpath.splitext(path)[0] for path in paths)
            changes_by_page[page].other_format = next((others[stem] for stem in stems if stem in others), "")


def _is_on_another_host(reference: str) -> bool:
    with suppress(ValueError):
        return bool(urlsplit(reference).netloc)
    return False


def _rename_reserved_parts(address: str) -> str:
    """Give every part that is a reserved slug a suffix, and hyphens for dots."""
    parts = address.split("/") if address else []
    return "/".join(
        f"{part.replace('.', '-')}-page" if is_reserved_slug(part, at_root=position == 0) else part
        for position, part in enumerate(parts)
    )


def _join_inside(folder: str, path: str, tops: Collection[str] | None = None) -> str:
    """Join paths. Return an empty string if the result is outside of all top folders (by default the folder itself)."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    is_inside = any(not top or joined.startswith(f"{top}/") for top in (tops if tops is not None else [folder]))
    return joined if is_inside and not joined.startswith("../") and joined != ".." else ""
