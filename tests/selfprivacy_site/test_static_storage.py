import gzip

import brotli
import pytest

from selfprivacy_site.static_storage import StaticStorage

TEXT = b"body { color: black; }\n" * 50


@pytest.fixture
def storage(tmp_path):
    (tmp_path / "site.css").write_bytes(TEXT)
    storage = StaticStorage(location=tmp_path)
    assert len(list(storage.compress_files(["site.css"]))) == 2
    return storage


def test_file_that_did_not_change_is_compressed_once(storage):
    assert list(storage.compress_files(["site.css"])) == []


@pytest.mark.parametrize("suffix", [".gz", ".br"])
@pytest.mark.parametrize("damage", ["missing", "cut off", "empty", "of another content"])
def test_copy_that_is_not_that_of_the_file_is_made_again(storage, tmp_path, suffix, damage):
    copy = tmp_path / f"site.css{suffix}"
    complete = copy.read_bytes()
    copy.unlink()
    if damage != "missing":
        other = {".gz": gzip.compress, ".br": brotli.compress}[suffix](b"Other.")
        copy.write_bytes({"cut off": complete[:-10], "empty": b"", "of another content": other}[damage])
    assert len(list(storage.compress_files(["site.css"]))) == 2
    assert copy.read_bytes() == complete


def test_changed_file_is_compressed_again(storage, tmp_path):
    (tmp_path / "site.css").write_bytes(TEXT * 2)
    list(storage.compress_files(["site.css"]))
    assert gzip.decompress((tmp_path / "site.css.gz").read_bytes()) == TEXT * 2
    assert brotli.decompress((tmp_path / "site.css.br").read_bytes()) == TEXT * 2
