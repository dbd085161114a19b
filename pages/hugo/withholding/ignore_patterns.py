"""Matching paths against the lines of a file such as `.gitignore`, as pathspec's `GitIgnoreSpec` does for MkDocs.

Patterns come from the source and are untrusted: matching takes at most the product of the lengths.
"""

from collections.abc import Iterable, Sequence

from pages.hugo.withholding.path_patterns import MAX_PATTERN, UnreadablePattern, matches_name

_ANY_FOLDERS = "**"


def find_ignoring(path: str, lines: Iterable[str]) -> str:
    """Return the last line that decides that a path is ignored; empty if it is not.

    A line with `!` does not include what only a folder above it excludes. One that cannot be read is taken to exclude,
    or to include nothing.
    """
    ignoring, is_by_file = "", False
    for line in lines:
        is_negated, segments, is_folder = _parse(line)
        if not segments:
            continue
        by_file, by_folder = _matches(path.split("/"), segments, is_folder=is_folder, if_unreadable=not is_negated)
        if by_folder and not is_negated:
            ignoring, is_by_file = line.strip(), by_file or (bool(ignoring) and is_by_file)
        elif by_file or (by_folder and not is_by_file):
            ignoring, is_by_file = ("" if is_negated else line.strip()), by_file
    return ignoring


def _parse(line: str) -> tuple[bool, list[str], bool]:
    """Return whether a line includes again, its pattern by folders, and whether it means folders only."""
    pattern = line.rstrip("\r\n")
    pattern = pattern if pattern.endswith("\\ ") else pattern.rstrip()
    if pattern.startswith("#"):
        return False, [], False
    is_negated = pattern.startswith("!")
    pattern = pattern[is_negated:]
    body = pattern.rstrip("/")
    is_folder = pattern.endswith("/") and (is_negated or not body.endswith(_ANY_FOLDERS))
    segments = [segment for segment in body.split("/") if segment]
    is_anchored = "/" in body
    return is_negated, segments if is_anchored or not segments else [_ANY_FOLDERS, *segments], is_folder


def _matches(
    parts: Sequence[str], segments: Sequence[str], *, is_folder: bool, if_unreadable: bool
) -> tuple[bool, bool]:
    """Return whether a pattern matches the file itself, and whether it matches a folder above it."""
    if sum(map(len, segments)) > MAX_PATTERN:
        return False, if_unreadable
    try:
        lengths = _matching_lengths(parts, segments)
    except UnreadablePattern:
        return False, if_unreadable
    return len(parts) in lengths and not is_folder, any(length < len(parts) for length in lengths)


def _matching_lengths(parts: Sequence[str], segments: Sequence[str]) -> set[int]:
    """Return the numbers of leading folders and names of a path that a whole pattern matches."""
    positions = {0}
    for index, segment in enumerate(segments):
        if segment == _ANY_FOLDERS:
            # At the end it means everything within the folder.
            is_last = index == len(segments) - 1
            positions = set(range(min(positions) + is_last, len(parts) + 1)) if positions else set()
        else:
            matching = {name for name in set(parts) if matches_name(segment, name)}
            positions = {number for number, name in enumerate(parts, 1) if number - 1 in positions and name in matching}
    return positions
