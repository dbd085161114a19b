"""The paths of exported texts and pictures."""

import posixpath
from collections.abc import Iterable, Iterator
from itertools import count
from urllib.parse import unquote, urlsplit

from pages.hugo.git.commits import ForbiddenPath, quote_path
from pages.hugo.site_structure.structure import SiteStructure

# A page's uuid, and a language.
TextKey = tuple[str, str]


class FileNames:
    """Assigns a path to every text. No two texts have the same path at the same time."""

    def __init__(self) -> None:
        self.paths: dict[TextKey, str] = {}
        self.texts: dict[str, TextKey] = {}
        # The paths of leaf bundles by folder. Hugo takes texts below such a folder for files of the bundle.
        self._leaf_bundles: dict[str, set[str]] = {}
        self._last_paths: dict[TextKey, str] = {}
        self._page_paths: dict[str, dict[TextKey, str]] = {}
        # The first path of each language: new files are named like it.
        self._first_paths: dict[str, str] = {}

    def paths_of_page(self, page: str) -> dict[TextKey, str]:
        return self._page_paths.get(page, {})

    def release(self, path: str) -> TextKey | None:
        """Make a path free; return the text that had it."""
        text = self.texts.pop(path, None)
        if text is not None:
            if _is_leaf_bundle(path):
                self._leaf_bundles[posixpath.dirname(path)].discard(path)
            self._last_paths[text] = self.paths.pop(text)
            del self._page_paths[text[0]][text]
        return text

    def assign(self, text: TextKey, path: str) -> TextKey | None:
        """Give a text a path; return the other text that lost it. With an unsafe path, the text only loses its own."""
        if text in self.paths:
            self.release(self.paths[text])
        if not is_safe_path(path):
            return None
        previous = self.release(path)
        self.paths[text], self.texts[path] = path, text
        if _is_leaf_bundle(path):
            self._leaf_bundles.setdefault(posixpath.dirname(path), set()).add(path)
        self._page_paths.setdefault(text[0], {})[text] = path
        self._first_paths.setdefault(text[1], path)
        return previous

    def open_leaf_bundles(self, texts: Iterable[TextKey], structure: SiteStructure) -> dict[TextKey, None]:
        """Rename leaf bundles above these texts to branch bundles, in all languages. Return the renamed texts.

        Hugo does not build pages below a leaf bundle.
        """
        paths = {path: text[0] for text in texts if (path := self.paths.get(text))}
        above = {
            self.texts[leaf][0]
            for path, page in paths.items()
            for folder in _folders_above(path)
            for leaf in self._leaf_bundles.get(folder, ())
            if self.texts[leaf][0] != page
        }
        renamed = {}
        for page in sorted(above):
            for text, path in sorted(self.paths_of_page(page).items()):
                branch = posixpath.join(posixpath.dirname(path), f"_{posixpath.basename(path)}")
                is_same = structure.locate_text(branch) == structure.locate_text(path)
                if _is_leaf_bundle(path) and branch not in self.texts and is_same:
                    renamed[text] = branch
        for text, branch in renamed.items():
            self.assign(text, branch)
        return dict.fromkeys(renamed)

    def assign_new(self, text: TextKey, address: str, structure: SiteStructure, *, is_section: bool) -> None:
        """Give a text its last path if that is free, else a new one named after its address and similar files."""
        # For example, a page that was withdrawn and brought back.
        last = self._last_paths.get(text)
        if last is not None and last not in self.texts and is_safe_path(last):
            self.assign(text, last)
            return
        model = self._model_path(text, structure)
        for path in _candidate_paths(text[1], address, structure, model, is_section=is_section):
            if path not in self.texts and is_safe_path(path):
                self.assign(text, path)
                return

    def _model_path(self, text: TextKey, structure: SiteStructure) -> str | None:
        """Return the path to name a new file like: of the same page, else of the same language, else any."""
        page, language = text
        same_page = sorted(self.paths_of_page(page).values())
        candidates = [*same_page, self._first_paths.get(language, ""), *sorted(self._first_paths.values())[:1]]
        return next((path for path in candidates if path and structure.locate_text(path)), None)


def _is_leaf_bundle(path: str) -> bool:
    return posixpath.basename(path).startswith("index.")


def _folders_above(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path


def _candidate_paths(
    language: str, address: str, structure: SiteStructure, model: str | None, *, is_section: bool
) -> Iterator[str]:
    for number in count(1):
        key = address if number == 1 else f"{address or 'home'}-{number}"
        for kind in (is_section, not is_section):
            try:
                yield structure.path_for(language, key, model, is_section=kind)
            except ValueError:
                # The structure has no path for this text, which must be exported nevertheless.
                yield "/".join(filter(None, ("content", language, key, "_index.md")))


def picture_path(reference: str, text_path: str, structure: SiteStructure) -> str:
    """Return the path that a text's reference means, as the import resolves it; empty if it cannot be a file.

    A reference that begins with a slash is relative to the static folder, any other to the folder of the text.
    """
    try:
        path = unquote(urlsplit(reference).path, errors="strict")
    except ValueError:
        return ""
    folder = posixpath.dirname(text_path)
    if path.startswith("/"):
        folder = next(iter(structure.static_folders), "static")
    joined = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
    return joined if is_safe_path(joined) else ""


def is_safe_path(path: str) -> bool:
    """Tell whether git accepts a path and it stays within its tree on every file system."""
    try:
        quote_path(path.encode())
    except ForbiddenPath:
        return False
    return True
