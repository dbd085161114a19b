"""Sketches of files: their bodies as hashed pieces, sampled if they are long, to compare many files quickly."""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pages.hugo.commits.commit_changes import ReadBlobs
from pages.text.source import extract_body

MIN_SIMILARITY = 0.5
# Fewer common bytes than this say nothing about the origin of a file.
MIN_BYTES = 16
# For all files of a language together, at about a hundred bytes of memory each.
MAX_PIECES = 400_000
MIN_PIECES_PER_FILE = 64
BLOBS_PER_READ = 64
_FENCES = (b"---", b"+++")
# Paragraphs are often one long line each, so that sentences are compared as well.
_SENTENCE_ENDS = (b". ", b"! ", b"? ", b"; ", b"> ", "。".encode())


@dataclass(frozen=True)
class Sketch:
    """The pieces of a body: their hashes, each with the bytes that it makes up.

    A long body is sampled: a sketch has about one in `one_in` of its pieces.
    """

    pieces: Mapping[int, int]
    one_in: int
    has_body: bool
    # Bytes of all pieces and of the sampled ones.
    size: int
    sampled_size: int


def make_sketches(blobs: Collection[str], read: ReadBlobs) -> dict[str, Sketch]:
    """Return the sketches of files by blob id, without those that are not available. `blobs` must not be empty."""
    max_pieces = max(MAX_PIECES // len(blobs), MIN_PIECES_PER_FILE)
    return {blob: _make_sketch(content, max_pieces) for blob, content in read_contents(sorted(blobs), read)}


def _make_sketch(content: bytes, max_pieces: int) -> Sketch:
    body = extract_body(content).encode()
    has_body = bool(body.strip())
    pieces: dict[int, int] = {}
    for piece in _split_pieces(body if has_body else content):
        # The built-in hash differs from process to process. With the length, collisions of CRC-32 are rare.
        hashed = len(piece) << 32 | zlib.crc32(piece)
        pieces[hashed] = pieces.get(hashed, 0) + len(piece) + 1
    size, one_in = sum(pieces.values()), 1
    while len(pieces) > max_pieces:
        one_in *= 2
        pieces = _sample_pieces(pieces, one_in)
    return Sketch(pieces, one_in, has_body, size, sum(pieces.values()))


def _sample(sketch: Sketch, one_in: int) -> Mapping[int, int]:
    return sketch.pieces if sketch.one_in == one_in else _sample_pieces(sketch.pieces, one_in)


def _sample_pieces(pieces: Mapping[int, int], one_in: int) -> dict[int, int]:
    """Keep about one in so many pieces. All files keep the same ones, so that samples can be compared."""
    return {piece: size for piece, size in pieces.items() if piece % one_in == 0}


def _split_pieces(body: bytes) -> Iterator[bytes]:
    for end in _SENTENCE_ENDS:
        body = body.replace(end, end + b"\n")
    return (piece for piece in map(bytes.strip, body.splitlines()) if piece and piece not in _FENCES)


def read_contents(blobs: Sequence[str], read: ReadBlobs) -> Iterator[tuple[str, bytes]]:
    """Read blobs in small groups, to hold only one group in memory. Unavailable ones are left out."""
    for start in range(0, len(blobs), BLOBS_PER_READ):
        group = blobs[start : start + BLOBS_PER_READ]
        contents = read(group)
        yield from ((blob, contents[blob]) for blob in group if blob in contents)


def can_be_similar(old: Sketch, new: Sketch, max_common: int) -> bool:
    """Tell whether two files can reach MIN_SIMILARITY if they have at most that many bytes in common."""
    if min(old.size, new.size) < MIN_SIMILARITY * max(old.size, new.size):
        return False
    # Sketches with different sampling have too few pieces in common to judge by.
    return old.one_in != new.one_in or max_common >= MIN_SIMILARITY * max(old.sampled_size, new.sampled_size)


def measure_similarity(old: Sketch, new: Sketch, *, is_expected: bool) -> float:
    """Return the part of the longer body that is in common pieces, from 0 to 1."""
    if old.has_body != new.has_body or not (old.has_body or is_expected):
        return 0
    one_in = max(old.one_in, new.one_in)
    old_pieces, new_pieces = _sample(old, one_in), _sample(new, one_in)
    fewer, more = sorted((old_pieces, new_pieces), key=len)
    common = sum(min(size, more.get(piece, 0)) for piece, size in fewer.items())
    if not is_expected and common * one_in <= MIN_BYTES:
        return 0
    return common / max(sum(old_pieces.values()), sum(new_pieces.values()), 1)
