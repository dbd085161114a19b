"""Which file that a commit deleted became which one that it added: in the same language, exact before similar.

Alike are bodies, not front matter, which pages share with their neighbours. A body is cut into sentences and lines; two
are similar if at least half of the bytes of the longer one are in pieces that both have. Where exact renames tell that
a section moved, or a file is the same page under another name, less is enough.
"""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

Read = Callable[[Sequence[str]], Mapping[str, bytes]]

SIMILAR = 0.5
# Of a file that lies where its section went.
SIMILAR_IN_ITS_PLACE = 0.2
# Less than that says nothing about where it comes from.
FEWEST_BYTES = 16
# A piece that stands in more files than that finds none: a licence's line, a template's.
MOST_FILES = 40
# Of all files of a language together: what is kept in memory, about a hundred bytes each.
MOST_PIECES = 400_000
FEWEST_PIECES = 64
MOST_MOVES = 5
# Deeper parts of a path are not compared.
MOST_PARTS = 100
FILES_AT_ONCE = 64
_NEWLINE = rb"(?:\r\n|\r|\n)"
_FRONT_MATTER = re.compile(
    rb"(?:\xef\xbb\xbf)?(---|\+\+\+)[ \t]*%b(?:.*?%b)??\1[ \t]*(?:%b|\Z)" % (_NEWLINE, _NEWLINE, _NEWLINE), re.DOTALL
)
_FENCES = (b"---", b"+++")
# A line ends where a sentence does: paragraphs of prose are one line each.
_SENTENCE_ENDS = (b". ", b"! ", b"? ", b"; ", b"> ", "。".encode())


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


@dataclass(frozen=True)
class _Sketch:
    """A body's pieces: how many bytes of it each one makes up; of a long body, one piece in `one_in`."""

    pieces: Mapping[int, int]
    one_in: int
    has_body: bool
    # Bytes of all pieces, and of those that are kept.
    size: int
    kept: int


def match_renames(gone: Sequence[DeletedFile], come: Sequence[AddedFile], read: Read) -> Pairs:
    """Return the renames, in the order of their old paths; each file is in one at most, whatever the files' order.

    What finds nothing in its own language is looked for in the same language under another code: en for en-us.
    `read` returns the bytes of blobs by their ids; it is asked for a few at a time.
    """
    pairs = _match_within(gone, come, [], read, lambda file: file.language)
    paired: set[_File] = {file for pair in pairs for file in pair}
    left = [file for file in gone if file not in paired], [file for file in come if file not in paired]
    return sorted(pairs + _match_within(*left, pairs, read, lambda file: file.language.partition("-")[0]))


def _match_within(
    gone: Iterable[DeletedFile],
    come: Iterable[AddedFile],
    known: Pairs,
    read: Read,
    language_of: Callable[[_File], str],
) -> Pairs:
    sides_of: dict[str, tuple[set[DeletedFile], set[AddedFile]]] = defaultdict(lambda: (set(), set()))
    for file in gone:
        sides_of[language_of(file)][0].add(file)
    for file in come:
        sides_of[language_of(file)][1].add(file)
    left = [sides for _, sides in sorted(sides_of.items()) if all(sides)]
    pairs = [pair for sides in left for pair in _take(sides, _exact(*sides, read))]
    # What moved in one language tells where to look in another.
    moves = _moves(known + pairs)
    for sides in left:
        pairs += _take(sides, _similar(*sides, moves, read))
    return pairs


def _take(sides: tuple[set[DeletedFile], set[AddedFile]], pairs: Pairs) -> Pairs:
    for old, new in pairs:
        sides[0].remove(old)
        sides[1].remove(new)
    return pairs


def _exact(gone: Iterable[DeletedFile], come: Iterable[AddedFile], read: Read) -> Pairs:
    """Pair the files that are equal: of several, those whose paths share most."""
    by_blob: dict[str, tuple[list[DeletedFile], list[AddedFile]]] = defaultdict(lambda: ([], []))
    for file in gone:
        by_blob[file.blob][0].append(file)
    for file in come:
        by_blob[file.blob][1].append(file)
    pairs: Pairs = []
    unlike: dict[str, tuple[list[DeletedFile], list[AddedFile]]] = {}
    for blob, (old, new) in by_blob.items():
        if old and new:
            left = _by_ends(old, new, 0, pairs)
            if all(left):
                unlike[blob] = left
    for blob, content in _contents(sorted(unlike), read):
        if len(content) >= FEWEST_BYTES and content.strip():
            _by_beginnings(*unlike[blob], 0, pairs)
    return pairs


