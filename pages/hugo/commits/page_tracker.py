"""Which page each file is a text of, commit by commit: what came, changed, moved and went. No text is read for it.

A file stays its page's text wherever it goes; a page stands where its leading file does.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pages.hugo.commits.commit_changes import (
    CommitChanges,
    FileChange,
    FilePage,
    SkippedFile,
    can_be_relevant,
    is_relevant,
)
from pages.hugo.commits.renames import AddedFile, DeletedFile, match_renames
from pages.hugo.site_structure.addresses import lowercase
from pages.hugo.site_structure.detection import NoContentFound, detect_structure
from pages.hugo.site_structure.file_names import is_config, is_text
from pages.hugo.site_structure.site_config import AmbiguousStructure
from pages.hugo.site_structure.structure import UNKNOWN_STRUCTURE, SiteStructure, TextLocation

# Of one name for one commit and key, so that the same history always makes the same pages.
_NAMESPACE = uuid.UUID("6d0c1f9e-58a1-5a35-9c65-0f1f1de0b5c1")


class PageTracker:
    """The files as they are after the last commit, and whose texts they are."""

    def __init__(
        self,
        read: Callable[[Sequence[str]], Mapping[str, bytes]],
        known_languages: Iterable[str],
        fallback_language: str,
        only: frozenset[str] = frozenset(),
    ):
        self._read, self._only = read, only
        self._known, self._fallback_language = frozenset(known_languages), fallback_language
        self.structure: SiteStructure | None = None
        self.structure_error = ""
        # Texts, pictures and configs, by path.
        self.blobs: dict[str, str] = {}
        self.locations: dict[str, TextLocation] = {}
        self.owners: dict[str, FilePage] = {}
        self.pages_by_key: dict[str, FilePage] = {}
        self._paths_at: defaultdict[str, set[str]] = defaultdict(set)
        # The texts that show a picture, by its path.
        self.texts_by_picture: defaultdict[str, set[tuple[FilePage, str]]] = defaultdict(set)

    def apply(self, changes: Iterable[FileChange], name: str) -> CommitChanges:
        """Go on by one commit of that name: a file that is named twice is what its last change says."""
        named = {change.path: change for change in changes if can_be_relevant(change.path)}
        changed = {path: change for path, change in named.items() if is_relevant(path)}
        step = CommitChanges(
            skipped=[SkippedFile(one.path, one.skip_reason) for one in changed.values() if one.skip_reason]
        )
        old = {path: self.blobs.get(path, "") for path in changed}
        for path, change in changed.items():
            if change.blob:
                self.blobs[path] = change.blob
            else:
                self.blobs.pop(path, None)
        turned = self._update_structure(old, step)
        texts = sorted(path for path in {*changed, *turned} if is_text(path))
        there = (path for path, change in named.items() if change.blob)
        step.skipped += self._no_texts(sorted({*there, *filter(self.blobs.__contains__, texts)}))
        self._follow(texts, old, step, name)
        for path in changed:
            for page, language in self.texts_by_picture.get(path, ()):
                if language in page.files:
                    step.touch(page, language)
        return step

    def _update_structure(self, old: Mapping[str, str], step: CommitChanges) -> Iterable[str]:
        """Read the structure anew if it may be another one now; return the texts whose place is to be looked at."""
        came_or_went = [path for path, blob in old.items() if is_config(path) or bool(blob) != (path in self.blobs)]
        if not came_or_went and (self.structure or self.structure_error):
            return ()
        is_left = any(path in self.blobs for path in self.locations)
        if self.structure and is_left and not any(map(self.structure.can_change_with, came_or_went)):
            return ()
        try:
            structure = detect_structure(
                self.blobs, self._bytes_of, self._known, fallback_language=self._fallback_language
            )
        except NoContentFound as error:
            self.structure_error = str(error)
            return ()
        except AmbiguousStructure as error:
            # Until it is mended, paths are read as they were before.
            self.structure_error = str(error)
            step.skipped.append(SkippedFile("the site's config", str(error)))
            return ()
        if structure == self.structure:
            return ()
        self.structure = step.structure = structure
        return filter(is_text, self.blobs)

    def _no_texts(self, paths: Iterable[str]) -> Iterator[SkippedFile]:
        """Yield the files that could be texts if something told their language, or if they were Markdown."""
        structure, untold = self.structure, "neither its folder nor its name contains a language code."
        if structure is None:
            # Before there is a site, any file could become a text of it.
            structure, untold = replace(UNKNOWN_STRUCTURE, languages=self._known), self.structure_error
        for path in paths:
            if structure.has_unknown_language(path):
                yield SkippedFile(path, untold)
            elif structure.is_unsupported_text(path):
                yield SkippedFile(path, "it is not Markdown; other formats are not imported.")

    def _bytes_of(self, path: str) -> bytes | None:
        blob = self.blobs.get(path)
        return self._read([blob]).get(blob) if blob else None

    def locate_text(self, path: str) -> TextLocation | None:
        """Return which text a file is, if it is one that is wanted."""
        place = locate_page_text(self.structure, path) if self.structure and path in self.blobs else None
        return place if place and (not self._only or place.language in self._only) else None

    # --- Going on -----------------------------------------------------------------------------------------------------

    def restore(self, files: Iterable[FileChange], structure: SiteStructure | None, pages: Iterable[FilePage]) -> None:
        """Begin with files that were there already, and with the pages whose texts they are."""
        self.structure = structure
        self.blobs = {file.path: file.blob for file in files if file.blob and is_relevant(file.path)}
        self._set_places(path for path in self.blobs if is_text(path))
        for page in pages:
            for language, path in list(page.files.items()):
                if path in self.locations:
                    self.owners[path] = page
                else:
                    del page.files[language]

    def restore_keys(self, pages: Sequence[FilePage]) -> None:
        """Let pages stand where their leading files do; those that are gone, where they were."""
        for page in pages:
            if page.files:
                page.key = self.locations[page.files[page.leading_language()]].key
            there, is_known = self.pages_by_key.get(page.key), bool(page.files or page.last_file)
            if is_known and (there is None or page.files or not there.files):
                self.pages_by_key[page.key] = page

    # --- Whose text a file is -----------------------------------------------------------------------------------------

    def _follow(self, paths: Sequence[str], old: Mapping[str, str], step: CommitChanges, name: str) -> None:
        gone: list[DeletedFile] = []
        came: list[AddedFile] = []
        for path in paths:
            before, after = self.locations.get(path), self.locate_text(path)
            blob = old.get(path, self.blobs.get(path, ""))
            if before == after:
                if before and blob != self.blobs[path]:
                    self._change(path, step, name)
                continue
            if before:
                gone.append(DeletedFile(path, before.language, before.key, blob))
            if after:
                came.append(AddedFile(path, after.language, after.key, self.blobs[path]))
        self._set_places(paths)
        pairs = self._pairs(gone, came)
        # Whose files they were, asked before any is given to another page.
        owners = {one.path: self.owners.pop(one.path, None) for one in gone}
        self._leave(gone, owners, step)
        followed = self._move(pairs, owners, {one.path for one in gone}, step)
        self._rekey(step, name)
        for one in came:
            if one.path not in followed:
                self._home(one.path, step, name)
        for one in gone:
            self._let_in_others(one, step, name)
        for page in step.pages:
            self._follow_source(page, step)
        self._rekey(step, name)

    @staticmethod
    def _follow_source(page: FilePage, step: CommitChanges) -> None:
        """Where the source language's text went, one in the same language under another code takes its place."""
        if page.source_language and page.source_language not in page.files:
            spoken = page.source_language.partition("-")[0]
            if same := sorted(code for code in page.files if code.partition("-")[0] == spoken):
                page.source_language = same[0]
                step.renamed_sources.add(page)

    def _set_places(self, paths: Iterable[str]) -> None:
        for path in paths:
            if before := self.locations.pop(path, None):
                self._paths_at[before.key].discard(path)
            if place := self.locate_text(path):
                self.locations[path] = place
                self._paths_at[place.key].add(path)

    def _pairs(self, gone: list[DeletedFile], came: list[AddedFile]) -> list[tuple[DeletedFile, AddedFile]]:
        """Return which file became which: one of the same page and language first, then what looks like it."""
        waiting = {(one.language, one.key): one for one in gone}
        pairs = [(waiting.pop((one.language, one.key)), one) for one in came if (one.language, one.key) in waiting]
        paired = {one.path for _, one in pairs}
        rest = [one for one in came if one.path not in paired]
        return pairs + match_renames(list(waiting.values()), rest, self._read)

    def _leave(self, gone: Iterable[DeletedFile], owners: Mapping[str, FilePage | None], step: CommitChanges) -> None:
        for one in gone:
            if one.path in self.blobs and one.path not in self.locations:
                step.skipped.append(SkippedFile(one.path, "it is no longer in a content folder of the site."))
            if page := owners[one.path]:
                page.files.pop(one.language, None)
                step.files[one.path] = None
                step.touch(page)

    def _move(
        self,
        pairs: Iterable[tuple[DeletedFile, AddedFile]],
        owners: Mapping[str, FilePage | None],
        gone: set[str],
        step: CommitChanges,
    ) -> set[str]:
        """Let files that moved stay their pages' texts; return the paths of those that did."""
        followed = set()
        for old, new in pairs:
            page, there = owners[old.path], self.pages_by_key.get(new.key)
            is_anothers = there is not None and there is not page and bool(there.files)
            if page is None or is_anothers or new.language in page.files:
                continue
            self._own(page, new.path, step)
            followed.add(new.path)
        return followed

    def _own(self, page: FilePage, path: str, step: CommitChanges) -> None:
        language = self.locations[path].language
        page.files[language] = path
        self.owners[path] = page
        step.files[path] = (page, language)
        step.touch(page, language)

    def _rekey(self, step: CommitChanges, name: str) -> None:
        """Let every page stand where its leading file does."""
        keys = {page: self.locations[page.files[page.leading_language()]].key for page in step.pages if page.files}
        moved = {page: key for page, key in keys.items() if key != page.key}
        for page in moved:
            if self.pages_by_key.get(page.key) is page:
                del self.pages_by_key[page.key]
        for page, key in moved.items():
            there = self.pages_by_key.get(key)
            if there is not None and there.files:
                for path in list(page.files.values()):
                    self._give_back(page, path, step)
                    self._home(path, step, name)
                continue
            page.key, self.pages_by_key[key] = key, page

    def _give_back(self, page: FilePage, path: str, step: CommitChanges) -> None:
        page.files.pop(self.locations[path].language, None)
        self.owners.pop(path, None)
        step.touch(page)

    def _home(self, path: str, step: CommitChanges, name: str) -> None:
        """Give a file to the page that its place names, made if there is none."""
        place = self.locations[path]
        page = self.pages_by_key.get(place.key) or self._new_page(place.key, step, name)
        other = page.files.get(place.language)
        if other == path:
            return
        if other is not None:
            if self.locations[other].key == place.key:
                if self.blobs[other] != self.blobs[path]:
                    step.skipped.append(SkippedFile(path, f"{other} already has the text of this page."))
                return
            # A text that followed its page from elsewhere gives way, and goes where its own place is.
            self._give_back(page, other, step)
            self._own(page, path, step)
            self._home(other, step, name)
            return
        self._own(page, path, step)

    def _new_page(self, key: str, step: CommitChanges, name: str) -> FilePage:
        page = FilePage(uuid.uuid5(_NAMESPACE, f"{name} {key}"), key)
        self.pages_by_key[key] = page
        for path in sorted(self._paths_at[key]):
            if (owner := self.owners.get(path)) and owner is not page:
                self._give_back(owner, path, step)
                self._own(page, path, step)
        return page

    def _change(self, path: str, step: CommitChanges, name: str) -> None:
        if page := self.owners.get(path):
            step.touch(page, self.locations[path].language)
        else:
            self._home(path, step, name)

    def _let_in_others(self, gone: DeletedFile, step: CommitChanges, name: str) -> None:
        """A file that had the same place as one that went is read now, though it has not changed."""
        page = self.pages_by_key.get(gone.key)
        if page is None or gone.language not in page.files:
            for path in sorted(self._paths_at[gone.key]):
                if path not in self.owners and self.locations[path].language == gone.language:
                    self._home(path, step, name)
                    return


def locate_page_text(structure: SiteStructure, path: str) -> TextLocation | None:
    """Return which text a file of that path would be. Keys have no case: nor have addresses."""
    place = structure.locate_text(path)
    return place and replace(place, key=lowercase(place.key))
