"""The output and exit status of `bake`."""

import gc
import os
import signal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.baking.answers import workers
from pages.baking.answers.groups import GroupBaker
from pages.management.commands import bake as command
from pages.models import Page
from selfprivacy_site.wsgi_middleware.baked_manifest import PUBLIC
from tests.building import make_page, publish_bodies
from tests.pages.baking.test_bake import files_of

PROCESSES = "--jobs=2"


@pytest.fixture
def always_processes(monkeypatch):
    """Bake in processes also a few addresses."""
    monkeypatch.setattr(workers, "FEW_ADDRESSES", 0)


@pytest.fixture
def site_url(settings):
    settings.SITE_URL = "http://testserver"


@pytest.mark.django_db
def test_site_url_is_required(tmp_path):
    with pytest.raises(CommandError, match="Set SITE_URL") as error:
        call_command("bake", str(tmp_path / "out"))
    assert error.value.returncode == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.django_db
def test_last_line_says_when_to_run_again(tmp_path, site_url, capsys):
    publish_bodies(make_page("policy"), {"en": "One."}, timezone.now())
    call_command("bake", str(tmp_path / "out"), "--jobs=1")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("16 HTML pages. ")
    assert lines[1:] == ["Run it again after the next change."]


@pytest.mark.django_db
def test_what_was_loaded_before_is_not_looked_at_by_garbage_collections(tmp_path, site_url):
    frozen = gc.get_freeze_count()
    call_command("bake", str(tmp_path / "out"), "--jobs=1")
    assert gc.get_freeze_count() > frozen


@pytest.mark.django_db
def test_broken_link_makes_exit_status_1(tmp_path, site_url, capsys):
    publish_bodies(make_page("policy"), {"en": "[a](/nowhere/)"}, timezone.now())
    with pytest.raises(SystemExit) as error:
        call_command("bake", str(tmp_path / "out"), "--jobs=1")
    assert error.value.code == 1
    assert "Broken link: /policy/ links to /nowhere/" in capsys.readouterr().out
    assert (tmp_path / "out" / PUBLIC / "policy/index.html").is_file()


@pytest.mark.django_db
def test_refused_destination_makes_exit_status_2(tmp_path, site_url):
    (tmp_path / "out").write_text("A")
    with pytest.raises(CommandError, match="is not a folder") as error:
        call_command("bake", str(tmp_path / "out"), "--jobs=1")
    assert error.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_processes_make_the_same_copy_as_one(tmp_path, site_url, always_processes, monkeypatch):
    now = timezone.now()
    for slug in ("policy", "terms", "cookies"):
        publish_bodies(make_page(slug), {"en": f"Text of {slug}.", "ru": f"Текст {slug}."}, now)
    monkeypatch.setattr(command.timezone, "now", lambda: now)
    call_command("bake", str(tmp_path / "one"), "--jobs=1")
    call_command("bake", str(tmp_path / "two"), PROCESSES)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert (tmp_path / "one/manifest.jsonl").read_bytes() == (tmp_path / "two/manifest.jsonl").read_bytes()


@pytest.mark.django_db
def test_site_that_changes_during_each_attempt_makes_exit_status_2(tmp_path, site_url, monkeypatch):
    attempts = []

    def bake(*_arguments, **_options):
        attempts.append(1)
        raise command.StateChanged

    monkeypatch.setattr(command, "bake", bake)
    with pytest.raises(CommandError, match="The site changed during each of 3 attempts") as error:
        call_command("bake", str(tmp_path / "out"))
    assert (len(attempts), error.value.returncode) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_killed_process_makes_exit_status_2_and_leaves_the_former_copy(
    tmp_path, site_url, always_processes, monkeypatch
):
    for slug in ("policy", "terms"):
        publish_bodies(make_page(slug), {"en": f"Text of {slug}."}, timezone.now())
    call_command("bake", str(tmp_path / "out"), PROCESSES)
    before = files_of(tmp_path / "out")
    publish_bodies(Page.objects.get(path="terms"), {"en": "Another."}, timezone.now())
    monkeypatch.setattr(GroupBaker, "bake", lambda _self, _group: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(CommandError) as error:
        call_command("bake", str(tmp_path / "out"), PROCESSES)
    assert error.value.returncode == 2
    assert files_of(tmp_path / "out") == before
