"""Files that Hugo does not publish as pages because of where they are, or because the config leaves them out.

As Hugo 0.111 does (`hugolib/pages_capture.go`, `hugofs/filter_fs.go`, `source.SourceSpec.IgnoreFile`).
"""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

from pages.hugo.withholding.path_patterns import UnreadablePattern, compile_expression, matches_glob
from pages.hugo.withholding.settings import Mount
from pages.hugo.withholding.withheld import NO_REASON
from pages.text.messages import Message

# The formats that Hugo reads as texts.
_TEXT = re.compile(r"\.(?:md|markdown|mdown|html?|org|adoc|asciidoc|ad|rst|pandoc|pdc)\Z", re.IGNORECASE)
_LEAF, _BRANCH = "index.", "_index."


def is_index(path: str) -> bool:
    """Tell whether a file makes its folder a section or a bundle."""
    return path.rpartition("/")[2].startswith((_LEAF, _BRANCH)) and bool(_TEXT.search(path))


def withhold_file(
    path: str, root: str, indexes: Mapping[str, Collection[str]], ignored: Collection[str], *, top: str | None = None
) -> Message:
    """Return why a file is not published as a page; empty if it can be.

    `root` is its content folder. `indexes` has the paths of the indexes by folder, relative to the content folders:
    Hugo unites those of all languages. Folders up to `top`, if one is given, are no bundles: without a config, an
    index.md there can be an ordinary home page.
    """
    if expression := ignored_by(path, ignored):
        return Message("the config ignores files that match %(expression)s.", expression=expression)
    return next(filter(None, (_hidden(path, root), *_bundle_reasons(path, root, indexes, top))), NO_REASON)


def _hidden(path: str, root: str) -> Message:
    parts = path.removeprefix(f"{root}/" if root else "").split("/")
    return Message("it is in a hidden folder.") if any(part.startswith(".") for part in parts) else NO_REASON


def is_mounted(path: str, mounts: Collection[Mount]) -> bool:
    """Tell whether a file is content, by its path in the site: without mounts, all files in content folders are.

    A pattern that cannot be read is taken to exclude.
    """
    return not mounts or any(_is_in_mount(path, mount) for mount in mounts)


def _is_in_mount(path: str, mount: Mount) -> bool:
    source = "" if mount.source == "." else f"{mount.source}/"
    if not path.startswith(source):
        return False
    inner_path = f"/{path.removeprefix(source)}"
    try:
        included, excluded = (
            any(matches_glob(f"/{pattern.lstrip('/')}", candidate) for pattern in patterns for candidate in paths)
            for patterns, paths in (
                (mount.included, [inner_path]),
                (mount.excluded, [f"/{part}".replace("//", "/") for part in folders_to(inner_path.strip("/"))[1:]]),
            )
        )
    except UnreadablePattern:
        return False
    return not excluded and (included or not mount.included)


def ignored_by(path: str, expressions: Collection[str]) -> str:
    """Return the first expression of `ignoreFiles` that matches a file or a folder above it; empty if none does."""
    if not expressions:
        return ""
    # Hugo matches absolute paths.
    paths = [f"/{path}", *(f"/{folder}" for folder in folders_to(posixpath.dirname(path))[1:])]
    matching = (text for text in expressions if any(map(compile_expression(text).search, paths)))
    return next(matching, "")


def _bundle_reasons(path: str, root: str, indexes: Mapping[str, Collection[str]], top: str | None) -> Iterator[Message]:
    content_folder, name = posixpath.split(path.removeprefix(f"{root}/" if root else ""))
    for folder in folders_to(content_folder):
        if top is not None and (top == folder or top.startswith(f"{folder}/") or not folder):
            continue
        paths = sorted(indexes.get(folder, ()))
        leaf, branch = (next(_named(paths, start), "") for start in (_LEAF, _BRANCH))
        is_own_index = folder == content_folder and name.startswith(_LEAF)
        if leaf and not branch and not is_own_index:
            yield Message("it is a resource of the page %(page)s.", page=leaf)
        if is_own_index and (own_branch := next(_named(filter(partial(_is_next_to, path), paths), _BRANCH), "")):
            yield Message("the file %(file)s takes precedence.", file=own_branch)


def _is_next_to(first: str, second: str) -> bool:
    """Tell whether two files are in the same folder."""
    return posixpath.dirname(first) == posixpath.dirname(second)


def _named(paths: Iterable[str], start: str) -> Iterator[str]:
    return (path for path in paths if posixpath.basename(path).startswith(start))


def folders_to(folder: str) -> list[str]:
    """Return the folders on the way to a folder, the top one first, with the folder itself."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:length]) for length in range(len(parts) + 1)]
