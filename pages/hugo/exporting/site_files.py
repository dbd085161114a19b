"""The files of the exported site, record by record: which text or picture is at which path."""

from collections.abc import Iterable, Mapping

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.exported_records import ExportedRecord, ExportedText
from pages.hugo.exporting.exported_structure import CONFIG, build_config, language_folder, matching_structure
from pages.hugo.exporting.file_names import FileNames, TextKey, picture_path
from pages.hugo.site_details.writing import ConfigWriter
from pages.hugo.site_structure.addresses import build_address
from pages.hugo.site_structure.structure import SiteStructure, default_structure
from pages.models import ImportedCommit, Picture, Revision
from pages.models.publication_record import RecordKind
from pages.publishing.importing.stored_pages import FILE_COMMANDS

# A text by its revision's primary key, a picture by its digest, or the content itself.
FileReference = int | str | bytes
# In a comment, which no generator shows to readers.
REDACTED = b"<!-- This text was redacted. The SHA-256 digest of what was published: %s -->\n"
# Contents of a batch are held in memory together.
FILES_PER_BATCH = 200


class SiteFiles:
    """The tree after the last record that was applied. It holds references; contents are not read."""

    def __init__(self, addresses: AddressHistory, config_writer: ConfigWriter):
        self.addresses, self.names, self.config_writer = addresses, FileNames(), config_writer
        self.structure, self._is_imported_structure = default_structure(), False
        # Languages with a file that no structure can read together with the other files.
        self._unreadable_languages: set[str] = set()
        self.tree: dict[str, FileReference] = {}
        # Pages that somebody moved on this site.
        self.moved_pages: set[str] = set()
        # By page, then by language.
        self.texts: dict[str, dict[str, ExportedText]] = {}
        self._withdrawn: set[str] = set()
        # The files of each text, and the same by path: several texts can show one picture.
        self._files: dict[TextKey, dict[str, FileReference]] = {}
        self._files_by_path: dict[str, dict[TextKey, FileReference]] = {}
        self._folders: dict[str, set[str]] = {}
        self._changed: dict[TextKey, None] = {}
        # Texts whose files are named by their languages. As long as there are any, no config can describe the files.
        self._named_by_language: set[TextKey] = set()

    def apply(self, records: Iterable[ExportedRecord]) -> dict[str, FileReference | None]:
        """Apply the records of one commit; return the files that changed by path, with None for deleted ones."""
        self._changed = {}
        moves: dict[str, tuple[str, str]] = {}
        is_own = False
        for record in records:
            is_own |= not record.commit
            page = self.addresses.uuid_of(record.page)
            change = self.addresses.advance(record.number)
            if record.kind == RecordKind.COMMIT and record.commit:
                self._apply_commit(record.commit)
            elif record.kind == RecordKind.PUBLISH:
                self._apply_publication(page, record)
            elif record.kind == RecordKind.WITHDRAW:
                self._withdrawn.add(page)
                self._mark_page(page)
            elif record.kind == RecordKind.BRING_BACK:
                self._withdrawn.discard(page)
                self._mark_page(page)
            elif change and not record.commit:
                moves[page] = change
        self._apply_moves(moves)
        self._name_new_texts()
        if is_own:
            self._changed |= self.names.open_leaf_bundles(list(self._changed), self.structure)
        return self._update_tree()

    def finish_tree(self) -> None:
        """Name all files as Hugo needs them. A history leaves those as they are that only imported commits changed."""
        self._changed = self.names.open_leaf_bundles(list(self.names.paths), self.structure)
        self._update_tree()

    # --- Applying records ---------------------------------------------------------------------------------------------

    def _apply_commit(self, commit: ImportedCommit) -> None:
        """Assign files to texts as the imported commit did."""
        if commit.site_structure:
            self._set_structure(SiteStructure.from_json(commit.site_structure))
            self._is_imported_structure = True
        # Release all paths before any is assigned: a commit can swap files.
        for path in commit.files:
            if key := self.names.release(path):
                self._changed[key] = None
        for path, owner in sorted(commit.files.items()):
            if owner:
                page, language = owner
                self._assign((page, language), path)

    def _set_structure(self, structure: SiteStructure) -> None:
        if structure != self.structure:
            self.structure, self._folders = structure, {}
            self._changed |= dict.fromkeys(self._files)

    def _assign(self, key: TextKey, path: str) -> None:
        previous = self.names.assign(key, path)
        self._changed |= {changed: None for changed in (key, previous) if changed}

    def _apply_publication(self, page: str, record: ExportedRecord) -> None:
        old = self.texts.get(page, {})
        self.texts[page] = record.texts
        for language in sorted({*old, *record.texts}):
            before, after = old.get(language), record.texts.get(language)
            if before != after:
                self._changed[page, language] = None
                if after and after.file_name and not record.commit:
                    self._assign_imported_file((page, language), after.file_name, record.actor_name)

    def _assign_imported_file(self, key: TextKey, path: str, actor_name: str) -> None:
        """Give a text from an imported tree the path of its file, if the text is found there again."""
        if key in self.names.paths and (actor_name not in FILE_COMMANDS or self.names.paths[key] == path):
            return
        if self.structure.reads(path, key[1]) or self._adapt_structure(path, key[1]):
            self._assign(key, path)

    def _adapt_structure(self, path: str, language: str) -> bool:
        """Change to a structure that reads the file and all others; return False if there is none."""
        if self._is_imported_structure or language in self._unreadable_languages:
            return False
        languages = {known_path: known_language for (_, known_language), known_path in self.names.paths.items()}
        if structure := matching_structure(self.structure, {path: language, **languages}):
            self._set_structure(structure)
            return True
        # The search looks at all files, so it is not repeated for every text of the language.
        self._unreadable_languages.add(language)
        return False

    def _mark_page(self, page: str) -> None:
        self._changed |= {(page, language): None for language in sorted(self.texts.get(page, {}))}

    def _apply_moves(self, moves: Mapping[str, tuple[str, str]]) -> None:
        """Rename the files of pages that were moved on this site, except those whose front matter has the address."""
        renamed = {}
        for page, (old, new) in moves.items():
            self.moved_pages.add(page)
            for key, path in sorted(self.names.paths_of_page(page).items()):
                location = self.structure.locate_text(path)
                if location and _address_or_none(location.key) == old:
                    is_section = path.rpartition("/")[2].startswith("_index")
                    renamed[key] = self.structure.path_for(key[1], new, path, is_section=is_section)
                    self.names.release(path)
        for key, path in renamed.items():
            self._changed[key] = None
            if path not in self.names.texts:
                self._assign(key, path)

    def _name_new_texts(self) -> None:
        new_keys = [key for key in sorted(self._changed) if key not in self.names.paths and self._public_text(key)]
        for key in new_keys:
            address = self.addresses.paths.get(key[0], key[0])
            prefix = f"{address}/"
            is_section = not self._is_imported_structure or any(
                self.addresses.paths.get(page, "").startswith(prefix) for page in self.texts
            )
            self.names.assign_new(key, address, self.structure, is_section=is_section)

    def _public_text(self, key: TextKey) -> ExportedText | None:
        page, language = key
        return None if page in self._withdrawn else self.texts.get(page, {}).get(language)

    # --- The tree -----------------------------------------------------------------------------------------------------

    def _update_tree(self) -> dict[str, FileReference | None]:
        paths = self._remove_changed_texts()
        for key in sorted(self._changed):
            if text := self._public_text(key):
                paths |= dict.fromkeys(self._add_text(key, text))
        config = None if self._named_by_language else build_config(self.structure, self._folders, self.config_writer)
        # If texts disagree about a picture, the text that was added last decides.
        texts_and_pictures = {path: next(reversed(self._files_by_path[path].values()), None) for path in sorted(paths)}
        files = {CONFIG: config, **texts_and_pictures}
        changes = {path: file for path, file in files.items() if file != self.tree.get(path)}
        for path, changed_file in changes.items():
            if changed_file is None:
                del self.tree[path]
            else:
                self.tree[path] = changed_file
        return changes

    def _remove_changed_texts(self) -> dict[str, None]:
        """Remove the files of changed texts; return their paths."""
        paths: dict[str, None] = {}
        for key in self._changed:
            self._named_by_language.discard(key)
            for path in self._files.pop(key, ()):
                del self._files_by_path[path][key]
                paths[path] = None
        return paths

    def _add_text(self, key: TextKey, text: ExportedText) -> Iterable[str]:
        """Add the files of a text: its own and those of its pictures. Return their paths."""
        text_path = self.names.paths[key]
        pictures = text.pictures.items()
        files = {picture_path(reference, text_path, self.structure): digest for reference, digest in pictures}
        files.pop("", None)
        self._files[key] = {text_path: text.revision, **files}
        for path, file in self._files[key].items():
            self._files_by_path.setdefault(path, {})[key] = file
        self._folders.setdefault(key[1], set()).add(language_folder(text_path, self.structure))
        if self.structure.is_named_by_language(text_path):
            self._named_by_language.add(key)
        return self._files[key]


def read_contents(files: Iterable[FileReference | None]) -> dict[FileReference, bytes]:
    """Return the contents of files with few queries. Pictures that are not stored are missing from the result.

    In place of a redacted text, its file says so.
    """
    references = set(files)
    texts = [file for file in references if isinstance(file, int)]
    pictures = [file for file in references if isinstance(file, str)]
    contents: dict[FileReference, bytes] = {file: file for file in references if isinstance(file, bytes)}
    for key, digest, content in (
        Revision.objects.filter(pk__in=texts).order_by().values_list("pk", "blob", "blob__content")
    ):
        contents[key] = REDACTED % digest.encode() if content is None else bytes(content)
    shown = Picture.objects.filter(pk__in=pictures).exclude(blob__content=None).order_by()
    return contents | {key: bytes(content) for key, content in shown.values_list("pk", "blob__content")}


def _address_or_none(key: str) -> str | None:
    try:
        return build_address(key)
    except ValueError:
        return None
