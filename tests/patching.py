"""The property that every patch of a source must have, whether its front matter is YAML or TOML."""

from collections.abc import Callable

import pytest

from pages.text.fields import FIELD_NAMES, FRONT_MATTER_KEYS, Fields
from pages.text.source import InvalidFrontMatter, PatchFailed, normalise, parse, patch


def check_patch(data: bytes, new: Fields, names: set[str], read_other_keys: Callable[[bytes], dict]) -> None:
    """Patch the named fields with the values of `new`, and check that only they change or that the patch is refused.

    `read_other_keys` returns everything in the front matter except the values that editors edit.
    """
    try:
        old = parse(data).fields
    except InvalidFrontMatter:
        with pytest.raises(PatchFailed):
            patch(data, Fields("Old"), Fields("New"))
        return
    wanted = Fields(**{name: getattr(new if name in names else old, name) for name in FIELD_NAMES})
    try:
        result = patch(data, old, wanted)
    except PatchFailed:
        return
    if normalise(wanted) == normalise(old):
        assert result is data
    patched = parse(result).fields
    assert patched.body == normalise(wanted).body
    for name in names:
        assert getattr(patched, name) == getattr(normalise(wanted), name)
    for name in set(FRONT_MATTER_KEYS) - names - {"title"}:
        assert getattr(patched, name) == getattr(old, name)
    assert read_other_keys(result) == read_other_keys(data)