def _by_ends(
    old: list[DeletedFile], new: list[AddedFile], depth: int, pairs: Pairs
) -> tuple[list[DeletedFile], list[AddedFile]]:
    """Pair files that share the last parts of their paths, most parts first; return those that are left over.

    What shares no part at all is not paired: that is for the caller to do.
    """
    if not (old and new) or (len(old) == len(new) == 1 and depth):
        return _paired(old, new, pairs)
    groups = _groups(old, new, lambda parts: parts[::-1][depth : min(depth + 1, MOST_PARTS)])
    lefts = [_by_ends(*sides, depth + 1, pairs) if name is not None else sides for name, sides in groups]
    left = [file for side, _ in lefts for file in side], [file for _, side in lefts for file in side]
    return _by_beginnings(*left, 0, pairs) if depth else left


def _by_beginnings(
    old: list[DeletedFile], new: list[AddedFile], depth: int, pairs: Pairs
) -> tuple[list[DeletedFile], list[AddedFile]]:
    """Pair files that share the first parts of their paths, most parts first, then in their order."""
    if old and new and not len(old) == len(new) == 1:
        groups = _groups(old, new, lambda parts: parts[depth : min(depth + 1, MOST_PARTS)])
        lefts = [_by_beginnings(*sides, depth + 1, pairs) if name is not None else sides for name, sides in groups]
        old, new = [file for side, _ in lefts for file in side], [file for _, side in lefts for file in side]
    return _paired(sorted(old), sorted(new), pairs)


def _paired(old: list[DeletedFile], new: list[AddedFile], pairs: Pairs) -> tuple[list[DeletedFile], list[AddedFile]]:
    both = min(len(old), len(new))
    pairs += zip(old[:both], new[:both], strict=True)
    return old[both:], new[both:]


def _groups(
    old: list[DeletedFile], new: list[AddedFile], part_of: Callable[[list[str]], list[str]]
) -> Iterable[tuple[str | None, tuple[list[DeletedFile], list[AddedFile]]]]:
    """Return the files of both sides by one part of their paths, None where a path has no such part."""
    groups: dict[str | None, tuple[list[DeletedFile], list[AddedFile]]] = defaultdict(lambda: ([], []))
    for side, files in enumerate((old, new)):
        for file in files:
            groups[next(iter(part_of(file.path.split("/"))), None)][side].append(file)
    return groups.items()


def _moves(pairs: Pairs) -> dict[str, list[str]]:
    """Return where exact renames tell that sections went: the new beginnings of keys by the old, likeliest first."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for old, new in pairs:
        before, after = old.key.split("/"), new.key.split("/")
        shared = _shared_ends(before, after)
        counted[_joined(before[: len(before) - shared])][_joined(after[: len(after) - shared])] += 1
    return {old: sorted(news, key=lambda new: (-news[new], new))[:MOST_MOVES] for old, news in counted.items()}


def _joined(parts: Sequence[str]) -> str:
    return "/".join(part for part in parts if part)


def _shared_ends(one: Sequence[str], other: Sequence[str]) -> int:
    return _shared_beginnings(one[::-1], other[::-1])


def _shared_beginnings(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda parts: parts[0] == parts[1], zip(one, other, strict=False)))


def _keys_expected(key: str, moves: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the keys that a page would have if it went with its section, and its own: the file alone has a new name."""
    yield key
    parts = key.split("/")
    for length in range(len(parts), -1, -1):
        for new in moves.get("/".join(parts[:length]), ()):
            yield _joined([new, *parts[length:]])


def _similar(
    gone: Iterable[DeletedFile], come: Iterable[AddedFile], moves: Mapping[str, Sequence[str]], read: Read
) -> Pairs:
    """Pair similar files, the most alike first; those that went with their section before others."""
    old, new = sorted(gone), sorted(come)
    if not (old and new):
        return []
    sketches = _sketches([*old, *new], read)
    old = [file for file in old if file.blob in sketches]
    new = [file for file in new if file.blob in sketches]
    ranked = []
    for before, after, is_expected in _candidates(old, new, sketches, moves):
        alike = _similarity(sketches[before.blob], sketches[after.blob], is_expected=is_expected)
        if alike >= (SIMILAR_IN_ITS_PLACE if is_expected else SIMILAR):
            order = (0 if is_expected else 1) if alike >= SIMILAR else 2
            ends, beginnings = _shared_parts(before, after)
            ranked.append((order, -alike, -ends, -beginnings, before, after))
    pairs: Pairs = []
    taken: set[_File] = set()
    for *_, before, after in sorted(ranked):
        if before not in taken and after not in taken:
            taken |= {before, after}
            pairs.append((before, after))
    return pairs


