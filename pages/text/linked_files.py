"""The files that a link in a text of a source can mean."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

_INDEX_NAMES = ("index.md", "_index.md")
_LANGUAGE = re.compile(r".+(\.[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\.[a-z]+")


def candidate_files(link: str, file_name: str) -> Iterator[str]:
    """Yield the files that a link in a file can mean, the most likely first.

    A link from the root is relative to the content folder, which is one of the folders above the file.
    """
    path, folder = unquote(urlsplit(link).path), posixpath.dirname(file_name)
    folders = _and_parents(folder) if path.startswith("/") else [folder]
    suffix = _LANGUAGE.fullmatch(posixpath.basename(file_name))
    for name in markdown_names(path.strip("/")):
        stem, extension = posixpath.splitext(name)
        for variant in [f"{stem}{suffix[1]}{extension}", name] if suffix else [name]:
            yield from (posixpath.normpath(posixpath.join(above, variant)) for above in folders)


def markdown_names(path: str) -> list[str]:
    """Return the names that the Markdown file of a link's path can have."""
    if path.lower().endswith((".md", ".markdown")):
        return [path]
    # As Hugo's `ref` names pages.
    return [f"{path}.md", *(posixpath.join(path, name) for name in _INDEX_NAMES)]


def _and_parents(folder: str) -> list[str]:
    return [folder, *(_and_parents(posixpath.dirname(folder)) if folder else [])]
