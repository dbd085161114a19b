"""What holds of every change of some values of a source, whatever its front matter is written in."""

from collections.abc import Callable

import pytest

from pages.text.source import FRONT_MATTER_KEYS, Fields, InvalidFrontMatter, PatchFailed, normalise, parse, patch


def hold_patch_to_its_word(data: bytes, new: Fields, names: set[str], others: Callable[[bytes], dict]) -> None:
    """Give the named values those of another text, and see that they alone have changed, or that it was refused.

    `others` returns what the front matter says besides the values that editors edit.
    """
    try:
        old = parse(data).fields
    except InvalidFrontMatter:
        with pytest.raises(PatchFailed):
            patch(data, Fields("Old"), Fields("New"))
        return
    wanted = Fields(**{name: getattr(new if name in names else old, name) for name in (*FRONT_MATTER_KEYS, "body")})
    try:
        result = patch(data, old, wanted)
    except PatchFailed:
        return
    if normalise(wanted) == normalise(old):
        assert result is data
    read = parse(result).fields
    assert read.body == normalise(wanted).body
    for name in names:
        assert getattr(read, name) == getattr(normalise(wanted), name)
    for name in set(FRONT_MATTER_KEYS) - names - {"title"}:
        assert getattr(read, name) == getattr(old, name)
    assert others(result) == others(data)
