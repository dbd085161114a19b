"""What holds of every change of some values of a source, whatever its front matter is written in."""

from collections.abc import Callable

import pytest

from pages.text.source import KEYS, Fields, FrontMatterBroken, PatchFailed, normalised, parse, patch


def hold_patch_to_its_word(data: bytes, new: Fields, names: set[str], others: Callable[[bytes], dict]) -> None:
    """Give the named values those of another text, and see that they alone have changed, or that it was refused.

    `others` returns what the front matter says besides the values that editors edit.
    """
    try:
        old = parse(data).fields
    except FrontMatterBroken:
        with pytest.raises(PatchFailed):
            patch(data, Fields("Old"), Fields("New"))
        return
    wanted = Fields(**{name: getattr(new if name in names else old, name) for name in (*KEYS, "body")})
    try:
        result = patch(data, old, wanted)
    except PatchFailed:
        return
    if normalised(wanted) == normalised(old):
        assert result is data
    read = parse(result).fields
    assert read.body == normalised(wanted).body
    for name in names:
        assert getattr(read, name) == getattr(normalised(wanted), name)
    for name in set(KEYS) - names - {"title"}:
        assert getattr(read, name) == getattr(old, name)
    assert others(result) == others(data)
