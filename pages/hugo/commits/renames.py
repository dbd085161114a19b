"""Detecting renames: pairs of deleted and added files in one language, exact matches before similar ones.

Similarity is that of bodies. Front matter does not count, because neighbouring pages share most of it. A body is split
into sentences and lines, called pieces. Two files are similar if the pieces that both have make up at least half of the
bytes of the longer one. Less is enough if the added file is where the deleted one is expected: because exact renames
show that its section moved, or because it is the same page under another file name.
"""

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pages.hugo.commits.commit_changes import ReadBlobs
from pages.hugo.commits.sketches import (
    MIN_BYTES,
    MIN_SIMILARITY,
    Sketch,
    can_be_similar,
    make_sketches,
    measure_similarity,
    read_contents,
)

MIN_SIMILARITY_IF_EXPECTED = 0.2
# A piece in more files than this, such as a line of a licence or a template, is not used to find candidates.
MAX_FILES_PER_PIECE = 40
# Of the new places of a section, the most frequent ones are tried.
MAX_MOVES_PER_SECTION = 5
# Further parts of a path are not compared, which bounds the recursion.
MAX_PARTS = 100

Key = TypeVar("Key")


@dataclass(frozen=True, order=True)
class TextFile:
    """A file that a commit deleted or added."""

    path: str
    language: str
    key: str
    blob: str


# Deleted files with added ones.
Pairs = list[tuple[TextFile, TextFile]]
Sides = tuple[list[TextFile], list[TextFile]]


def match_renames(deleted: Iterable[TextFile], added: Iterable[TextFile], read: ReadBlobs) -> Pairs:
    """Return pairs sorted by the old path. Each file is in one pair at most; the order of the files has no effect.

    Files that have no match in their own language are compared with those in the same language under another code: en
    with en-us. `read` returns the contents of blobs by their ids; it gets at most BLOBS_PER_READ of them at a time.
    """
    sides = list(deleted), list(added)
    pairs = _match_within(sides, [], read, lambda file: file.language)
    rest = _unpaired(sides, pairs)
    return sorted(pairs + _match_within(rest, pairs, read, lambda file: file.language.partition("-")[0]))


def _match_within(sides: Sides, known: Pairs, read: ReadBlobs, language_of: Callable[[TextFile], str]) -> Pairs:
    """Match files within each language. Known pairs tell which sections moved."""
    languages = [group for _, group in sorted(_group(sides, language_of).items()) if all(group)]
    pairs = [pair for group in languages for pair in _match_exact(group, read)]
    # A section that moved in one language has probably moved in the others.
    moves = _find_moves(known + pairs)
    rests = [_unpaired(group, pairs) for group in languages]
    return pairs + [pair for rest in rests for pair in _match_similar(rest, moves, read)]


def _group(sides: Sides, key: Callable[[TextFile], Key]) -> dict[Key, Sides]:
    groups: dict[Key, Sides] = defaultdict(lambda: ([], []))
    for side, files in enumerate(sides):
        for file in files:
            groups[key(file)][side].append(file)
    return groups


def _unpaired(sides: Sides, pairs: Pairs) -> Sides:
    old, new = {old for old, _ in pairs}, {new for _, new in pairs}
    return [file for file in sides[0] if file not in old], [file for file in sides[1] if file not in new]


# --- Exact matches ----------------------------------------------------------------------------------------------------


def _match_exact(sides: Sides, read: ReadBlobs) -> Pairs:
    """Pair files with equal contents; among several, those whose paths have most in common."""
    pairs: Pairs = []
    different_names: dict[str, Sides] = {}
    for blob, group in _group(sides, lambda file: file.blob).items():
        rest = _pair_by_parts(group, pairs, from_end=True)
        if all(rest):
            different_names[blob] = rest
    for blob, content in read_contents(sorted(different_names), read):
        # Nearly empty files are equal by chance.
        if len(content) >= MIN_BYTES and content.strip():
            _pair_by_parts(different_names[blob], pairs, from_end=False)
    return pairs


def _pair_by_parts(sides: Sides, pairs: Pairs, depth: int = 0, *, from_end: bool) -> Sides:
    """Pair files by the first or last parts of their paths, most common parts first. Return the files without a pair.

    Files with equally many common last parts are paired by their first parts, and those in order. Files without any
    common last part are left to the caller.
    """
    old, new = sides
    if old and new and (len(old) > 1 or len(new) > 1 or (from_end and not depth)):
        sides = [], []
        for part, group in _group((old, new), lambda file: _part_at(file.path, depth, from_end=from_end)).items():
            rest = group if part is None else _pair_by_parts(group, pairs, depth + 1, from_end=from_end)
            for files, unpaired in zip(sides, rest, strict=True):
                files.extend(unpaired)
    if from_end:
        return _pair_by_parts(sides, pairs, from_end=False) if depth else sides
    old, new = sorted(sides[0]), sorted(sides[1])
    count = min(len(old), len(new))
    pairs += zip(old[:count], new[:count], strict=True)
    return old[count:], new[count:]


