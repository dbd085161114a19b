"""The rules of one site at one moment: its config, and its indexes of sections and bundles."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import cached_property
from typing import NamedTuple

from pages.hugo.site_structure.config_files import is_jekyll_config, is_zola_config, site_of_config
from pages.hugo.site_structure.file_names import is_below
from pages.hugo.site_structure.site_config import language_tag
from pages.hugo.site_structure.structure import ContentFile, SiteStructure
from pages.hugo.withholding.exclusions import Exclusion, can_exclude, find_ignored_by_zola
from pages.hugo.withholding.file_rules import folders_to, ignored_by, is_index, is_mounted, withhold_file
from pages.hugo.withholding.hugo_rules import inherited_keys, withhold
from pages.hugo.withholding.inheritance import Document
from pages.hugo.withholding.jekyll_rules import withhold_in_jekyll
from pages.hugo.withholding.settings import PublishingSettings, read_settings
from pages.hugo.withholding.withheld import NO_REASON, Withholding
from pages.hugo.withholding.without_config import withhold_by_other_keys, withhold_without_config
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

Keys = Mapping[str, Value]
# The key for the path of a config that could never be read. Configs themselves have no such key.
UNREADABLE = "\0"
# The keys for the date of the last update in other generators, such as Zola, and Jekyll with its plugins.
OTHER_UPDATE_KEYS = ("lastmod", "last_modified_at", "last_updated", "updated")
# The most places that are kept: a site can have any number of files.
_MAX_PLACES = 5_000


def decides_on_publishing(path: str) -> bool:
    """Tell whether a file can decide on the publishing of others."""
    return is_index(path) or is_config_of_site(path)


def is_config_of_site(path: str) -> bool:
    """Tell whether a file can be a config of any generator that decides on publishing."""
    return site_of_config(path) is not None or is_jekyll_config(path) or can_exclude(path)


class _FilePlace(NamedTuple):
    """What the place of a file says: why it is not published, and the indexes of the sections that it is in.

    Each section is a folder of the content folder with its indexes.
    """

    reason: Message
    sections: list[tuple[str, list[ContentFile]]]


class SiteRules:
    """Decides what is published, as Hugo does, or as Jekyll does if only that has a config."""

    def __init__(self, zone: tzinfo):
        self._zone = zone
        # The values of the site's configs, None if it has none; and those of Jekyll's configs by folder.
        self._config: Keys | None = None
        self._site = ""
        self._jekyll_configs: Mapping[str, Keys] = {}
        # What the configs of other generators exclude. Where there is a config of Hugo, they are not for its content.
        self.exclusions: Sequence[Exclusion] = ()
        self._settings: dict[str, PublishingSettings] = {}
        # The front matter of indexes, by folder and name.
        self._indexes: defaultdict[str, dict[str, Keys]] = defaultdict(dict)
        # By path, until an index comes or goes, or the config or the structure changes.
        self._places: dict[str, _FilePlace] = {}
        # The paths of indexes by content folder (empty for all), folder within it, and ignored files; as long.
        self._index_paths: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        self._structure: SiteStructure | None = None

    def set_config(self, config: Keys | None, site: str = "") -> bool:
        """Set the values of Hugo's configs, and the folder of the site. Return whether they are others than before."""
        is_changed = (config, site) != (self._config, self._site)
        self._config, self._site = config, site
        self._settings.clear()
        self._forget_places()
        self.__dict__.pop("_languages", None)
        return is_changed

    def _forget_places(self) -> None:
        self._places.clear()
        self._index_paths.clear()

    def set_jekyll_configs(self, configs: Mapping[str, Keys]) -> bool:
        """Set the values of Jekyll's configs by folder. Return whether they are others than before."""
        is_changed = configs != self._jekyll_configs
        self._jekyll_configs = configs
        return is_changed

    def set_index(self, path: str, keys: Keys) -> bool:
        """Set the front matter of an index. Return whether it can matter to the files in its folder."""
        folder, name = posixpath.split(path)
        before = self._indexes[folder].get(name)
        if before is None:
            self._forget_places()
        self._indexes[folder][name] = keys
        settings = self.settings("")
        return before is None or inherited_keys(before, settings) != inherited_keys(keys, settings)

    def has_index(self, path: str) -> bool:
        folder, name = posixpath.split(path)
        return name in self._indexes.get(folder, ())

    def remove_index(self, path: str) -> bool:
        """Remove an index. Return whether there was one."""
        folder, name = posixpath.split(path)
        self._forget_places()
        return self._indexes[folder].pop(name, None) is not None

    def settings(self, language: str) -> PublishingSettings:
        if language not in self._settings:
            self._settings[language] = read_settings(self._config or {}, language)
        return self._settings[language]

    def update_keys(self, language: str) -> tuple[str, ...]:
        """Return the keys of front matter that date a text in a language, the date of its last update first."""
        keys = self.settings(language).update_keys
        return keys if self._config is not None and not is_zola_config(self._config) else (*OTHER_UPDATE_KEYS, *keys)

    @property
    def gives_dates(self) -> bool:
        """Tell whether a text can have a date that its own front matter does not have."""
        config = self._config or {}
        has_settings = "cascade" in config or "frontmatter" in config or bool(self._jekyll_configs)
        indexes = (keys for names in self._indexes.values() for keys in names.values())
        return has_settings or any(inherited_keys(keys, self.settings("")) for keys in indexes)

    def withhold(self, path: str, keys: Keys, structure: SiteStructure) -> Withholding:
        """Return why and when a text is not published."""
        withholding = self._withhold_by_generator(path, keys, structure)
        reasons = (exclusion.reason(path) for exclusion in self.exclusions)
        return withholding.combine(Withholding(reason=next(filter(None, reasons), NO_REASON)))

    def _withhold_by_generator(self, path: str, keys: Keys, structure: SiteStructure) -> Withholding:
        file = structure.content_file(path)
        root = file.root if file else ""
        folder = find_jekyll_site(path, root, self._jekyll_configs) if self._config is None else None
        if folder is not None:
            config = self._jekyll_configs[folder]
            if unreadable := config.get(UNREADABLE):
                return Withholding(reason=Message("%(file)s cannot be read.", file=str(unreadable)))
            return withhold_in_jekyll(_relative(path, folder), keys, config, self._zone)
        withholding = self._withhold_in_hugo(file, keys, structure) if file else self._withhold_outside(path, keys)
        if self._config is None:
            withholding = withholding.combine(withhold_without_config(_relative(path, root), keys, self._zone))
        elif is_zola_config(self._config):
            ignored = Withholding(reason=find_ignored_by_zola(_relative(path, root), self._config))
            withholding = withholding.combine(withhold_by_other_keys(keys, self._zone)).combine(ignored)
        return withholding

    def _withhold_in_hugo(self, file: ContentFile, keys: Keys, structure: SiteStructure) -> Withholding:
        place = self._place(file, structure)
        if place.reason:
            return Withholding(reason=place.reason)
        branches = list(self._branches(file, place.sections))
        return withhold(_document(file, keys), branches, self.settings(file.language), self._zone)

    def _place(self, file: ContentFile, structure: SiteStructure) -> _FilePlace:
        if structure is not self._structure or len(self._places) >= _MAX_PLACES:
            self._forget_places()
            self._structure = structure
        if file.path not in self._places:
            reason = self._withhold_file(file, structure, self.settings(file.language))
            self._places[file.path] = _FilePlace(reason, [] if reason else list(self._sections(file, structure)))
        return self._places[file.path]

    def sections(self, path: str, structure: SiteStructure) -> list[str]:
        """Return the folders of the section that a text is in, as Hugo counts them: without an index, only the first.

        A folder without an index below that one belongs to the section above it.
        """
        file = structure.content_file(path)
        if file is None:
            return []
        parents = file.content_path.split("/")[:-1]
        start = 1 if file.language_folder else 0
        lengths = range(start + 2, len(parents) + 1)
        folders = {length: posixpath.join(file.root, *parents[:length]) for length in lengths}
        deepest = [length for length in lengths if self._find_indexes(folders[length], file, structure)]
        return parents[start : max(deepest, default=start + 1)]

    def _withhold_outside(self, path: str, keys: Keys) -> Withholding:
        """Return the withholding of a text that is moved into a content folder later. A site does not have it yet."""
        if self._config is not None:
            return Withholding(reason=Message("it is not in a content folder yet."))
        return withhold(Document(path=path, content_path=path, keys=keys), [], self.settings(""), self._zone)

    def _withhold_file(self, file: ContentFile, structure: SiteStructure, settings: PublishingSettings) -> Message:
        if not is_mounted(file.path.removeprefix(f"{self._site}/") if self._site else file.path, settings.mounts):
            return Message("the config does not mount it as content.")
        top = file.language_folder if self._config is None else None
        return withhold_file(
            file.path, file.root, self._bundle_indexes(file, structure), settings.ignored_files, top=top
        )

    def _bundle_indexes(self, file: ContentFile, structure: SiteStructure) -> dict[str, list[str]]:
        """Return the paths of the indexes in the folders above a file, in the content folders of all languages."""
        # Without a config, only a folder of this name is certain to be Hugo's.
        if self._config is None and posixpath.basename(file.root) != "content":
            return {}
        folders = folders_to(posixpath.dirname(file.content_path))
        return {folder: self._unite_indexes(folder, file, structure) for folder in folders}

    def _unite_indexes(self, folder: str, file: ContentFile, structure: SiteStructure) -> list[str]:
        settings = self.settings(file.language)
        key = ("" if self._config is not None else file.root, folder, settings.ignored_files)
        if key not in self._index_paths:
            roots = [root for root, _ in structure.folders] if self._config is not None else [file.root]
            self._index_paths[key] = list(self._find_index_paths(folder, roots, settings))
        return self._index_paths[key]

    def _find_index_paths(self, folder: str, roots: Iterable[str], settings: PublishingSettings) -> Iterator[str]:
        for root in roots:
            own_folder = posixpath.join(root, folder).rstrip("/")
            # Looked up here, because there can be many languages, and few have an index in the folder.
            if own_folder in self._indexes:
                yield from (posixpath.join(own_folder, name) for name in self._index_names(own_folder, settings))

    def _index_names(self, folder: str, settings: PublishingSettings) -> list[str]:
        """Return the names of the indexes in a folder, without ignored ones."""
        names = self._indexes.get(folder, ())
        return sorted(name for name in names if not ignored_by(posixpath.join(folder, name), settings.ignored_files))

    def _sections(self, file: ContentFile, structure: SiteStructure) -> Iterator[tuple[str, list[ContentFile]]]:
        *parents, _name = file.content_path.split("/")
        for length in range(len(parents) + 1):
            folder = "/".join(parents[:length])
            yield folder, self._find_indexes(posixpath.join(file.root, folder).rstrip("/"), file, structure)

    def _branches(self, file: ContentFile, sections: Iterable[tuple[str, list[ContentFile]]]) -> Iterator[Document]:
        """Yield the sections that a file is in. Without an index, only the folders at the top are sections."""
        for folder, indexes in sections:
            for index in indexes:
                if index != file:
                    keys = self._indexes[posixpath.dirname(index.path)][posixpath.basename(index.path)]
                    yield _document(index, keys)
            if not indexes and "/" not in folder:
                yield replace(_document(file, {}), path="", content_path=folder)

    def _find_indexes(self, folder: str, file: ContentFile, structure: SiteStructure) -> list[ContentFile]:
        """Return the indexes of a section. If there are several in one language, it is chance which one Hugo takes."""
        names = self._index_names(folder, self.settings(file.language))
        paths = [posixpath.join(folder, name) for name in names if name.startswith("_index.")]
        indexes = [index for path in paths if (index := structure.content_file(path))]
        return [index for index in indexes if self._variant(index) in ("", self._variant(file))[self._is_known :]]

    def _variant(self, file: ContentFile) -> str:
        """Return the language in a name, if the config has it: to Hugo, any other is a part of the name."""
        return file.variant if not self._is_known or file.variant in self._languages else ""

    @property
    def _is_known(self) -> bool:
        """Tell whether a config says which languages there are. Without one, what is in any language counts for all."""
        return self._config is not None

    @cached_property
    def _languages(self) -> frozenset[str]:
        languages = (self._config or {}).get("languages")
        return frozenset(map(language_tag, languages if isinstance(languages, dict) else ()))


def find_jekyll_site(path: str, root: str, folders: Iterable[str]) -> str | None:
    """Return the folder of the Jekyll config that is for a file, out of the folders that have one; None if none is.

    That is the config nearest to the content folder `root` and above it, else the one farthest up below it.
    """
    own = [folder for folder in folders if is_below(folder, path)]
    above = [folder for folder in own if folder == root or is_below(folder, root)]
    return max(above, key=len, default=min(own, key=len, default=None))


def _relative(path: str, folder: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path


def _document(file: ContentFile, keys: Keys) -> Document:
    return Document(
        path=file.path,
        content_path=file.content_path,
        language=file.language,
        keys=keys,
        language_folder=file.language_folder,
    )
