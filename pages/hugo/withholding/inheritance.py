"""Documents of a Hugo site, and cascades: the front matter that they inherit from sections and from the config.

As in Hugo 0.111 (`pageMeta.setMetadata`, `mergeBucketCascades` and `page.DecodeCascade`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from pages.hugo.site_structure.config_files import ENVIRONMENT
from pages.hugo.withholding.path_patterns import UnreadablePattern, matches_glob
from pages.text.front_matter.nested_values import Value

_TARGET_KEYS = ("_target", "target")
PAGE, SECTION, HOME = "page", "section", "home"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text or the index of a section, or a section without an index: then `path` is empty.

    `content_path` is relative to the content folder, without a leading slash; that of a section without an index is its
    folder. `keys` is the front matter with keys in lower case.
    """

    path: str
    content_path: str
    language: str = ""
    keys: Mapping[str, Value] = field(default_factory=dict)
    # The folder of a language at the top of the content folder. Hugo sees a section in it, this site the language.
    language_folder: str = ""

    @property
    def folder(self) -> str:
        """The folder of the document, relative to the content folder."""
        return self.content_path.rpartition("/")[0] if self.path else self.content_path

    @property
    def is_branch(self) -> bool:
        """Tell whether it is a section or the home page, from which others inherit."""
        return not self.path or self._name.startswith("_index.")

    @property
    def is_leaf_bundle(self) -> bool:
        return bool(self.path) and self._name.startswith("index.")

    @property
    def kinds(self) -> set[str]:
        """The kinds that Hugo can see in the document: the index of a language folder is a home page here."""
        if not self.is_branch:
            return {PAGE}
        kinds = {SECTION} if self.folder else {HOME}
        return kinds | ({HOME} if self.folder and self.folder == self.language_folder else set())

    def target_paths(self) -> Iterator[str]:
        """Yield the paths by which a cascade can mean the document.

        Up to Hugo 0.122 this is the path of the file, from then on the path without extension, language and index.
        """
        for path in {self.content_path, self._without_language_folder(self.content_path)}:
            yield f"/{path}"
            if self.path:
                folder, _slash, name = path.rpartition("/")
                stem, _dot, _extension = name.rpartition(".")
                base = stem.removesuffix(f".{self.language}")
                shortened = folder if base in ("index", "_index") else f"{folder}/{base}"
                yield f"/{shortened.strip('/')}"

    def _without_language_folder(self, path: str) -> str:
        return path.removeprefix(f"{self.language_folder}/") if self.language_folder else path

    @property
    def _name(self) -> str:
        return self.content_path.rpartition("/")[2]


@dataclass(frozen=True)
class Inherited:
    """A value of front matter, with the file that it comes from; empty for the document's own front matter."""

    value: Value
    origin: str = ""


Keys = Mapping[str, Inherited]


@dataclass(frozen=True)
class Target:
    """The documents that a cascade is for, as patterns; an empty one is for all."""

    path: str = ""
    kind: str = ""
    lang: str = ""
    environment: str = ""
    # Hugo 0.111 ignores the target of a cascade that is not in a list. Later versions heed it.
    is_ignored: bool = False

    def includes(self, document: Document) -> bool:
        """Tell whether a document is meant. A pattern that cannot be read is taken to match."""
        return self.is_ignored or (
            self._matches(self.path, document.target_paths())
            and self._matches(self.kind, iter(document.kinds))
            and self._matches(self.lang, iter([document.language]))
            and self._matches(self.environment, iter([ENVIRONMENT]))
        )

    @staticmethod
    def _matches(pattern: str, values: Iterator[str]) -> bool:
        try:
            return not pattern or any(matches_glob(pattern, value) for value in values)
        except UnreadablePattern:
            return True


Cascades = Mapping[Target, Keys]


def read_cascades(value: Value, origin: str) -> Cascades:
    """Return the cascades in a value of the key `cascade`: one, or a list. Of equal targets the first counts."""
    cascades: Cascades = {}
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            cascade = _read_cascade(item, origin, is_listed=isinstance(value, list))
            cascades = merge_cascades(cascades, dict([cascade]))
    return cascades


def merge_cascades(nearer: Cascades, farther: Cascades) -> Cascades:
    """Add the cascades from farther up. Of equal targets and keys the nearer one counts."""
    return {
        target: {**farther.get(target, {}), **nearer.get(target, {})} for target in dict.fromkeys((*nearer, *farther))
    }


def inherit(document: Document, cascades: Cascades) -> list[Keys]:
    """Return the document's own keys with the inherited ones.

    There are several results if cascades with different targets disagree: then it is chance which one Hugo takes.
    """
    own: Keys = {key: Inherited(value) for key, value in document.keys.items()}
    matching = [keys for target, keys in cascades.items() if target.includes(document)]
    results = [_first_of([own, *matching])]
    if any(_disagree(first, second) for first, second in combinations(matching, 2)):
        results += [_first_of([own, keys, *matching]) for keys in matching[1:]]
    return results


def _read_cascade(item: Mapping[str, Value], origin: str, *, is_listed: bool) -> tuple[Target, Keys]:
    written = next((item[key] for key in _TARGET_KEYS if key in item), {})
    patterns = written if isinstance(written, dict) else {}
    path, kind, lang, environment = (
        pattern if isinstance(pattern := patterns.get(name, ""), str) else ""
        for name in ("path", "kind", "lang", "environment")
    )
    target = Target(path, kind, lang, environment, is_ignored="_target" in item and not is_listed)
    return target, {key.lower(): Inherited(value, origin) for key, value in item.items() if key not in _TARGET_KEYS}


def _first_of(sources: list[Keys]) -> Keys:
    return {key: value for keys in reversed(sources) for key, value in keys.items()}


def _disagree(first: Keys, second: Keys) -> bool:
    return any(second[key].value != inherited.value for key, inherited in first.items() if key in second)
