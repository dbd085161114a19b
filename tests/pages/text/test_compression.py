"""Long texts are compressed, and what is stored is read as the exact bytes."""

import zlib
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pages.text.compression import MARKER, MIN_BYTES, DamagedContent, compress, decompress

LONG = "Мы ничего не храним.\n".encode() * 100
CONTENTS = (b"", b"\0", b"Short.", LONG, MARKER, MARKER + LONG, compress(LONG), b"\0" + LONG)
contents = st.one_of(
    st.binary(),
    st.builds(bytes.__mul__, st.binary(max_size=40), st.integers(0, 200)),
    st.text().map(str.encode),
    st.binary().map(lambda content: MARKER + content),
    st.builds(lambda content, size: MARKER[:size] + content, st.binary(max_size=400), st.integers(0, len(MARKER))),
)
contents |= contents.map(compress)


def with_example_of_each(test):
    for content in CONTENTS:
        test = example(content)(test)
    return test


@with_example_of_each
@given(contents)
def test_any_bytes_are_read_as_they_were_stored(content):
    stored = compress(content)
    assert decompress(stored) == content
    # What is compressed can be told from what is not.
    assert stored.startswith(MARKER) or stored == content
    assert len(stored) <= len(content) or content.startswith(MARKER)


@pytest.mark.parametrize(
    ("content", "is_compressed"),
    [
        (b"", False),
        (b"a" * (MIN_BYTES - 1), False),
        (b"a" * MIN_BYTES, True),
        (LONG, True),
        # Random bytes do not become smaller.
        (bytes(range(1, 256)) + b"\1", False),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"a" * 9000, False),
        (b"<svg></svg>", False),
        (MARKER, True),
        (MARKER + b"\0", True),
    ],
    ids=["empty", "short", "long enough", "long", "random", "picture", "small SVG", "marker", "marker and NUL"],
)
def test_only_long_texts_are_compressed(content, is_compressed):
    assert (compress(content) != content) is is_compressed


damaged_contents = pytest.mark.parametrize(
    "stored",
    [
        MARKER,
        compress(LONG)[:-1],
        compress(LONG)[:-5] + b"\1\2\3\4\5",
        compress(LONG) + b"\0",
        compress(LONG) + compress(LONG)[len(MARKER) :],
        MARKER + b"Not a zlib stream.",
        MARKER + zlib.compress(LONG, wbits=-15),
    ],
    ids=["marker only", "cut", "other checksum", "a byte more", "two streams", "other bytes", "no checksum"],
)


@damaged_contents
def test_damaged_content_is_refused(stored):
    with pytest.raises(DamagedContent):
        decompress(stored)


@given(st.integers(0, len(compress(LONG)) - len(MARKER) - 1), st.integers(1, 255))
def test_every_changed_byte_of_a_compressed_content_is_noticed(position, change):
    stored = bytearray(compress(LONG))
    stored[len(MARKER) + position] ^= change
    with suppress(DamagedContent):
        assert decompress(bytes(stored)) != LONG
