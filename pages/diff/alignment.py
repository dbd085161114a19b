"""The alignment of two lists of blocks: which are unchanged, added, removed, changed in place, or moved."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

from pages.diff.blocks import Block
from pages.diff.tokens import PAIRS_PER_STEP, Budget, find_matches

RowKind = Literal["unchanged", "same text", "added", "removed", "changed", "moved", "moved away"]

# A block counts as a changed form of another if at least this share of their words is common.
_MIN_SIMILARITY = 0.5
# The same for a block elsewhere in the text.
_MIN_MOVED_SIMILARITY = 0.6
# A block of fewer words counts as moved only together with the block next to it, because equal short blocks are often
# unrelated.
_MIN_MOVED_WORDS = 3
# Similar blocks are searched in stretches of at most this many blocks, because every pair is measured.
_MAX_STRETCH = 20
# Blocks whose positions in their stretches differ by more than this are not compared.
_BAND = 5
# A word that more removed blocks have says little about where a block came from.
_MAX_BLOCKS_OF_WORD = 20
# For each added block, so many removed ones with the most words in common are measured.
_MAX_ORIGINS = 3


class BlockPair(NamedTuple):
    """A row of the alignment: a block of the old text, a block of the new text, or both.

    A moved block has two rows with the same `move`: "moved away" with the old block, and "moved" with both.
    """

    kind: RowKind
    before: Block | None
    after: Block | None
    move: int = 0


def align(before: Sequence[Block], after: Sequence[Block], budget: Budget) -> list[BlockPair]:
    """Return the rows of two lists of blocks in reading order.

    Equal blocks in the same order are matched first, then blocks that moved as they are, then similar ones in the gaps
    between them, then similar ones in other places.
    """
    equal = find_matches([block.key for block in before], [block.key for block in after], budget)
    gaps = list(find_gaps(equal, len(before), len(after)))
    alignment = _Alignment(before, after, budget)
    alignment.add_equal_moves(gaps)
    pairs = alignment.pair_gaps(gaps, equal)
    alignment.add_similar_moves(pairs)
    return list(alignment.rows(pairs))


def find_gaps(pairs: Iterable[tuple[int, int]], before: int, after: int) -> Iterable[tuple[slice, slice]]:
    """Yield the gaps between pairs of positions, as slices of both sides, including those at the start and at the end.

    `before` and `after` are the lengths of the sides.
    """
    left, right = 0, 0
    for first, second in (*pairs, (before, after)):
        yield slice(left, first), slice(right, second)
        left, right = first + 1, second + 1


class _Alignment:
    """Two lists of blocks and the moves between them: `origins` has the old position of each moved new block."""

    def __init__(self, before: Sequence[Block], after: Sequence[Block], budget: Budget) -> None:
        self._before, self._after, self._budget = before, after, budget
        self._origins: dict[int, int] = {}
        self._moved_away: set[int] = set()

    def _add_move(self, old: int, new: int) -> None:
        self._origins[new] = old
        self._moved_away.add(old)

    def add_equal_moves(self, gaps: Sequence[tuple[slice, slice]]) -> None:
        removed: defaultdict[tuple[str, str, str], deque[int]] = defaultdict(deque)
        for old, _ in gaps:
            for position in range(old.start, old.stop):
                removed[self._before[position].key].append(position)
        for _, new in gaps:
            for position in range(new.start, new.stop):
                block = self._after[position]
                origins = removed.get(block.key)
                if origins and self._budget.spend(block.cost) and block.length >= _MIN_MOVED_WORDS:
                    self._add_move(origins.popleft(), position)

    def pair_gaps(self, gaps: Sequence[tuple[slice, slice]], equal: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the pairs of positions of equal blocks and of the similar ones between them, in order."""
        pairs: list[tuple[int, int]] = []
        for (old, new), pair in zip(gaps, [*equal, None], strict=True):
            pairs += self._pair_gap(old, new)
            if pair:
                pairs.append(pair)
        return pairs

    def _pair_gap(self, old: slice, new: slice) -> Iterator[tuple[int, int]]:
        """Yield the pairs of a gap between equal blocks. A long gap is paired in stretches."""
        lengths = (old.stop - old.start, new.stop - new.start)
        stretches = max(1, -(-max(lengths) // _MAX_STRETCH))
        for number in range(stretches):
            bounds = [
                (part.start + length * number // stretches, part.start + length * (number + 1) // stretches)
                for part, length in zip((old, new), lengths, strict=True)
            ]
            yield from self._pair_similar(range(*bounds[0]), range(*bounds[1]))

    def _pair_similar(self, old: range, new: range) -> list[tuple[int, int]]:
        """Return the pairs of positions, increasing on both sides, whose similarities have the greatest sum."""
        if not old or not new or not self._budget.spend(15 * len(old) * len(new)):
            return []
        similarities = {
            (left, right): self._measure(old[left], new[right])
            for left, right in product(range(len(old)), range(len(new)))
            if abs(left * len(new) - right * len(old)) <= _BAND * max(len(old), len(new))
            and old[left] not in self._moved_away
            and new[right] not in self._origins
        }
        return [(old[left], new[right]) for left, right in find_best(similarities, len(old), len(new))]

    def _measure(self, old: int, new: int, cutoff: float = _MIN_SIMILARITY) -> float:
        """Return the share of common words, or 0 if one block cannot be a changed form of the other."""
        before, after = self._before[old], self._after[new]
        if before.kind != after.kind or before.tag == "hr":
            return 0
        if not self._budget.spend(40 + before.cost + after.cost):
            return 0
        old_keys, new_keys = before.similarity_keys, after.similarity_keys
        if not self._budget.spend(len(old_keys) * len(new_keys) // PAIRS_PER_STEP):
            return 0
        return Indel.normalized_similarity(old_keys, new_keys, score_cutoff=cutoff)

    def add_similar_moves(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Add blocks that were changed and are elsewhere now, and then what was next to a moved block and still is."""
        removed = sorted(set(range(len(self._before))) - {old for old, _ in pairs} - self._moved_away)
        added = sorted(set(range(len(self._after))) - {new for _, new in pairs} - self._origins.keys())
        if removed and added:
            measured = [
                (self._measure(old, new, _MIN_MOVED_SIMILARITY), old, new)
                for new, old in self._find_candidates(removed, added)
            ]
            for similarity, old, new in sorted(measured, key=lambda entry: (-entry[0], entry[1:])):
                if similarity and old not in self._moved_away and new not in self._origins:
                    self._add_move(old, new)
            self._add_neighbours(set(removed), set(added))

    def _find_candidates(self, removed: Sequence[int], added: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield pairs of an added and a removed block that have many rare words in common."""
        long = [position for position in removed if self._is_long(self._before[position])]
        positions: defaultdict[str, list[int]] = defaultdict(list)
        for position in long:
            for word in set(self._before[position].similarity_keys):
                positions[word].append(position)
        for new in added if long else ():
            if self._is_long(self._after[new]):
                found = (positions.get(word, []) for word in set(self._after[new].similarity_keys))
                common = Counter(old for olds in found if len(olds) <= _MAX_BLOCKS_OF_WORD for old in olds)
                yield from ((new, old) for old, _ in common.most_common(_MAX_ORIGINS))

    def _is_long(self, block: Block) -> bool:
        return self._budget.spend(block.cost + len(block.inner_html) // 4) and block.length >= _MIN_MOVED_WORDS

    def _add_neighbours(self, removed: set[int], added: set[int]) -> None:
        """Add what precedes or follows a moved block in both texts, such as its heading."""
        waiting = deque(self._origins.items())
        while waiting:
            new, old = waiting.popleft()
            for left, right in ((old - 1, new - 1), (old + 1, new + 1)):
                if left not in removed or right not in added or left in self._moved_away or right in self._origins:
                    continue
                if self._before[left].key == self._after[right].key or self._measure(left, right):
                    self._add_move(left, right)
                    waiting.append((right, left))

    def rows(self, pairs: Sequence[tuple[int, int]]) -> Iterator[BlockPair]:
        """Yield the rows; `pairs` has the positions of the blocks that are in their places."""
        moves = {old: number for number, old in enumerate(sorted(self._moved_away), 1)}
        gaps = find_gaps(pairs, len(self._before), len(self._after))
        for (old, new), pair in zip(gaps, [*pairs, None], strict=True):
            for position in range(old.start, old.stop):
                kind: RowKind = "moved away" if position in moves else "removed"
                yield BlockPair(kind, self._before[position], None, moves.get(position, 0))
            for position in range(new.start, new.stop):
                origin = self._origins.get(position)
                if origin is None:
                    yield BlockPair("added", None, self._after[position])
                else:
                    yield BlockPair("moved", self._before[origin], self._after[position], moves[origin])
            if pair:
                before, after = self._before[pair[0]], self._after[pair[1]]
                yield BlockPair("unchanged" if before.key == after.key else "changed", before, after)


def find_best(similarities: dict[tuple[int, int], float], before: int, after: int) -> list[tuple[int, int]]:
    """Return the pairs of positions, increasing on both sides, with the greatest sum of similarities."""
    # Dynamic programming: `best[left][right]` is the greatest sum that the blocks from these positions on can reach.
    best = [[0.0] * (after + 1) for _ in range(before + 1)]
    for left, right in product(reversed(range(before)), reversed(range(after))):
        both = best[left + 1][right + 1] + similarities.get((left, right), 0)
        best[left][right] = max(both, best[left + 1][right], best[left][right + 1])
    pairs, left, right = [], 0, 0
    while left < before and right < after:
        if best[left][right] == best[left + 1][right]:
            left += 1
        elif best[left][right] == best[left][right + 1]:
            right += 1
        else:
            pairs.append((left, right))
            left, right = left + 1, right + 1
    return pairs
