"""Which file each text has: the one that it came from, or one that is made for it."""

from collections.abc import Iterator
from itertools import count

from pages.hugo.git.commit_fields import ForbiddenPath, quote_path
from pages.hugo.site_structure.structure import SiteStructure

# A page's uuid, and a language.
TextKey = tuple[str, str]


class FileNames:
    """Each text's path, each path's text."""

    def __init__(self):
        self.paths: dict[TextKey, str] = {}
        self._owners: dict[str, TextKey] = {}
        self._last: dict[TextKey, str] = {}
        self._of_page: dict[str, dict[str, str]] = {}
        # The first file of each language, which later ones are named like.
        self._first: dict[str, str] = {}

    def owner(self, path: str) -> TextKey | None:
        """Return whose text a file is."""
        return self._owners.get(path)

    def of_page(self, page: str) -> dict[TextKey, str]:
        """Return the files of a page."""
        return {(page, language): path for language, path in self._of_page.get(page, {}).items()}

    def leave(self, path: str) -> TextKey | None:
        """Let go of a file; return whose it was."""
        owner = self._owners.pop(path, None)
        if owner is not None:
            self._last[owner] = self.paths.pop(owner)
            del self._of_page[owner[0]][owner[1]]
        return owner

    def take(self, owner: TextKey, path: str) -> TextKey | None:
        """Let a file be a text's; return the other text that had to leave it. A path that git refuses is not taken."""
        if owner in self.paths:
            self.leave(self.paths[owner])
        if not is_safe_path(path):
            return None
        other = self.leave(path)
        self.paths[owner], self._owners[path] = path, owner
        self._of_page.setdefault(owner[0], {})[owner[1]] = path
        self._first.setdefault(owner[1], path)
        return other

    def make(self, owner: TextKey, address: str, structure: SiteStructure, *, is_section: bool) -> None:
        """Take the file that a text had last, or make up one after the address, and after the page's other files."""
        last = self._last.get(owner)
        if last is not None and last not in self._owners and is_safe_path(last):
            self.take(owner, last)
            return
        like = self._like(owner, structure)
        for path in _candidates(owner[1], address, structure, like, is_section=is_section):
            if path not in self._owners and is_safe_path(path):
                self.take(owner, path)
                return

    def _like(self, owner: TextKey, structure: SiteStructure) -> str | None:
        """Return a file to name another one like: of the same page, else of the same language, else any."""
        page, language = owner
        of_language = self._first.get(language, "")
        known = [*sorted(self._of_page.get(page, {}).values()), of_language, *sorted(self._first.values())[:1]]
        return next((path for path in known if path and structure.locate_text(path)), None)


def _candidates(
    language: str, address: str, structure: SiteStructure, like: str | None, *, is_section: bool
) -> Iterator[str]:
    for number in count(1):
        key = address if number == 1 else f"{address or 'home'}-{number}"
        for kind in (is_section, not is_section):
            try:
                yield structure.path_for(language, key, like, is_section=kind)
            except ValueError:
                # No file of this structure could be that text; it is to go out all the same.
                yield "/".join(filter(None, ("content", language, key, "_index.md")))


def is_safe_path(path: str) -> bool:
    """Tell whether git takes a path, and no file system would be led elsewhere by it."""
    try:
        quote_path(path.encode())
    except ForbiddenPath:
        return False
    return True
