"""The contents of texts, which a second process compresses while the first one writes what refers to them."""

from collections.abc import Mapping
from functools import partial

from pages.hugo.importing.second_process import SecondProcess, group_by_size, value_at
from pages.models.content_field import PreparedContent
from pages.text.compression import compress_all


def compress_ahead(process: SecondProcess, contents: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return the contents by the same keys. If the second process is used, it begins to compress them."""
    if not process.is_used:
        return contents
    prepared = {key: PreparedContent(content) for key, content in contents.items()}
    for group in group_by_size(prepared.values(), len):
        # The call has the same objects, so that each content is in memory once.
        call = process.call(compress_all, group)
        for place, content in enumerate(group):
            content.find_stored = partial(value_at, call, place)
    return prepared
