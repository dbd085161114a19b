"""Detecting renames: pairs of deleted and added files in one language, exact matches before similar ones.

Similarity is that of bodies. Front matter does not count, because neighbouring pages share most of it. A body is split
into sentences and lines, called pieces. Two files are similar if the pieces that both have make up at least half of the
bytes of the longer one. Less is enough if the added file is where the deleted one is expected: because exact renames
show that its section moved, or because it is the same page under another file name.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

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


@dataclass(frozen=True, order=True)
class _File:
    path: str
    language: str
    key: str
    blob: str


@dataclass(frozen=True, order=True)
class DeletedFile(_File):
    """A file that a commit deleted."""


@dataclass(frozen=True, order=True)
class AddedFile(_File):
    """A file that a commit added."""


Pairs = list[tuple[DeletedFile, AddedFile]]
Sides = tuple[list[DeletedFile], list[AddedFile]]


def match_renames(deleted: Sequence[DeletedFile], added: Sequence[AddedFile], read: ReadBlobs) -> Pairs:
    """Return pairs sorted by the old path. Each file is in one pair at most; the order of the files has no effect.

    Files that have no match in their own language are compared with those in the same language under another code: en
    with en-us. `read` returns the contents of blobs by their ids; it gets at most BLOBS_PER_READ of them at a time.
    """
    pairs = _match_within(deleted, added, [], read, lambda file: file.language)
    paired: set[_File] = {file for pair in pairs for file in pair}
    rest = [file for file in deleted if file not in paired], [file for file in added if file not in paired]
    return sorted(pairs + _match_within(*rest, pairs, read, lambda file: file.language.partition("-")[0]))


def _match_within(
    deleted: Iterable[DeletedFile],
    added: Iterable[AddedFile],
    known: Pairs,
    read: ReadBlobs,
    language_of: Callable[[_File], str],
) -> Pairs:
    """Match files within each language. Known pairs tell which sections moved."""
    by_language: dict[str, tuple[set[DeletedFile], set[AddedFile]]] = defaultdict(lambda: (set(), set()))
    for deleted_file in deleted:
        by_language[language_of(deleted_file)][0].add(deleted_file)
    for added_file in added:
        by_language[language_of(added_file)][1].add(added_file)
    languages = [sides for _, sides in sorted(by_language.items()) if all(sides)]
    pairs = [pair for sides in languages for pair in _remove_paired(sides, _match_exact(*sides, read))]
    # A section that moved in one language has probably moved in the others.
    moves = _find_moves(known + pairs)
    for sides in languages:
        pairs += _remove_paired(sides, _match_similar(*sides, moves, read))
    return pairs


def _remove_paired(sides: tuple[set[DeletedFile], set[AddedFile]], pairs: Pairs) -> Pairs:
    for old, new in pairs:
        sides[0].remove(old)
        sides[1].remove(new)
    return pairs


# --- Exact matches ----------------------------------------------------------------------------------------------------


def _match_exact(deleted: Iterable[DeletedFile], added: Iterable[AddedFile], read: ReadBlobs) -> Pairs:
    """Pair files with equal contents; among several, those whose paths have most in common."""
    by_blob: dict[str, Sides] = defaultdict(lambda: ([], []))
    for deleted_file in deleted:
        by_blob[deleted_file.blob][0].append(deleted_file)
    for added_file in added:
        by_blob[added_file.blob][1].append(added_file)
    pairs: Pairs = []
    different_names: dict[str, Sides] = {}
    for blob, (old, new) in by_blob.items():
        if old and new:
            rest = _pair_by_last_parts(old, new, 0, pairs)
            if all(rest):
                different_names[blob] = rest
    for blob, content in read_contents(sorted(different_names), read):
        # Nearly empty files are equal by chance.
        if len(content) >= MIN_BYTES and content.strip():
            _pair_by_first_parts(*different_names[blob], 0, pairs)
    return pairs


def _pair_by_last_parts(old: list[DeletedFile], new: list[AddedFile], depth: int, pairs: Pairs) -> Sides:
    """Pair files by the last parts of their paths, longest common ending first. Return the files that have no pair.

    Files without any common part are left to the caller.
    """
    if not (old and new) or (len(old) == len(new) == 1 and depth):
        return _pair_in_order(old, new, pairs)
    groups = _group_by_part(old, new, lambda parts: _part_at(parts[::-1], depth))
    rest = _join_sides(
        _pair_by_last_parts(*sides, depth + 1, pairs) if part is not None else sides for part, sides in groups
    )
    return _pair_by_first_parts(*rest, 0, pairs) if depth else rest


def _pair_by_first_parts(old: list[DeletedFile], new: list[AddedFile], depth: int, pairs: Pairs) -> Sides:
    """Pair files by the first parts of their paths, longest common beginning first, then in order."""
    if old and new and not len(old) == len(new) == 1:
        groups = _group_by_part(old, new, lambda parts: _part_at(parts, depth))
        old, new = _join_sides(
            _pair_by_first_parts(*sides, depth + 1, pairs) if part is not None else sides for part, sides in groups
        )
    return _pair_in_order(sorted(old), sorted(new), pairs)


def _pair_in_order(old: list[DeletedFile], new: list[AddedFile], pairs: Pairs) -> Sides:
    count = min(len(old), len(new))
    pairs += zip(old[:count], new[:count], strict=True)
    return old[count:], new[count:]


def _group_by_part(
    old: list[DeletedFile], new: list[AddedFile], part_of: Callable[[list[str]], str | None]
) -> Iterable[tuple[str | None, Sides]]:
    groups: dict[str | None, Sides] = defaultdict(lambda: ([], []))
    for deleted_file in old:
        groups[part_of(deleted_file.path.split("/"))][0].append(deleted_file)
    for added_file in new:
        groups[part_of(added_file.path.split("/"))][1].append(added_file)
    return groups.items()


def _part_at(parts: list[str], depth: int) -> str | None:
    return parts[depth] if depth < min(len(parts), MAX_PARTS) else None


def _join_sides(groups: Iterable[Sides]) -> Sides:
    old: list[DeletedFile] = []
    new: list[AddedFile] = []
    for sides in groups:
        old += sides[0]
        new += sides[1]
    return old, new


# --- Sections that moved ----------------------------------------------------------------------------------------------


def _find_moves(pairs: Pairs) -> dict[str, list[str]]:
    """Return the sections that moved: the old first parts of keys with the new ones, the most frequent first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in pairs:
        before, after = old.key.split("/"), new.key.split("/")
        common = _count_common_last_parts(before, after)
        counts[_join_parts(before[: len(before) - common])][_join_parts(after[: len(after) - common])] += 1
    return {
        old: sorted(sections, key=lambda section: (-sections[section], section))[:MAX_MOVES_PER_SECTION]
        for old, sections in counts.items()
    }