def _shared_parts(before: DeletedFile, after: AddedFile) -> tuple[int, int]:
    one, other = before.path.split("/"), after.path.split("/")
    return _shared_ends(one, other), _shared_beginnings(one, other)


def _candidates(
    old: list[DeletedFile], new: list[AddedFile], sketches: Mapping[str, _Sketch], moves: Mapping[str, Sequence[str]]
) -> Iterator[tuple[DeletedFile, AddedFile, bool]]:
    """Yield the pairs that are worth a comparison, and whether the new one lies where the old one is expected."""
    by_key: dict[str, list[AddedFile]] = defaultdict(list)
    for file in new:
        by_key[file.key].append(file)
    frequent = _frequent(old, sketches) | _frequent(new, sketches)
    by_piece: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for position, file in enumerate(new):
        for piece, size in sketches[file.blob].pieces.items():
            if piece not in frequent:
                by_piece[piece].append((position, size))
    for before in old:
        expected = {file for key in _keys_expected(before.key, moves) for file in by_key.get(key, ())}
        yield from ((before, after, True) for after in expected)
        sketch, shared, perhaps = sketches[before.blob], defaultdict(int), 0
        for piece, size in sketch.pieces.items():
            perhaps += size if piece in frequent else 0
            for position, other_size in by_piece.get(piece, ()):
                shared[position] += min(size, other_size)
        for position, size in shared.items():
            after = new[position]
            if after not in expected and _may_be_similar(sketch, sketches[after.blob], size + perhaps):
                yield before, after, False


def _frequent(files: Sequence[_File], sketches: Mapping[str, _Sketch]) -> set[int]:
    counted = Counter(piece for file in files for piece in sketches[file.blob].pieces)
    return {piece for piece, count in counted.items() if count > MOST_FILES}


def _may_be_similar(one: _Sketch, other: _Sketch, shared_at_most: int) -> bool:
    if min(one.size, other.size) < SIMILAR * max(one.size, other.size):
        return False
    return one.one_in != other.one_in or shared_at_most >= SIMILAR * max(one.kept, other.kept)


def _similarity(one: _Sketch, other: _Sketch, *, is_expected: bool) -> float:
    """Return how much of the longer one is in pieces that both have, from 0 to 1."""
    if one.has_body != other.has_body or not (one.has_body or is_expected):
        return 0
    one_in = max(one.one_in, other.one_in)
    first, second = _thinned(one, one_in), _thinned(other, one_in)
    fewer, more = sorted((first, second), key=len)
    shared = sum(min(size, more.get(piece, 0)) for piece, size in fewer.items())
    if not is_expected and shared * one_in <= FEWEST_BYTES:
        return 0
    return shared / max(sum(first.values()), sum(second.values()), 1)


def _thinned(sketch: _Sketch, one_in: int) -> Mapping[int, int]:
    if sketch.one_in == one_in:
        return sketch.pieces
    return {piece: size for piece, size in sketch.pieces.items() if piece % one_in == 0}


def _sketches(files: Sequence[_File], read: Read) -> dict[str, _Sketch]:
    """Return the sketches of files by their blobs; of one that cannot be had there is none."""
    blobs = sorted({file.blob for file in files})
    most = max(MOST_PIECES // len(blobs), FEWEST_PIECES)
    return {blob: _sketch(content, most) for blob, content in _contents(blobs, read)}


def _sketch(content: bytes, most: int) -> _Sketch:
    front_matter = _FRONT_MATTER.match(content)
    body = content[front_matter.end() :] if front_matter else content
    has_body = bool(body.strip())
    pieces: dict[int, int] = {}
    for piece in _pieces(body if has_body else content):
        # Not `hash`, which is another in each process. The length keeps apart most of what the sum does not.
        name = len(piece) << 32 | zlib.crc32(piece)
        pieces[name] = pieces.get(name, 0) + len(piece) + 1
    size, one_in = sum(pieces.values()), 1
    while len(pieces) > most:
        one_in *= 2
        pieces = {piece: count for piece, count in pieces.items() if piece % one_in == 0}
    return _Sketch(pieces, one_in, has_body, size, sum(pieces.values()))


def _pieces(body: bytes) -> Iterator[bytes]:
    for end in _SENTENCE_ENDS:
        body = body.replace(end, end + b"\n")
    return (piece for piece in map(bytes.strip, body.splitlines()) if piece and piece not in _FENCES)


def _contents(blobs: Sequence[str], read: Read) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(blobs), FILES_AT_ONCE):
        contents = read(blobs[start : start + FILES_AT_ONCE])
        yield from ((blob, contents[blob]) for blob in blobs[start : start + FILES_AT_ONCE] if blob in contents)
