"""What the texts of a tree declare in their front matter, and where they belong accordingly."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from pages.hugo.site_structure.addresses import lowercase
from pages.hugo.site_structure.declared_locations import NOTHING_DECLARED, DeclaredLocation
from pages.hugo.site_structure.structure import SiteStructure, TextLocation


class Declarations:
    """The declarations of texts by path, and the keys that translations share."""

    def __init__(self) -> None:
        self._declared: dict[str, tuple[str, DeclaredLocation]] = {}
        self._paths_by_translation_key: defaultdict[str, set[str]] = defaultdict(set)
        # The translation key under which a path is in `_paths_by_translation_key`.
        self._grouped: dict[str, str] = {}
        # The keys of texts whose page is that of another text, by path.
        self._shared_keys: dict[str, str] = {}

    def is_known(self, path: str, blob: str) -> bool:
        """Tell whether it is known what a file with this content declares."""
        return path in self._declared and self._declared[path][0] == blob

    def of(self, path: str) -> DeclaredLocation:
        return self._declared[path][1] if path in self._declared else NOTHING_DECLARED

    def record(self, path: str, blob: str, declared: DeclaredLocation) -> None:
        self._declared[path] = blob, declared

    def forget(self, path: str) -> None:
        self._declared.pop(path, None)

    def locate(self, path: str, structure: SiteStructure) -> TextLocation | None:
        """Return the language and page of a file, or None if it is not a text of the site."""
        location = locate_page_text(structure, path, self.of(path))
        shared_key = self._shared_keys.get(path)
        return location if location is None or shared_key is None else replace(location, key=shared_key)

    def update_translations(self, paths: Iterable[str], structure: SiteStructure) -> set[str]:
        """Group the texts at changed paths by translation key. Return the paths of all texts in the changed groups."""
        translation_keys: set[str] = set()
        for path in paths:
            translation_keys |= {self._grouped.get(path, ""), self._group(path)}
        translation_keys.discard("")
        affected = {path for key in translation_keys for path in self._paths_by_translation_key[key]}
        for key in translation_keys:
            self._share_key(self._paths_by_translation_key[key], structure)
        return affected

    def _group(self, path: str) -> str:
        """Put a text into the group of its translation key, and return the key."""
        self._shared_keys.pop(path, None)
        if old := self._grouped.pop(path, ""):
            self._paths_by_translation_key[old].discard(path)
        if new := self.of(path).translation_key:
            self._grouped[path] = new
            self._paths_by_translation_key[new].add(path)
        return new

    def _share_key(self, paths: Iterable[str], structure: SiteStructure) -> None:
        """Give the texts of a group one key: that of the text in the default language, else of the first language.

        Texts that have it in common with another one in their language keep their own keys.
        """
        locations: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for path in paths:
            self._shared_keys.pop(path, None)
            if location := locate_page_text(structure, path, self.of(path)):
                locations[location.language].append((path, location.key))
        texts = {language: pairs[0] for language, pairs in locations.items() if len(pairs) == 1}
        if len(texts) > 1:
            default = structure.default_language or structure.fallback_language
            leading = min(texts, key=lambda language: (language != default, language))
            self._shared_keys |= {path: texts[leading][1] for path, _ in texts.values()}


def locate_page_text(
    structure: SiteStructure, path: str, declared: DeclaredLocation = NOTHING_DECLARED
) -> TextLocation | None:
    """Return the language and page of a path. The key is in lower case, because addresses are."""
    location = structure.locate_text(path, declared)
    return location and replace(location, key=lowercase(location.key))
