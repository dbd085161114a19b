"""Contents that a second process compresses."""

import pytest

from pages.hugo.importing import second_process
from pages.hugo.importing.compressed_contents import compress_ahead
from pages.hugo.importing.second_process import MIN_BYTES, SecondProcess
from pages.models.content_field import PreparedContent
from pages.text.compression import compress

CONTENTS = {"a": b"Long. " * 1000, "b": b"Short.", "c": b"", "d": b"Other. " * 1000}


@pytest.mark.parametrize("size", [1, 10_000, 1_000_000])
def test_each_content_gets_its_own_compressed_bytes(monkeypatch, size):
    monkeypatch.setattr(second_process, "_count_processors", lambda: 2)
    monkeypatch.setattr(second_process, "BYTES_OF_CALL", size)
    with SecondProcess() as process:
        process.expect(MIN_BYTES + 1)
        prepared = compress_ahead(process, CONTENTS)
        assert prepared == CONTENTS
        stored = {key: content.find_stored() for key, content in prepared.items()}
    assert stored == {key: compress(content) for key, content in CONTENTS.items()}


def test_contents_stay_as_they_are_without_a_second_process():
    with SecondProcess(is_allowed=False) as process:
        process.expect(MIN_BYTES + 1)
        prepared = compress_ahead(process, CONTENTS)
    assert prepared == CONTENTS
    assert not any(isinstance(content, PreparedContent) for content in prepared.values())
