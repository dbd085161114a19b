"""What a step of the files means for pages: texts that were read, their pictures, and where the pages stand now."""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pages.hugo.commits.commit_changes import CommitChanges, FilePage, SkippedFile, is_picture
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.text_files import ReadText, read_text
from pages.hugo.site_structure.addresses import build_address, parse_aliases
from pages.publishing.page_tree import is_reserved_slug


@dataclass
class PageChanges:
    """What became of a page: texts as they are now, each picture's path by its reference, and its new address.

    The page itself may have gone further since, where steps are read ahead.
    """

    page: FilePage
    languages: frozenset[str]
    # Where the page stands, and its new address if that is one.
    current_address: str | None = None
    texts: dict[str, ReadText] = field(default_factory=dict)
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    # Blobs as they are at this step: the paths may have others a step later.
    blobs: dict[str, str] = field(default_factory=dict)
    new_address: str | None = None
    source_language: str = ""
    # Whether the source language has another code now.
    is_source_renamed: bool = False
    redirects: list[str] = field(default_factory=list)


class PageChangesReader:
    """Reads steps. It remembers which addresses pages have, and which texts show which picture."""

    def __init__(
        self,
        tracker: PageTracker,
        read: Callable[[Sequence[str]], Mapping[str, bytes]],
        *,
        languages: Collection[str],
        fallback_language: str,
    ):
        self._tracker, self._read = tracker, read
        self._languages, self._fallback_language = languages, fallback_language
        self._at: dict[str, FilePage] = {}
        self._shown: dict[tuple[FilePage, str], set[str]] = {}
        self.skipped: list[SkippedFile] = []
        self.renamed: list[str] = []

    def read_changes(self, step: CommitChanges) -> list[PageChanges]:
        """Read what a step changed, in the order of the pages' keys; what cannot be taken is in `skipped`."""
        self.skipped, self.renamed = list(step.skipped), []
        pages = sorted(step.pages, key=lambda page: (page.key, str(page.identifier)))
        found = {
            page: PageChanges(page, frozenset(page.files), is_source_renamed=page in step.renamed_sources)
            for page in pages
        }
        self._read_texts(step, found)
        for page, its_news in found.items():
            if not page.source_language and its_news.texts:
                page.source_language = self._source_of(its_news.texts)
        for page, address in self._settled(pages):
            # A page that is gone gives its address up for one that comes.
            found.setdefault(page, PageChanges(page, frozenset(page.files))).new_address = address
        for news in found.values():
            news.current_address, news.source_language = news.page.address, news.page.source_language
            self._note_old_addresses(news)
        return list(found.values())

    def record_text(self, page: FilePage, text: ReadText, language: str) -> dict[str, str]:
        """Note what a text says of its page and which pictures it shows; return those by their references."""
        page.slugs_and_urls[language] = text.slug_and_url
        pictures = {reference: self._picture_path(text, reference) for reference in text.references}
        for path in self._shown.pop((page, language), ()):
            self._tracker.texts_by_picture[path].discard((page, language))
        self._shown[page, language] = {path for path in pictures.values() if path}
        for path in self._shown[page, language]:
            self._tracker.texts_by_picture[path].add((page, language))
        return pictures

    def assign_address(self, page: FilePage, address: str) -> None:
        """Note where a page stands."""
        page.address = address
        self._at[address] = page

    def wanted_address(self, page: FilePage) -> str | None:
        """Return the address that a page would have if it were free. Raises ValueError where it can have none."""
        leading = page.leading_language()
        if leading is None:
            return None
        path = page.files[leading]
        names = page.slugs_and_urls.get(leading, ("", ""))
        address = build_address(self._tracker.locations[path].key, *names, languages=self._languages)
        free = _free_of_reserved(address)
        if free != address:
            self.renamed.append(f"{path} → /{free}/, because the name is reserved")
        return free

    def _source_of(self, languages: Collection[str]) -> str:
        """Return a page's source language: the config's default, else the first served or another code of it, if any.

        Where the page has neither, it is the first that it has.
        """
        first = self._fallback_language
        same = sorted(code for code in languages if code.partition("-")[0] == first.partition("-")[0])
        candidates = [self._tracker.structure.default_language, first, *same, *sorted(languages)]
        return next(language for language in candidates if language in languages)

    # --- Texts --------------------------------------------------------------------------------------------------------

    def _read_texts(self, step: CommitChanges, found: Mapping[FilePage, PageChanges]) -> None:
        wanted = [
            (page, language, page.files[language])
            for page in found
            for language in sorted(step.pages[page])
            if language in page.files
        ]
        contents = self._read([self._tracker.blobs[path] for _, _, path in wanted])
        for page, language, path in wanted:
            content = contents.get(self._tracker.blobs[path])
            try:
                if content is None:
                    raise ValueError("its content is not available: it is too long for a text, or missing.")
                text = read_text(path, self._tracker.locations[path], content)
            except ValueError as error:
                self.skipped.append(SkippedFile(path, str(error)))
                continue
            found[page].texts[language] = text
            self._note_pictures(found[page], language, self.record_text(page, text, language))

    def _note_pictures(self, news: PageChanges, language: str, pictures: Mapping[str, str]) -> None:
        shown = news.pictures[language] = {}
        for reference, path in pictures.items():
            blob = self._tracker.blobs.get(path)
            if blob and is_picture(path):
                shown[reference], news.blobs[path] = path, blob
            else:
                is_other = path and not is_picture(path)
                why = (
                    "it is not a picture that browsers can show." if is_other else "there is no such file in the tree."
                )
                name = f"{news.texts[language].file_name}: picture {reference}"
                self.skipped.append(SkippedFile(name, why))

    def _picture_path(self, text: ReadText, reference: str) -> str:
        """Return the path of the file that a text shows, whether it is there or not; "" where none could be meant.

        A reference from the root means a file below a static folder, another one a file beside the text.
        """
        try:
            address = urlsplit(reference)
            path = unquote(address.path, errors="strict")
        except ValueError:
            return ""
        if address.scheme or address.netloc or not path.strip("/"):
            return ""
        structure = self._tracker.structure
        if path.startswith("/"):
            places = [_joined(folder, path.lstrip("/")) for folder in structure.static_folders]
            return next((place for place in places if place in self._tracker.blobs), next(filter(None, places), ""))
        return _joined(posixpath.dirname(text.file_name), path, inside=[folder for folder, _ in structure.folders])

    # --- Addresses ----------------------------------------------------------------------------------------------------

    def _settled(self, pages: Iterable[FilePage]) -> Iterator[tuple[FilePage, str]]:
        """Yield the pages that have another address now, those first that stand where their files say."""
        moving = self._asking_anew(pages)
        for page in moving:
            if self._at.get(page.address) is page:
                del self._at[page.address]
        # A name that a page really has goes before one that it got for want of its own.
        for page, wanted in sorted(moving.items(), key=lambda one: self._is_renamed(*one)):
            there = self._at.get(wanted)
            if there is not None and there.files:
                self.assign_address(page, self._numbered(f"{wanted}-"))
                path = page.files[page.leading_language()]
                self.renamed.append(f"{path} → /{page.address}/, because another page has /{wanted}/")
            else:
                if there is not None:
                    self.assign_address(there, self._numbered(f"{wanted}-former"))
                    yield there, there.address
                self.assign_address(page, wanted)
            yield page, page.address

    def _asking_anew(self, pages: Iterable[FilePage]) -> dict[FilePage, str]:
        """Return the addresses that pages want, where they did not want those before."""
        moving = {}
        for page in pages:
            if not page.files:
                # Should it come back, it asks anew: another page may have its address by then, or have left it.
                page.wanted_address = None
            if not page.source_language:
                # None of its texts could be read yet: it keeps no address from others.
                continue
            try:
                wanted = self.wanted_address(page)
            except ValueError as error:
                self.skipped.append(SkippedFile(page.files[page.leading_language()], str(error)))
                continue
            if wanted is not None and wanted != page.wanted_address:
                page.wanted_address = wanted
                moving[page] = wanted
        return self._waiting_for({page.address for page in pages if not page.files}) | moving

    def _waiting_for(self, left: Collection[str | None]) -> dict[FilePage, str]:
        """Return for each address the page that wanted it when it was another's: of several, the first by its key."""
        if not left:
            return {}
        waiting = (page for page in self._at.values() if page.files and page.wanted_address in left)
        first: dict[str, FilePage] = {}
        for page in sorted(waiting, key=lambda page: (page.key, str(page.identifier))):
            if page.wanted_address and page.wanted_address != page.address:
                first.setdefault(page.wanted_address, page)
        return {page: wanted for wanted, page in first.items()}

    def _is_renamed(self, page: FilePage, wanted: str) -> bool:
        path = page.files[page.leading_language()]
        return any(words.startswith(f"{path} → /{wanted}/") for words in self.renamed)

    def _numbered(self, start: str) -> str:
        numbers = iter(range(1 if start.endswith("former") else 2, len(self._at) + 3))
        names = (start if start.endswith("former") and number == 1 else f"{start}{number}" for number in numbers)
        return next(name for name in names if name not in self._at)

    def _note_old_addresses(self, news: PageChanges) -> None:
        if news.page.address is None:
            return
        for language, text in news.texts.items():
            old = parse_aliases(text.aliases, text.location.key, languages=self._languages)
            self.skipped += [SkippedFile(f"{text.file_name}: alias {value}", why) for value, why in old.invalid]
            news.redirects += old.paths
            if language != news.page.leading_language() and any(text.slug_and_url):
                # Readers of that language knew the page by this address.
                with suppress(ValueError):
                    news.redirects.append(
                        build_address(text.location.key, *text.slug_and_url, languages=self._languages)
                    )
        news.redirects = [path for path in dict.fromkeys(news.redirects) if path and path != news.page.address]


def _free_of_reserved(address: str) -> str:
    """Return an address whose parts the site does not need itself: such a name gets a suffix, and hyphens for dots."""
    parts = address.split("/") if address else []
    return "/".join(
        f"{part.replace('.', '-')}-page" if is_reserved_slug(part, at_root=position == 0) else part
        for position, part in enumerate(parts)
    )


def _joined(folder: str, path: str, inside: Collection[str] | None = None) -> str:
    """Return a path below a folder, or below one of those named; "" where it leads out."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    tops = [folder] if inside is None else inside
    is_inside = any(not top or joined.startswith(f"{top}/") for top in tops) and not joined.startswith("../")
    return joined if is_inside and joined != ".." else ""