def _part_at(path: str, depth: int, *, from_end: bool) -> str | None:
    parts = path.split("/")
    if depth >= min(len(parts), MAX_PARTS):
        return None
    return parts[-1 - depth] if from_end else parts[depth]


# --- Sections that moved ----------------------------------------------------------------------------------------------


def _find_moves(pairs: Pairs) -> dict[str, list[str]]:
    """Return the sections that moved: the old first parts of keys with the new ones, the most frequent first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in pairs:
        before, after = old.key.split("/"), new.key.split("/")
        common = _count_common_parts(before[::-1], after[::-1])
        counts[_join_parts(before[: len(before) - common])][_join_parts(after[: len(after) - common])] += 1
    return {
        old: sorted(sections, key=lambda section: (-sections[section], section))[:MAX_MOVES_PER_SECTION]
        for old, sections in counts.items()
    }


def _join_parts(parts: Sequence[str]) -> str:
    return "/".join(part for part in parts if part)


def _count_common_parts(before: list[str], after: list[str]) -> int:
    return len(posixpath.commonprefix([before, after]))


def _expected_keys(key: str, moves: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the key itself (if only the file name changed) and those that it has if it moved with its section."""
    yield key
    parts = key.split("/")
    for length in range(len(parts), -1, -1):
        for section in moves.get("/".join(parts[:length]), ()):
            yield _join_parts([section, *parts[length:]])


# --- Similar files ----------------------------------------------------------------------------------------------------


def _match_similar(sides: Sides, moves: Mapping[str, Sequence[str]], read: ReadBlobs) -> Pairs:
    """Pair similar files: expected ones before others, then by similarity."""
    if not all(sides):
        return []
    sketches = make_sketches({file.blob for files in sides for file in files}, read)
    old, new = ([file for file in sorted(files) if file.blob in sketches] for files in sides)
    ranked = []
    for before, after, is_expected in _candidate_pairs(old, new, sketches, moves):
        similarity = measure_similarity(sketches[before.blob], sketches[after.blob], is_expected=is_expected)
        if similarity >= (MIN_SIMILARITY_IF_EXPECTED if is_expected else MIN_SIMILARITY):
            order = (0 if is_expected else 1) if similarity >= MIN_SIMILARITY else 2
            ranked.append((order, -similarity, *_rank_paths(before, after), before, after))
    pairs: Pairs = []
    paired: tuple[set[TextFile], set[TextFile]] = (set(), set())
    for *_, before, after in sorted(ranked):
        if before not in paired[0] and after not in paired[1]:
            paired[0].add(before)
            paired[1].add(after)
            pairs.append((before, after))
    return pairs


def _rank_paths(before: TextFile, after: TextFile) -> tuple[int, int]:
    """Return a rank that is lower the more parts the paths have in common; last parts count most."""
    old, new = before.path.split("/"), after.path.split("/")
    return -_count_common_parts(old[::-1], new[::-1]), -_count_common_parts(old, new)


def _candidate_pairs(
    old: list[TextFile], new: list[TextFile], sketches: Mapping[str, Sketch], moves: Mapping[str, Sequence[str]]
) -> Iterator[tuple[TextFile, TextFile, bool]]:
    """Yield the pairs that can be similar, each with whether the added file is where the deleted one is expected."""
    by_key: dict[str, list[TextFile]] = defaultdict(list)
    for file in new:
        by_key[file.key].append(file)
    frequent = _frequent_pieces(old, sketches) | _frequent_pieces(new, sketches)
    positions = _index_pieces(new, sketches, frequent)
    for before in old:
        expected = {file for key in _expected_keys(before.key, moves) for file in by_key.get(key, ())}
        yield from ((before, after, True) for after in expected)
        sketch = sketches[before.blob]
        common: dict[int, int] = defaultdict(int)
        for piece, size in sketch.pieces.items():
            for position, other_size in positions.get(piece, ()):
                common[position] += min(size, other_size)
        # Frequent pieces are not in the index: any file may have them.
        frequent_size = sum(size for piece, size in sketch.pieces.items() if piece in frequent)
        for position, size in common.items():
            after = new[position]
            if after not in expected and can_be_similar(sketch, sketches[after.blob], size + frequent_size):
                yield before, after, False


def _frequent_pieces(files: Sequence[TextFile], sketches: Mapping[str, Sketch]) -> set[int]:
    counts = Counter(piece for file in files for piece in sketches[file.blob].pieces)
    return {piece for piece, count in counts.items() if count > MAX_FILES_PER_PIECE}


def _index_pieces(
    files: Sequence[TextFile], sketches: Mapping[str, Sketch], frequent: set[int]
) -> dict[int, list[tuple[int, int]]]:
    """Return the positions of the files that have a piece, each with its size, by piece."""
    positions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for position, file in enumerate(files):
        for piece, size in sketches[file.blob].pieces.items():
            if piece not in frequent:
                positions[piece].append((position, size))
    return positions