def _join_parts(parts: Sequence[str]) -> str:
    return "/".join(part for part in parts if part)


def _count_common_last_parts(before: Sequence[str], after: Sequence[str]) -> int:
    return _count_common_first_parts(before[::-1], after[::-1])


def _count_common_first_parts(before: Sequence[str], after: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda parts: parts[0] == parts[1], zip(before, after, strict=False)))


def _expected_keys(key: str, moves: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the key itself (if only the file name changed) and those that it has if it moved with its section."""
    yield key
    parts = key.split("/")
    for length in range(len(parts), -1, -1):
        for section in moves.get("/".join(parts[:length]), ()):
            yield _join_parts([section, *parts[length:]])


# --- Similar files ----------------------------------------------------------------------------------------------------


def _match_similar(
    deleted: Iterable[DeletedFile], added: Iterable[AddedFile], moves: Mapping[str, Sequence[str]], read: ReadBlobs
) -> Pairs:
    """Pair similar files: expected ones before others, then by similarity."""
    old, new = sorted(deleted), sorted(added)
    if not (old and new):
        return []
    sketches = make_sketches({file.blob for file in (*old, *new)}, read)
    old = [file for file in old if file.blob in sketches]
    new = [file for file in new if file.blob in sketches]
    ranked = []
    for before, after, is_expected in _candidate_pairs(old, new, sketches, moves):
        similarity = measure_similarity(sketches[before.blob], sketches[after.blob], is_expected=is_expected)
        if similarity >= (MIN_SIMILARITY_IF_EXPECTED if is_expected else MIN_SIMILARITY):
            order = (0 if is_expected else 1) if similarity >= MIN_SIMILARITY else 2
            ranked.append((order, -similarity, *_rank_paths(before, after), before, after))
    pairs: Pairs = []
    paired: set[_File] = set()
    for *_, before, after in sorted(ranked):
        if before not in paired and after not in paired:
            paired |= {before, after}
            pairs.append((before, after))
    return pairs


def _rank_paths(before: DeletedFile, after: AddedFile) -> tuple[int, int]:
    """Return a rank that is lower the more parts the paths have in common; last parts count most."""
    old, new = before.path.split("/"), after.path.split("/")
    return -_count_common_last_parts(old, new), -_count_common_first_parts(old, new)


def _candidate_pairs(
    old: list[DeletedFile], new: list[AddedFile], sketches: Mapping[str, Sketch], moves: Mapping[str, Sequence[str]]
) -> Iterator[tuple[DeletedFile, AddedFile, bool]]:
    """Yield the pairs that can be similar, each with whether the added file is where the deleted one is expected."""
    by_key: dict[str, list[AddedFile]] = defaultdict(list)
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


def _frequent_pieces(files: Sequence[_File], sketches: Mapping[str, Sketch]) -> set[int]:
    counts = Counter(piece for file in files for piece in sketches[file.blob].pieces)
    return {piece for piece, count in counts.items() if count > MAX_FILES_PER_PIECE}


def _index_pieces(
    files: Sequence[_File], sketches: Mapping[str, Sketch], frequent: set[int]
) -> dict[int, list[tuple[int, int]]]:
    """Return the positions of the files that have a piece, each with its size, by piece."""
    positions: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for position, file in enumerate(files):
        for piece, size in sketches[file.blob].pieces.items():
            if piece not in frequent:
                positions[piece].append((position, size))
    return positions
