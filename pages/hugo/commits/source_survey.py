"""Surveying the files of all commits, by paths and blob ids, before any commit is tracked.

What the source is like at its end decides how its beginning is read: a text that was moved into the content folder
keeps its past, and an index that is added later changes nothing about earlier commits.
"""

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pages.hugo.commits.commit_changes import FileChange
from pages.hugo.commits.declarations import locate_page_text
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.renames import TextFile, match_renames
from pages.hugo.site_structure.detection import NoContentFound
from pages.hugo.site_structure.file_names import is_below, is_config, is_text
from pages.hugo.site_structure.reading_options import InvalidOption
from pages.hugo.site_structure.site_config import AmbiguousStructure
from pages.hugo.site_structure.structure import SiteStructure, TextLocation, bare_structure, content_folder
from pages.hugo.site_structure.translated_folders import with_translated_folders
from pages.text.messages import Message

# The texts that a commit deleted and added, by path with their blobs.
_TextMoves = tuple[dict[str, str], dict[str, str]]


class SourceSurvey:
    """Collects the files of commits, the oldest first, and decides how a tracker reads them."""

    def __init__(self) -> None:
        # The blob of each text and config at the end, and the last blob of each that ever existed.
        self._blobs: dict[str, str] = {}
        self._last_blobs: dict[str, str] = {}
        self._moves: list[_TextMoves] = []

    def add(self, changes: Iterable[FileChange]) -> None:
        """Add the changes of a commit."""
        deleted: dict[str, str] = {}
        added: dict[str, str] = {}
        for change in changes:
            if not is_text(change.path) and not is_config(change.path):
                continue
            before = self._blobs.pop(change.path, "")
            if change.blob:
                self._blobs[change.path] = self._last_blobs[change.path] = change.blob
            if is_text(change.path) and bool(before) != bool(change.blob):
                (deleted if before else added)[change.path] = before or change.blob
        if deleted and added:
            self._moves.append((deleted, added))

    def decide(self, tracker: PageTracker) -> None:
        """Tell the tracker how to read all commits. Raises InvalidOption if a given folder never had a text."""
        for folder in tracker.options.content:
            if not any(is_text(path) and is_below(folder, path) for path in self._last_blobs):
                raise InvalidOption(
                    Message(
                        "--content: there are no Markdown files in %(folder)s.", folder=folder or Message("the source")
                    )
                )
        probe = self._probe(tracker)
        structure = _detect(probe)
        translated = with_translated_folders(structure or bare_structure(tracker.default), self._last_blobs)
        tracker.default = replace(
            tracker.default,
            language_parents=translated.language_parents,
            suffix_folders=translated.suffix_folders,
            source_folders=translated.source_folders,
        )
        if structure is None and not translated.source_folders:
            return
        structure = translated
        moved = dict([*self._declared_texts(structure, probe), *self._moved_texts(structure, tracker)])
        moved_texts = tuple((path, place.language, place.key) for path, place in sorted(moved.items()))
        # Not in the default: where a site already had its content, the source did not publish what was outside of it.
        structure = replace(structure, moved_texts=moved_texts)
        if not self._has_site(tracker.default):
            tracker.fixed_structure = structure
        elif moved_texts:
            tracker.fallback_structure = structure

    def _probe(self, tracker: PageTracker) -> PageTracker:
        """Return a tracker for the files at the end, or, if no texts are left then, for all that ever existed."""
        probe = PageTracker(tracker.read, tracker.default, options=tracker.options)
        probe.blobs = self._blobs if any(map(is_text, self._blobs)) else self._last_blobs
        return probe

    def _has_site(self, default: SiteStructure) -> bool:
        """Tell whether there ever was a config or a content folder, so that the structure can change with them."""
        bare = bare_structure(default)
        return any(is_config(path) or content_folder(path, bare) for path in self._last_blobs)

    @staticmethod
    def _declared_texts(structure: SiteStructure, probe: PageTracker) -> Iterator[tuple[str, TextLocation]]:
        """Yield the texts that only their front matter gives a language: earlier it may have had none."""
        if structure.requires_language:
            for path in filter(structure.has_unknown_language, filter(is_text, probe.blobs)):
                if location := locate_page_text(structure, path, probe.declared(path)):
                    yield path, location

    def _moved_texts(self, structure: SiteStructure, tracker: PageTracker) -> Iterator[tuple[str, TextLocation]]:
        """Yield the texts that were moved to where texts are, with their places there, the latest moves first."""
        moved: dict[str, TextLocation] = {}
        bare = bare_structure(structure)
        for deleted, added in reversed(self._moves):
            # A text in a folder “content” was where texts are at that time.
            outside = [
                path
                for path in deleted
                if not structure.can_be_text(path) and not content_folder(path, bare) and path not in moved
            ]
            places = {path: moved.get(path) or locate_page_text(structure, path) for path in added}
            inside = [path for path in added if places[path]]
            if not outside or not inside:
                continue
            old = [_text_file(path, deleted[path]) for path in outside]
            new = [_text_file(path, added[path]) for path in inside]
            for before, after in match_renames(old, new, tracker.read):
                if place := places[after.path]:
                    moved[before.path] = place
                    yield before.path, place


def _text_file(path: str, blob: str) -> TextFile:
    # The language of a text outside of the content folder is not known, hence none for all.
    return TextFile(path, "", posixpath.splitext(path)[0], blob)


def _detect(probe: PageTracker) -> SiteStructure | None:
    try:
        return probe.detect_structure()
    except (NoContentFound, AmbiguousStructure):
        # Earlier commits may show a structure nevertheless.
        return None
