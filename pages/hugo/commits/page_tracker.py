"""Tracking which page each file is a text of, commit by commit, by paths and blob ids.

A renamed file remains a text of its page. The key of a page follows its leading file.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from pages.hugo.commits.commit_changes import (
    CommitChanges,
    FileChange,
    FilePage,
    ReadBlobs,
    SkippedFile,
    is_relevant,
    is_reportable,
)
from pages.hugo.commits.declarations import Declarations
from pages.hugo.commits.parsed_texts import ParsedTexts
from pages.hugo.commits.publishing_rules import PublishingRules
from pages.hugo.commits.renames import TextFile, match_renames
from pages.hugo.commits.text_files import ParsedText
from pages.hugo.site_details.reading import jekyll_values
from pages.hugo.site_structure.declared_locations import NOTHING_DECLARED, DeclaredLocation, parse_language
from pages.hugo.site_structure.detection import NoContentFound, detect_structure
from pages.hugo.site_structure.file_names import is_below, is_config, is_text
from pages.hugo.site_structure.reading_options import NO_OPTIONS, ReadingOptions
from pages.hugo.site_structure.site_config import AmbiguousStructure, language_tag
from pages.hugo.site_structure.structure import SiteStructure, TextLocation, bare_structure
from pages.hugo.withholding.front_matter import read_front_matter
from pages.hugo.withholding.settings import is_certain
from pages.hugo.withholding.withheld import Withholding
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message, message_of, reason_of

# The keys for the language of a site of which its readers' programs are told; `default_lang` is one of a Jekyll plugin.
_LANGUAGE_KEYS = ("languagecode", "lang", "locale", "language")

# Identifiers of pages are derived from the commit and the key, so that the same history always makes the same pages.
_NAMESPACE = uuid.UUID("6d0c1f9e-58a1-5a35-9c65-0f1f1de0b5c1")


class PageTracker:
    """The files after the last commit applied, and the pages that they belong to.

    `default` is the structure to detect others from. If `only_languages` is not empty, texts in other languages are
    ignored.
    """

    def __init__(
        self,
        read: ReadBlobs,
        default: SiteStructure,
        only_languages: frozenset[str] = frozenset(),
        options: ReadingOptions = NO_OPTIONS,
    ):
        self.read, self.default, self._only_languages, self.options = read, default, only_languages, options
        # The structure of every commit, if it is known beforehand; and one for commits that show none.
        self.fixed_structure: SiteStructure | None = None
        self.fallback_structure: SiteStructure | None = None
        self.parsed = ParsedTexts(read)
        self.structure: SiteStructure | None = None
        # Why there is no structure, or why the last one could not be updated.
        self.structure_error = message_of("")
        # The blob of every text, picture and config, by path.
        self.blobs: dict[str, str] = {}
        self.locations: dict[str, TextLocation] = {}
        self._declarations = Declarations()
        self._rules = PublishingRules(read, ZoneInfo(settings.TIME_ZONE))
        self.owners: dict[str, FilePage] = {}
        self.pages_by_key: dict[str, FilePage] = {}
        self._paths_by_key: defaultdict[str, set[str]] = defaultdict(set)
        # The texts that show a picture, by the picture's path.
        self.texts_by_picture: defaultdict[str, set[tuple[FilePage, str]]] = defaultdict(set)

    def apply(self, file_changes: Iterable[FileChange], commit_name: str) -> CommitChanges:
        """Apply the changes of a commit. If a file is listed twice, its last change counts."""
        latest = {change.path: change for change in file_changes if is_reportable(change.path) or change.skip_reason}
        reportable = {path: change for path, change in latest.items() if is_reportable(path)}
        changed = {path: change for path, change in reportable.items() if is_relevant(path)}
        skipped = [SkippedFile(path, change.skip_reason) for path, change in changed.items() if change.skip_reason]
        changes = CommitChanges(commit_name, skipped=skipped)
        old_blobs = {path: self.blobs.get(path, "") for path in changed}
        self._update_blobs(changed.values())
        changes.created_or_deleted = frozenset(
            path for path, blob in old_blobs.items() if is_text(path) and bool(blob) != (path in self.blobs)
        )
        relocated = self._update_structure(old_blobs, changes)
        changes.skipped += self._skipped_links(latest.values())
        texts = sorted(self._read_declarations(path for path in {*changed, *relocated} if is_text(path)))
        existing = (path for path, change in reportable.items() if change.blob)
        # Not only changed files: a new structure can turn any file into one with an unknown language.
        changes.skipped += self._skipped_texts(sorted({*existing, *filter(self.blobs.__contains__, texts)}))
        self._track_texts(texts, old_blobs, changes)
        self._update_rules(changed, changes)
        # A text with a changed picture is a changed text, though its own file is the same.
        for path in changed:
            for page, language in self.texts_by_picture.get(path, ()):
                if language in page.files:
                    changes.mark_changed(page, language)
        return changes

    def withhold(self, path: str, text: ParsedText) -> Withholding:
        """Return why and when the generator does not publish a text."""
        return self._rules.withhold(path, text.keys)

    def publishes(self, path: str, at: datetime) -> bool:
        """Tell whether the generator publishes a text at a time; one that cannot be read counts as withheld."""
        parsed = dict(self.parsed.parse([self.blobs[path]])).get(self.blobs[path])
        return isinstance(parsed, ParsedText) and not self.withhold(path, parsed).reason_at(at)

    def withholds_unreadable(self, path: str) -> bool:
        """Tell whether the generator does not publish a text that cannot be imported, such as one with JSON."""
        try:
            keys = read_front_matter(self._read_file(path) or b"")
        except ValueError:
            return False
        return bool(self._rules.withhold(path, keys).reason)

    def update_keys(self, path: str) -> tuple[str, ...]:
        """Return the keys of front matter that date a text, the date of its last update first."""
        file = self.structure.content_file(path) if self.structure else None
        return self._rules.update_keys(file.language if file else "")

    @property
    def gives_dates(self) -> bool:
        """Tell whether a text can have a date that its own front matter does not have."""
        return self._rules.gives_dates

    @property
    def config_values(self) -> Mapping[str, Value]:
        """The values of the site's config, with keys in lower case, in the form of Hugo's."""
        if self._rules.config is None and self._rules.jekyll_config is not None:
            return jekyll_values(self._rules.jekyll_config)
        return self._rules.config or {}

    def permalinks(self, path: str) -> Value | None:
        """Return the patterns of addresses for a text: those of its language, if the config has any."""
        file = self.structure.content_file(path) if self.structure else None
        languages = self.config_values.get("languages")
        for name, own in languages.items() if isinstance(languages, dict) else ():
            if file and language_tag(name) == file.language and isinstance(own, dict) and "permalinks" in own:
                return own["permalinks"]
        return self.config_values.get("permalinks")

    @property
    def collections(self) -> Value | None:
        """The collections in the site's Jekyll config."""
        return None if self._rules.config is not None else (self._rules.jekyll_config or {}).get("collections")

    @property
    def config_language(self) -> str:
        """The code of the language in which the config says that texts are which name none; empty if it does not.

        Hugo's own key for it is a part of the structure.
        """
        config = self._rules.config if self._rules.config is not None else self._rules.jekyll_config or {}
        has_languages = "languages" in config or "defaultcontentlanguage" in config
        values = (config.get(key) for key in ("default_lang", *(() if has_languages else _LANGUAGE_KEYS)))
        return next(filter(None, (parse_language(value) for value in values if isinstance(value, str))), "")

    @property
    def removes_accents(self) -> bool:
        """Whether addresses have no accents, as the config says."""
        return is_certain(self.config_values.get("removepathaccents", ""))

    def sections(self, path: str) -> list[str]:
        """Return the folders of the section that a text is in, the top one first."""
        return self._rules.sections(path)

    def locate_text(self, path: str) -> TextLocation | None:
        """Return the language and page of a file if it exists and is a text in one of the wanted languages."""
        location = self._declarations.locate(path, self.structure) if self.structure and path in self.blobs else None
        is_wanted = location and (not self._only_languages or location.language in self._only_languages)
        return location if is_wanted else None

    @property
    def follows_jekyll(self) -> bool:
        return self.structure is not None and self.structure.follows_jekyll

    def names_language(self, path: str) -> bool:
        """Tell whether the path or the front matter of a text names its language."""
        declared = self._declarations.of(path)
        return self.structure is not None and self.structure.names_language(path, declared)

    def has_unknown_language(self, path: str) -> bool:
        """Tell whether a file is where texts are, but nothing tells its language."""
        return self.structure is not None and self.structure.has_unknown_language(path, self._declarations.of(path))

    def restore(self, files: Iterable[FileChange], structure: SiteStructure | None, pages: Sequence[FilePage]) -> None:
        """Start from the files of an earlier import and from the pages that they belong to.

        The keys of pages follow their leading files; deleted pages keep theirs.
        """
        self.structure = structure
        self.blobs = {file.path: file.blob for file in files if file.blob and is_relevant(file.path)}
        self._update_locations(self._read_declarations(path for path in self.blobs if is_text(path)))
        if structure:
            self._rules.update(self.blobs, self.blobs, structure)
        for page in pages:
            page.files = {language: path for language, path in page.files.items() if path in self.locations}
            self.owners |= dict.fromkeys(page.files.values(), page)
            if path := page.leading_file:
                page.key = self.locations[path].key
            existing, is_known = self.pages_by_key.get(page.key), bool(page.files or page.last_file)
            if is_known and (existing is None or page.files or not existing.files):
                self.pages_by_key[page.key] = page

    def _update_rules(self, changed: Iterable[str], changes: CommitChanges) -> None:
        """Update what decides on publishing. Texts that it can concern are changed, though their own files are not."""
        if self.structure is None:
            return
        # What came before the first text counts as well.
        paths = {*self.blobs, *changed} if changes.structure else changed
        folders = self._rules.update(paths, self.blobs, self.structure)
        changes.skipped += self._rules.skipped
        beginnings = tuple(f"{folder}/" if folder else "" for folder in folders)
        for path, page in self.owners.items() if folders else ():
            if path.startswith(beginnings):
                changes.mark_changed(page, self.locations[path].language)

    # --- Files and structure ------------------------------------------------------------------------------------------

    def _update_blobs(self, file_changes: Iterable[FileChange]) -> None:
        for change in file_changes:
            if change.blob:
                self.blobs[change.path] = change.blob
            else:
                self.blobs.pop(change.path, None)

    def _update_structure(self, old_blobs: Mapping[str, str], changes: CommitChanges) -> Iterable[str]:
        """Detect the structure again if it can have changed. Return the texts that must be located again."""
        if self.fixed_structure:
            return self._set_structure(self.fixed_structure, changes)
        # The structure depends on which files exist, and on the content of configs only.
        candidates = [path for path, blob in old_blobs.items() if is_config(path) or bool(blob) != (path in self.blobs)]
        if not candidates and (self.structure or self.structure_error):
            return ()
        has_texts = any(path in self.blobs for path in self.locations)
        is_detected = self.structure is not None and self.structure != self.fallback_structure
        if self.structure and is_detected and has_texts and not any(map(self.structure.can_change_with, candidates)):
            return ()
        try:
            structure = self.detect_structure()
        except NoContentFound as error:
            self.structure_error = reason_of(error)
            return self._set_structure(self.fallback_structure, changes) if self.fallback_structure else ()
        except AmbiguousStructure as error:
            # Until the config is corrected, the previous structure remains in use.
            self.structure_error = reason_of(error)
            changes.skipped.append(SkippedFile("the site's config", self.structure_error))
            return ()
        return self._set_structure(structure, changes)

    def detect_structure(self) -> SiteStructure:
        """Return the structure that the files show. Raises NoContentFound, AmbiguousStructure."""
        return detect_structure(self.blobs, self._read_file, self.default, self._declares_language, self.options)

    def _set_structure(self, structure: SiteStructure, changes: CommitChanges) -> Iterable[str]:
        """Change the structure, and return the texts that must be located again."""
        if structure == self.structure:
            return ()
        self.structure = changes.structure = structure
        return filter(is_text, self.blobs)

    def _skipped_texts(self, paths: Iterable[str]) -> Iterator[SkippedFile]:
        """Yield the files that are not texts only because of their unknown language or unsupported format."""
        structure, reason = self.structure, "neither its folder nor its name contains a language code."
        if structure is None:
            # Before a site is found, any file could become one of its texts.
            structure = replace(bare_structure(self.default), allows_any_language=False)
            reason = self.structure_error
        for path in paths:
            if structure.has_unknown_language(path, self._declarations.of(path)):
                yield SkippedFile(path, reason)
            elif structure.is_unsupported_text(path):
                yield SkippedFile(path, Message("it is not Markdown; other formats are not imported."))
            elif is_text(path) and any(is_below(folder, path) for folder in structure.unread_folders):
                if not structure.locate_text(path):
                    yield SkippedFile(path, Message("the config mounts it below the content, where it is not read."))
            elif self._is_next_to_content(structure, path):
                yield SkippedFile(path, Message("it is in no content folder of the site."))

    def _skipped_links(self, file_changes: Iterable[FileChange]) -> Iterator[SkippedFile]:
        """Yield the links and submodules in content folders: any text can be behind them."""
        folders = [folder for folder, _ in self.structure.folders] if self.structure else []
        for change in file_changes:
            is_inside = any(folder and is_below(folder, change.path) for folder in folders)
            if change.skip_reason and is_inside and not is_reportable(change.path):
                yield SkippedFile(change.path, change.skip_reason)

    def _is_next_to_content(self, structure: SiteStructure, path: str) -> bool:
        """Tell whether a file looks like a text in a wrong folder. If the owner named the folders, others are not."""
        return not self.options.content and structure.is_next_to_content(path) and not structure.locate_text(path)

    def _read_file(self, path: str) -> bytes | None:
        blob = self.blobs.get(path)
        return self.read([blob]).get(blob) if blob else None

    def declared(self, path: str) -> DeclaredLocation:
        """Return what an existing text declares."""
        self._parse_declarations([path])
        return self._declarations.of(path)

    def _declares_language(self, path: str) -> bool:
        return bool(self.declared(path).language)

    def _read_declarations(self, paths: Iterable[str]) -> set[str]:
        """Read what the texts at these paths declare. Return them with those that their translation keys affect."""
        texts = set(paths)
        for path in texts.difference(self.blobs):
            self._declarations.forget(path)
        if self.structure is None:
            return texts
        self._parse_declarations(filter(self.structure.can_be_text, texts.intersection(self.blobs)))
        return texts | self._declarations.update_translations(texts, self.structure)

    def _parse_declarations(self, paths: Iterable[str]) -> None:
        paths_by_blob: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            if not self._declarations.is_known(path, self.blobs[path]):
                paths_by_blob[self.blobs[path]].append(path)
        for blob, parsed in self.parsed.parse(sorted(paths_by_blob)):
            declared = parsed.declared if isinstance(parsed, ParsedText) else NOTHING_DECLARED
            for path in paths_by_blob[blob]:
                self._declarations.record(path, blob, declared)

    def _update_locations(self, paths: Iterable[str]) -> None:
        for path in paths:
            if before := self.locations.pop(path, None):
                self._paths_by_key[before.key].discard(path)
            if location := self.locate_text(path):
                self.locations[path] = location
                self._paths_by_key[location.key].add(path)

    # --- Texts and their pages ----------------------------------------------------------------------------------------

    def _track_texts(self, paths: Sequence[str], old_blobs: Mapping[str, str], changes: CommitChanges) -> None:
        """Update the owners of the texts at these paths."""
        deleted, added = self._compare_locations(paths, old_blobs, changes)
        self._update_locations(paths)
        pairs = self._match_files(deleted, added)
        # Collect the owners before any file gets a new one: a path can be both deleted and added.
        owners = {file.path: self.owners.pop(file.path, None) for file in deleted}
        self._detach_deleted(deleted, owners, changes)
        renamed = self._attach_renamed(pairs, owners, changes)
        self._update_keys(changes)
        for added_file in added:
            if added_file.path not in renamed:
                self._attach_by_location(added_file.path, changes)
        for deleted_file in deleted:
            self._attach_duplicate(deleted_file, changes)
        for page in changes.pages:
            self._update_source_language(page, changes)
        # Again, because another source language means another leading file.
        self._update_keys(changes)

    def _compare_locations(
        self, paths: Sequence[str], old_blobs: Mapping[str, str], changes: CommitChanges
    ) -> tuple[list[TextFile], list[TextFile]]:
        """Return the texts that left and entered a location; note those that were edited in place."""
        deleted: list[TextFile] = []
        added: list[TextFile] = []
        for path in paths:
            before, after = self.locations.get(path), self.locate_text(path)
            old_blob = old_blobs.get(path, self.blobs.get(path, ""))
            if before == after:
                if before and old_blob != self.blobs[path]:
                    self._note_edited(path, changes)
                continue
            if before:
                deleted.append(TextFile(path, before.language, before.key, old_blob))
            if after:
                added.append(TextFile(path, after.language, after.key, self.blobs[path]))
        return deleted, added

    def _note_edited(self, path: str, changes: CommitChanges) -> None:
        if page := self.owners.get(path):
            changes.mark_changed(page, self.locations[path].language)
        else:
            self._attach_by_location(path, changes)

    def _match_files(self, deleted: list[TextFile], added: list[TextFile]) -> list[tuple[TextFile, TextFile]]:
        """Pair deleted and added files: those of the same page and language first, then renames."""
        unmatched = {(file.language, file.key): file for file in deleted}
        pairs, rest = [], []
        for file in added:
            if match := unmatched.pop((file.language, file.key), None):
                pairs.append((match, file))
            else:
                rest.append(file)
        return pairs + match_renames(unmatched.values(), rest, self.read)

    def _detach_deleted(
        self, deleted: Iterable[TextFile], owners: Mapping[str, FilePage | None], changes: CommitChanges
    ) -> None:
        for file in deleted:
            if file.path in self.blobs and file.path not in self.locations:
                reason = Message("it is no longer in a content folder of the site.")
                changes.skipped.append(SkippedFile(file.path, reason))
            if page := owners[file.path]:
                page.files.pop(file.language, None)
                changes.files[file.path] = None
                changes.deleted.setdefault(page, []).append(file.path)
                changes.mark_changed(page)

    def _attach_renamed(
        self, pairs: Iterable[tuple[TextFile, TextFile]], owners: Mapping[str, FilePage | None], changes: CommitChanges
    ) -> set[str]:
        """Attach renamed files to the pages that they belonged to. Return the paths of those that could be."""
        attached = set()
        for deleted_file, added_file in pairs:
            page, existing = owners[deleted_file.path], self.pages_by_key.get(added_file.key)
            is_key_taken = existing is not None and existing is not page and bool(existing.files)
            if page is None or is_key_taken or added_file.language in page.files:
                continue
            self._attach(page, added_file.path, changes)
            attached.add(added_file.path)
        return attached

    def _attach(self, page: FilePage, path: str, changes: CommitChanges) -> None:
        language = self.locations[path].language
        page.files[language] = path
        self.owners[path] = page
        changes.files[path] = (page, language)
        changes.mark_changed(page, language)

    def _detach(self, page: FilePage, path: str, changes: CommitChanges) -> None:
        page.files.pop(self.locations[path].language, None)
        self.owners.pop(path, None)
        changes.mark_changed(page)

    def _attach_by_location(self, path: str, changes: CommitChanges) -> None:
        """Attach a file to the page of its key. The page is created if there is none."""
        location = self.locations[path]
        page = self.pages_by_key.get(location.key) or self._create_page(location.key, changes)
        other_path = page.files.get(location.language)
        if other_path == path:
            return
        if other_path is None:
            self._attach(page, path, changes)
        elif self.locations[other_path].key != location.key:
            # The other file belongs to this page only because it was renamed. It goes to the page of its own key.
            self._detach(page, other_path, changes)
            self._attach(page, path, changes)
            self._attach_by_location(other_path, changes)
        else:
            self._choose_duplicate(page, other_path, path, changes)

    def _choose_duplicate(self, page: FilePage, owned_path: str, path: str, changes: CommitChanges) -> None:
        """Decide which of two files is the text of a page in their language: the one that Hugo publishes."""
        chosen, skipped = owned_path, path
        if self._precedence(path) > self._precedence(owned_path):
            chosen, skipped = path, owned_path
            del self.owners[owned_path]
            changes.files[owned_path] = None
            self._attach(page, path, changes)
        if self.blobs[skipped] != self.blobs[chosen]:
            reason = Message("%(file)s already has the text of this page.", file=chosen)
            changes.skipped.append(SkippedFile(skipped, reason))

    def _precedence(self, path: str) -> tuple[int, str, tuple[int, ...]]:
        return self.structure.precedence(path) if self.structure else (0, "", ())

    def _create_page(self, key: str, changes: CommitChanges) -> FilePage:
        page = FilePage(uuid.uuid5(_NAMESPACE, f"{changes.commit_name} {key}"), key)
        self.pages_by_key[key] = page
        for path in sorted(self._paths_by_key[key]):
            if (owner := self.owners.get(path)) and owner is not page:
                self._detach(owner, path, changes)
                self._attach(page, path, changes)
        return page

    def _attach_duplicate(self, deleted_file: TextFile, changes: CommitChanges) -> None:
        """Attach another file with the location of a deleted one, if it was skipped as a duplicate until now."""
        page = self.pages_by_key.get(deleted_file.key)
        if page is None or deleted_file.language not in page.files:
            paths = [
                path
                for path in self._paths_by_key[deleted_file.key]
                if path not in self.owners and self.locations[path].language == deleted_file.language
            ]
            if paths:
                self._attach_by_location(max(paths, key=self._precedence), changes)

    # --- Keys and source languages ------------------------------------------------------------------------------------

    def _update_keys(self, changes: CommitChanges) -> None:
        """Let the key of every changed page follow its leading file."""
        keys = {page: self.locations[path].key for page in changes.pages if (path := page.leading_file)}
        moved = {page: key for page, key in keys.items() if key != page.key}
        for page in moved:
            if self.pages_by_key.get(page.key) is page:
                del self.pages_by_key[page.key]
        for page, key in moved.items():
            existing = self.pages_by_key.get(key)
            if existing is not None and existing.files:
                # The key is taken: the files go to the pages of their own keys.
                for path in list(page.files.values()):
                    self._detach(page, path, changes)
                    self._attach_by_location(path, changes)
                continue
            page.key, self.pages_by_key[key] = key, page

    @staticmethod
    def _update_source_language(page: FilePage, changes: CommitChanges) -> None:
        """If the text in the source language is deleted, use one in the same language with another code, if any."""
        if page.source_language and page.source_language not in page.files:
            language = page.source_language.partition("-")[0]
            if same_language := sorted(code for code in page.files if code.partition("-")[0] == language):
                page.source_language = same_language[0]
                changes.renamed_sources.add(page)
