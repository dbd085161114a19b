"""Following, commit by commit, what decides on publishing besides a text itself: configs, and indexes of sections."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo
from itertools import chain

from pages.hugo.commits.commit_changes import ReadBlobs, SkippedFile
from pages.hugo.commits.sketches import read_contents
from pages.hugo.site_structure.config_files import (
    UnreadableConfig,
    find_site,
    list_jekyll_configs,
    read_config_values,
    read_plain_config,
    site_of_config,
)
from pages.hugo.site_structure.file_names import is_below, is_config
from pages.hugo.site_structure.structure import SiteStructure
from pages.hugo.withholding.exclusions import Exclusion, can_exclude, exclude_all, read_exclusions
from pages.hugo.withholding.file_rules import is_index
from pages.hugo.withholding.front_matter import read_front_matter
from pages.hugo.withholding.site_rules import UNREADABLE, Keys, SiteRules, decides_on_publishing, find_jekyll_site
from pages.hugo.withholding.withheld import Withholding
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message, reason_of

# All files of the source.
_ROOT = ""
# The front matter of an index that could never be read: nobody knows what it withholds.
_UNREADABLE: Keys = {"draft": "unreadable"}


class PublishingRules:
    """The rules after the last commit applied.

    A config or index that cannot be read leaves the rules as they were: the generator would not have published anything
    with it.
    """

    def __init__(self, read: ReadBlobs, zone: tzinfo):
        self._read = read
        self._rules = SiteRules(zone)
        self._structure: SiteStructure | None = None
        # The values of Hugo's configs, with keys in lower case, None if there are none; and of Jekyll's by folder.
        self.config: Mapping[str, Value] | None = None
        self._jekyll_configs: Mapping[str, Keys] = {}
        # The configs of other generators, each with its blob and what it excludes.
        self._excluding: Mapping[str, str] = {}
        self._exclusions: dict[str, list[Exclusion]] = {}
        # The config of Hugo that could not be read when there was none before, with the folder of its site.
        self._broken: Mapping[str, str] = {}
        # The configs that the last update could not read.
        self.skipped: list[SkippedFile] = []

    def update(self, changed: Iterable[str], blobs: Mapping[str, str], structure: SiteStructure) -> set[str]:
        """Apply the changes of a commit. Return the folders whose texts they can concern; "" has all texts."""
        self.skipped = []
        paths = [path for path in changed if decides_on_publishing(path)]
        folders = set() if structure == self._structure else {_ROOT}
        if folders or not all(map(is_index, paths)):
            is_changed = self._update_configs(blobs, structure)
            is_changed = self._update_exclusions(blobs, structure) or is_changed
            broken = [exclude_all(path, folder) for path, folder in self._broken.items()]
            self._rules.exclusions = [*broken, *chain.from_iterable(self._exclusions.values())]
            folders |= {_ROOT} if is_changed else set()
        self._structure = structure
        changed_folders = self._update_indexes(list(filter(is_index, paths)), blobs)
        return folders.union(*map(structure.united_folders, set(changed_folders)))

    def withhold(self, path: str, keys: Keys) -> Withholding:
        """Return why and when a text is not published. There must have been an update."""
        if self._structure is None:
            raise RuntimeError("The rules are not known before the first update.")
        return self._rules.withhold(path, keys, self._structure)

    def sections(self, path: str) -> list[str]:
        """Return the folders of the section that a text is in, the top one first."""
        return self._rules.sections(path, self._structure) if self._structure else []

    @property
    def jekyll_config(self) -> Keys | None:
        """The values of the site's Jekyll config; None if there is none that counts."""
        return next(iter(self._jekyll_configs.values()), None)

    def update_keys(self, language: str) -> tuple[str, ...]:
        """Return the keys of front matter that date a text in a language, the date of its last update first."""
        return self._rules.update_keys(language)

    @property
    def gives_dates(self) -> bool:
        """Tell whether a text can have a date that its own front matter does not have."""
        return self._rules.gives_dates

    def _update_configs(self, blobs: Mapping[str, str], structure: SiteStructure) -> bool:
        """Read the configs. Return whether they are others than before."""
        paths = [path for path in blobs if site_of_config(path) is not None]
        site, read = find_site(paths, (folder for folder, _ in structure.folders)), self._reader(blobs)
        broken, self._broken = self._broken, {}
        try:
            config = None if site is None else read_config_values(site, paths, read)
        except UnreadableConfig as error:
            # The others are named when the site structure is read from them.
            if not is_config(error.path):
                self._skip(error)
            self._broken = {error.path: site or ""} if self.config is None else {}
            return self._broken != broken
        self.config = config
        self._jekyll_configs = {} if config is not None else self._read_jekyll_configs(blobs, structure)
        is_changed = self._rules.set_config(config, site or "") or self._broken != broken
        return self._rules.set_jekyll_configs(self._jekyll_configs) or is_changed

    def _read_jekyll_configs(self, blobs: Mapping[str, str], structure: SiteStructure) -> dict[str, Keys]:
        """Return the values of Jekyll's configs by folder, first those of the site itself."""
        root = posixpath.commonpath([folder for folder, _ in structure.folders])
        # Others are those of sites next to the content.
        paths = {
            folder: path
            for folder, path in list_jekyll_configs(blobs).items()
            if folder == root or is_below(folder, root) or is_below(root, folder)
        }
        site = find_jekyll_site(posixpath.join(root, "file"), root, paths)
        configs: dict[str, Keys] = {}
        for folder in sorted(paths, key=lambda folder: (folder != site, len(folder), folder)):
            try:
                configs[folder] = read_plain_config(paths[folder], self._reader(blobs))
            except UnreadableConfig as error:
                self._skip(error)
                configs[folder] = self._jekyll_configs.get(folder, {UNREADABLE: paths[folder]})
        return configs

    def _update_exclusions(self, blobs: Mapping[str, str], structure: SiteStructure) -> bool:
        """Read what the configs of other generators exclude. Return whether they are others than before."""
        configs = {} if self.config is not None else {path: blobs[path] for path in filter(can_exclude, blobs)}
        if configs == self._excluding:
            return False
        self._excluding = configs
        self._exclusions = {path: self._read_exclusions(path, blobs, structure) for path in sorted(configs)}
        return True

    def _read_exclusions(self, path: str, blobs: Mapping[str, str], structure: SiteStructure) -> list[Exclusion]:
        """Return what a config excludes: all texts, if it could never be read."""
        folder, roots = posixpath.dirname(path), [root for root, _ in structure.folders]
        try:
            exclusions, unknown = read_exclusions(path, self._reader(blobs))
        except UnreadableConfig as error:
            self._skip(error)
            return self._exclusions.get(path) or [exclude_all(path, folder)]
        # Others are those of sites next to the content.
        if unknown and any(is_below(folder, f"{root}/") or is_below(root, f"{folder}/") for root in roots):
            self.skipped.append(SkippedFile(path, unknown))
        return exclusions

    def _skip(self, error: UnreadableConfig) -> None:
        reason = Message("it cannot be read: %(reason)s", reason=reason_of(error))
        self.skipped.append(SkippedFile(error.path, reason))

    def _reader(self, blobs: Mapping[str, str]) -> Callable[[str], bytes | None]:
        return lambda path: self._read([blobs[path]]).get(blobs[path]) if path in blobs else None

    def _update_indexes(self, paths: list[str], blobs: Mapping[str, str]) -> Iterator[str]:
        """Read the indexes. Yield the folders in which they can matter in another way than before."""
        for path in paths:
            if path not in blobs and self._rules.remove_index(path):
                yield posixpath.dirname(path)
        existing = [path for path in paths if path in blobs]
        contents = dict(read_contents(list({blobs[path] for path in existing}), self._read))
        for path in existing:
            if self._set_index(path, contents.get(blobs[path], b"")):
                yield posixpath.dirname(path)

    def _set_index(self, path: str, content: bytes) -> bool:
        try:
            return self._rules.set_index(path, read_front_matter(content))
        except ValueError:
            return not self._rules.has_index(path) and self._rules.set_index(path, _UNREADABLE)
