"""What differs between two blocks with the same words: their numbers, their place in lists, alignment, addresses."""

from dataclasses import dataclass

from pages.diff.blocks import Block
from pages.diff.tokens import extract_text
from pages.diff.word_changes import ChangeKind, TextChange, excerpt


@dataclass(frozen=True)
class FormChange:
    """A change of the form of a block. `shift` is the difference between two numbers of a list item."""

    change: TextChange
    shift: int | None = None


def find_form_change(before: Block, after: Block, previous: tuple[Block, Block] | None = None) -> FormChange | None:
    """Return how the form of two blocks differs, the most important difference only; None if in nothing.

    `previous` has the two forms of the block before: of two lists in a row and one long list, only the place of the
    second list's items differs.
    """
    if before.marker != after.marker and before.marker and after.marker:
        shift = int(after.marker) - int(before.marker)
        return FormChange(_describe("numbering", after, before.marker, after.marker), shift)
    has_other_place = previous and before.count_shared(previous[0]) != after.count_shared(previous[1])
    if before.form != after.form or has_other_place:
        return FormChange(_describe("structure", after))
    if before.ids != after.ids:
        return FormChange(_describe("address", after, _list_ids(before), _list_ids(after)))
    return None


def is_continued(previous: FormChange | None, current: FormChange) -> bool:
    """Tell whether a change of form goes on from the block before, and needs no entry of its own in the summary."""
    if previous is None or previous.change.kind != current.change.kind:
        return False
    return current.change.kind == "structure" or (current.shift is not None and previous.shift == current.shift)


def _describe(kind: ChangeKind, block: Block, before: str = "", after: str = "") -> TextChange:
    text = " ".join(filter(None, (extract_text(words) for _, words, _ in block.cells)))
    return TextChange(kind, "", before, after, excerpt(text))


def _list_ids(block: Block) -> str:
    return " ".join(f"#{name}" for name in block.ids)
