"""The files of the site, event by event: which text or picture stands at which path. No byte of them is read."""

from collections.abc import Iterable, Mapping

from pages.hugo.exporting.address_history import AddressChange, AddressHistory
from pages.hugo.exporting.exported_records import ExportedRecord, ExportedText
from pages.hugo.exporting.exported_structure import (
    CONFIG,
    build_config,
    default_structure,
    language_folder,
    matching_structure,
)
from pages.hugo.exporting.file_names import FileNames, TextKey
from pages.hugo.exporting.picture_paths import picture_path
from pages.hugo.site_structure.addresses import build_address
from pages.hugo.site_structure.structure import SiteStructure
from pages.models import ImportedCommit
from pages.models.publication_record import Kind
from pages.publishing.importing.stored_state import FROM_FILES

# A text by its revision's key, a picture by its digest, or the bytes themselves.
FileReference = int | str | bytes


class SiteFiles:
    """The tree as it is after the last event."""

    def __init__(self, addresses: AddressHistory):
        self.addresses, self.names = addresses, FileNames()
        self.structure, self._is_stored = default_structure(), False
        self._without_structure: set[str] = set()
        self.tree: dict[str, FileReference] = {}
        # Pages that were moved by somebody here.
        self.moved_here: set[str] = set()
        self._shown: dict[str, dict[str, ExportedText]] = {}
        self._withdrawn: set[str] = set()
        # What each text brings, and who brings what is at a path: several texts can show one picture.
        self._brought: dict[TextKey, dict[str, FileReference]] = {}
        self._at: dict[str, dict[TextKey, FileReference]] = {}
        self._folders: dict[str, dict[str, None]] = {}
        self._changed: dict[TextKey, None] = {}
        self._config: object = None
        # The texts whose files are named by their languages: while there are any, no config tells how to read all.
        self._named_by_language: set[TextKey] = set()

    def apply(self, step: Iterable[ExportedRecord]) -> dict[str, FileReference | None]:
        """Go on by the events that are one commit; return what stands at the paths that changed, None where it went."""
        self._changed = {}
        for event in step:
            page = self.addresses.identifiers.get(event.page, "")
            moved = self.addresses.go_on(event.number)
            if event.kind == Kind.IMPORT and event.commit:
                self._follow(event.commit)
            elif event.kind == Kind.PUBLISH:
                self._publish(page, event)
            elif event.kind == Kind.WITHDRAW:
                self._withdrawn.add(page)
                self._touch(page)
            elif event.kind == Kind.BRING_BACK:
                self._withdrawn.discard(page)
                self._touch(page)
            elif event.kind == Kind.MOVE and not event.commit:
                self._move(moved)
        self._name_the_rest()
        return self._changes()

    def files_of(self, owner: TextKey, text: ExportedText) -> dict[str, FileReference]:
        """Return what a text brings: its own file, and its pictures'."""
        path = self.names.paths[owner]
        pictures = {
            picture_path(reference, path, self.structure): digest for reference, digest in text.pictures.items()
        }
        pictures.pop("", None)
        return {path: text.revision, **pictures}

    # --- Events -------------------------------------------------------------------------------------------------------

    def _follow(self, commit: ImportedCommit) -> None:
        """Let the files be whose the commit says."""
        if commit.site_structure:
            self._turn(SiteStructure.from_json(commit.site_structure))
            self._is_stored = True
        for path in commit.files:
            self._changed |= {owner: None for owner in [self.names.leave(path)] if owner}
        for path, owned in sorted(commit.files.items()):
            if owned:
                self._take((owned[0], owned[1]), path)

    def _turn(self, structure: SiteStructure) -> None:
        if structure != self.structure:
            self.structure, self._folders = structure, {}
            self._changed |= dict.fromkeys(self._brought)

    def _take(self, owner: TextKey, path: str) -> None:
        other = self.names.take(owner, path)
        self._changed |= {one: None for one in (owner, other) if one}

    def _publish(self, page: str, event: ExportedRecord) -> None:
        old = self._shown.get(page, {})
        self._shown[page] = event.texts
        for language in sorted({*old, *event.texts}):
            before, after = old.get(language), event.texts.get(language)
            if not _is_same(before, after):
                self._changed[page, language] = None
                if after and after.file_name and not event.commit:
                    self._come_from_tree((page, language), after.file_name, event.actor_name)

    def _come_from_tree(self, owner: TextKey, path: str, who: str) -> None:
        """Let a text that a tree brought have its file again, if that can be read as what it is."""
        if owner in self.names.paths and (who not in FROM_FILES or self.names.paths[owner] == path):
            return
        if self._is_read(path, owner[1]) or self._finds_structure(path, owner[1]):
            self._take(owner, path)

    def _is_read(self, path: str, language: str) -> bool:
        place = self.structure.locate_text(path)
        return place is not None and place.language == language

    def _finds_structure(self, path: str, language: str) -> bool:
        """Turn to a structure by which a file can be read as well as all that are there, if there is one."""
        if self._is_stored or language in self._without_structure:
            return False
        known = {at: of for (_, of), at in self.names.paths.items()}
        if structure := matching_structure(self.structure, {path: language, **known}):
            self._turn(structure)
            return True
        # All files are gone through for an answer: it is not asked for each text of the language.
        self._without_structure.add(language)
        return False

    def _touch(self, page: str) -> None:
        self._changed |= {(page, language): None for language in sorted(self._shown.get(page, {}))}

    def _move(self, moved: Mapping[str, AddressChange]) -> None:
        """Rename the files of pages that were moved here. Where a text names its own address, its file stays."""
        renamed = {}
        for page, move in moved.items():
            self.moved_here.add(page)
            for owner, path in sorted(self.names.of_page(page).items()):
                place = self.structure.locate_text(path)
                if place and _address_of(place.key) == move.old:
                    is_section = path.rpartition("/")[2].startswith("_index")
                    renamed[owner] = self.structure.path_for(owner[1], move.new, path, is_section=is_section)
                    self.names.leave(path)
        for owner, path in renamed.items():
            self._changed[owner] = None
            if self.names.owner(path) is None:
                self._take(owner, path)

    # --- What it comes to ---------------------------------------------------------------------------------------------

    def _text(self, owner: TextKey) -> ExportedText | None:
        page, language = owner
        return None if page in self._withdrawn else self._shown.get(page, {}).get(language)

    def _name_the_rest(self) -> None:
        for owner in [owner for owner in sorted(self._changed) if owner not in self.names.paths and self._text(owner)]:
            address = self.addresses.paths.get(owner[0], owner[0])
            below = f"{address}/"
            is_section = not self._is_stored or any(
                self.addresses.paths.get(page, "").startswith(below) for page in self._shown
            )
            self.names.make(owner, address, self.structure, is_section=is_section)

    def _changes(self) -> dict[str, FileReference | None]:
        touched: dict[str, None] = {}
        for owner in self._changed:
            self._named_by_language.discard(owner)
            for path in self._brought.pop(owner, ()):
                del self._at[path][owner]
                touched[path] = None
        for owner in sorted(self._changed):
            if text := self._text(owner):
                self._brought[owner] = files = self.files_of(owner, text)
                touched |= dict.fromkeys(files)
                for path, file in files.items():
                    self._at.setdefault(path, {})[owner] = file
                self._folders.setdefault(owner[1], {})[language_folder(self.names.paths[owner], self.structure)] = None
                if self.structure.is_named_by_language(self.names.paths[owner]):
                    self._named_by_language.add(owner)
        found = {path: self._standing(path) for path in sorted(touched)}
        changes = {path: file for path, file in {**self._new_config(), **found}.items() if file != self.tree.get(path)}
        for path, file in changes.items():
            if file is None:
                del self.tree[path]
            else:
                self.tree[path] = file
        return changes

    def _standing(self, path: str) -> FileReference | None:
        """Return what stands at a path: of a picture that has changed for some texts alone, what came last."""
        brought = self._at[path]
        if not brought:
            del self._at[path]
            return None
        return next(reversed(brought.values()))

    def _new_config(self) -> dict[str, FileReference | None]:
        if self._named_by_language:
            self._config = None
            return {CONFIG: None}
        told = (self.structure, {language: tuple(folders) for language, folders in self._folders.items()})
        if told == self._config:
            return {}
        self._config = told
        return {CONFIG: build_config(self.structure, self._folders)}


def _is_same(one: ExportedText | None, other: ExportedText | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.revision, one.pictures) == (other.revision, other.pictures)


def _address_of(key: str) -> str | None:
    try:
        return build_address(key)
    except ValueError:
        return None
