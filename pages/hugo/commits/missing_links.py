"""Links of texts to Markdown files that the source does not have, followed commit by commit."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from pages.hugo.commits.commit_changes import ReadBlobs
from pages.hugo.commits.text_files import ReadText
from pages.text import source
from pages.text.extensions.template_code import strip_shortcodes
from pages.text.linked_files import candidate_files
from pages.text.messages import Message
from pages.text.rendering import find_file_links

# What can be a link to a Markdown file. Whether it is one, only parsing tells, which takes much longer.
_LINK = re.compile(
    r"(?:\][(:]|href\s*=)\s*[<\"']?((?![a-z][a-z0-9+.-]*:|//)[^\s()<>#?\"']+\.(?:md|markdown))(?=[\s)>#?\"']|\Z)",
    re.IGNORECASE,
)
# In a body without any of these there is no link to a Markdown file.
_ENDINGS = (".md", ".markdown", ".MD")


def find_link_lines(body: str) -> dict[str, int]:
    """Return what can be links to Markdown files, each with its first line in the body, from 1."""
    if not any(ending in body for ending in _ENDINGS):
        return {}
    if "{{" in body:
        body, _ = strip_shortcodes(body)
    lines: dict[str, int] = {}
    for match in _LINK.finditer(body):
        # What a template puts into a link is not known.
        if "{{" not in match[1] and "{%" not in match[1]:
            lines.setdefault(match[1], body.count("\n", 0, match.start()) + 1)
    return lines


class MissingLinks:
    """The links of all texts after the last commit. `blobs` are those of the files, and change with each commit."""

    def __init__(self, read: ReadBlobs):
        self._read = read
        # The lines, in the file, of the links of a text, by its path; and those that lead to no file.
        self._lines: dict[str, dict[str, int]] = {}
        self._missing: dict[str, dict[str, int]] = {}
        self._texts_by_name: defaultdict[str, set[str]] = defaultdict(set)

    def record(self, text: ReadText, blobs: Mapping[str, str]) -> None:
        """Record the links of a text that was read."""
        path = text.file_name
        self._forget(path)
        if lines := find_link_lines(text.fields.body):
            lines_before = source.lines_before_body(text.content)
            self._lines[path] = {link: line + lines_before for link, line in lines.items()}
            for link in lines:
                self._texts_by_name[_short_name(link)].add(path)
            if missing := self._find_missing(path, blobs):
                self._missing[path] = missing

    def describe(self, path: str) -> list[Message]:
        """Return the messages for a text that was read."""
        return list(_describe(self._missing.get(path, {})))

    def update(
        self, created_or_deleted: Iterable[str], read: Collection[str], blobs: Mapping[str, str]
    ) -> Iterator[tuple[str, list[Message], list[Message]]]:
        """Follow the files that a commit created or deleted.

        Yield the texts that link to them, except those just `read`: the path, and the messages that are new and over.
        """
        names = {_short_name(path) for path in created_or_deleted}
        for path in sorted({path for name in names for path in self._texts_by_name.get(name, ())}.difference(read)):
            if path not in blobs:
                self._forget(path)
                continue
            before, after = self._missing.pop(path, {}), self._find_missing(path, blobs)
            if after:
                self._missing[path] = after
            if before != after:
                yield path, list(_describe(after, before)), list(_describe(before, after))

    def _forget(self, path: str) -> None:
        self._missing.pop(path, None)
        for link in self._lines.pop(path, ()):
            self._texts_by_name[_short_name(link)].discard(path)

    def _find_missing(self, path: str, blobs: Mapping[str, str]) -> dict[str, int]:
        missing = {link: line for link, line in self._lines[path].items() if not _exists(link, path, blobs)}
        if not missing:
            return {}
        content = self._read([blobs[path]]).get(blobs[path], b"")
        links = {unquote(urlsplit(link).path) for link in find_file_links(source.extract_body(content))}
        return {link: line for link, line in missing.items() if unquote(link) in links}


def _exists(link: str, path: str, blobs: Mapping[str, str]) -> bool:
    if any(name in blobs for name in candidate_files(link, path)):
        return True
    # A name without a folder leads to the file that has it, as with Hugo's `ref`.
    return "/" not in link and any(posixpath.basename(name) == unquote(link) for name in blobs)


def _short_name(path: str) -> str:
    """Return a name that is the same for all languages of a text: terms for legal/terms.de.md."""
    return posixpath.basename(unquote(path)).partition(".")[0]


def _describe(missing: Mapping[str, int], known: Collection[str] = ()) -> Iterator[Message]:
    for link, line in missing.items():
        if link not in known:
            yield Message(
                "the file %(file)s that it links to does not exist in the source (line %(line)d).",
                file=link[:200],
                line=line,
            )
