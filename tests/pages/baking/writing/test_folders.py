"""The folder of a static copy: what is refused, and what an interrupted run leaves."""

import os
import signal

import pytest
from django.utils import timezone

from pages.baking.bake import bake
from pages.baking.writing import folders
from pages.baking.writing.folders import CopyFolder, DestinationRefused
from selfprivacy_site.wsgi_middleware.baked_manifest import FILE_NAME, FORMAT, PUBLIC, read_manifest
from tests.building import make_page, publish_bodies
from tests.pages.baking.test_bake import identities

pytestmark = pytest.mark.django_db


def test_folder_with_other_files_is_refused_and_stays(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("Dear Ann")
    with pytest.raises(DestinationRefused, match="is not empty and holds no static copy"):
        bake(out, at=timezone.now())
    assert [path.name for path in out.iterdir()] == ["letter.txt"]


def test_folder_with_a_manifest_of_something_else_is_refused(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / FILE_NAME).write_text('{"name": "Another site", "format": 1}')
    with pytest.raises(DestinationRefused, match="holds no static copy"):
        bake(out, at=timezone.now())
    assert (out / FILE_NAME).is_file()


def test_file_is_refused(tmp_path):
    (tmp_path / "out").write_text("A")
    with pytest.raises(DestinationRefused, match="is not a folder"):
        bake(tmp_path / "out", at=timezone.now())


@pytest.mark.parametrize("place", ["", PUBLIC])
def test_copy_to_which_somebody_added_files_is_refused_and_stays(tmp_path, place):
    out = tmp_path / "out"
    bake(out, at=timezone.now())
    (out / place / "CNAME").write_text("policies.example.org")
    before = identities(out)
    with pytest.raises(DestinationRefused, match="CNAME"):
        bake(out, at=timezone.now())
    assert identities(out) == before
    assert (out / place / "CNAME").is_file()


def test_empty_folder_and_copy_are_accepted(tmp_path):
    (tmp_path / "out").mkdir()
    bake(tmp_path / "out", at=timezone.now())
    bake(tmp_path / "out", at=timezone.now())
    assert (tmp_path / "out" / PUBLIC / "index.html").is_file()


def test_copy_in_another_format_is_replaced(tmp_path):
    bake(tmp_path / "out", at=timezone.now())
    manifest = tmp_path / "out" / FILE_NAME
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT},', '"format": 0,', 1))
    report = bake(tmp_path / "out", at=timezone.now())
    assert report.unchanged == 0
    assert read_manifest(tmp_path / "out").entries


def test_second_run_at_the_same_time_is_refused(tmp_path):
    with CopyFolder(tmp_path / "out").locked(), pytest.raises(DestinationRefused, match="Another run"):
        bake(tmp_path / "out", at=timezone.now())


def test_files_are_on_the_disk_before_the_copy_takes_its_place(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(folders, "flush", lambda folder: flushed.append((folder.name, (tmp_path / "out").exists())))
    bake(tmp_path / "out", at=timezone.now())
    assert flushed == [(".out.new", False)]


def test_flush_of_something_that_is_no_folder_fails(tmp_path):
    with pytest.raises(FileNotFoundError):
        folders.flush(tmp_path / "missing")
    folders.flush(tmp_path)


@pytest.mark.parametrize("step", [1, 3, None], ids=["at the start", "in the middle", "before the exchange"])
def test_killed_run_leaves_the_former_copy_and_the_next_one_removes_the_rest(tmp_path, monkeypatch, step):
    out = tmp_path / "out"
    bake(out, at=timezone.now())
    before = identities(out)
    publish_bodies(make_page("policy"), {"en": "One."}, timezone.now())

    def kill(done=step, _total=0):
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        if step is None:
            CopyFolder.publish = lambda _folder: kill()
        bake(out, at=timezone.now(), progress=kill)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert (tmp_path / ".out.new").is_dir()
    assert identities(out) == before
    bake(out, at=timezone.now())
    assert not (tmp_path / ".out.new").exists()
    assert (out / PUBLIC / "policy/index.html").is_file()
