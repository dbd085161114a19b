"""The output and exit status of `export_hugo`."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


def test_export_prints_a_report(tmp_path, capsys):
    publish_bodies(make_page("policy"), {"en": "One.", "ru": "Один."}, timezone.now())
    call_command("export_hugo", str(tmp_path / "out"))
    assert capsys.readouterr().out.splitlines() == [
        "Texts written: 2. Pictures written: 0.",
        "Not exported: 0 draft(s), 0 upcoming version(s), 0 withdrawn page(s), "
        "0 version(s) that never came into force.",
    ]
    assert (tmp_path / "out" / "content/ru/policy/_index.md").is_file()


def test_export_of_an_empty_site_is_a_hugo_config(tmp_path):
    call_command("export_hugo", str(tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["hugo.toml"]


@pytest.mark.parametrize("kind", ["file", "folder with files"])
def test_export_to_an_existing_file_or_folder_exits_with_2_and_does_not_change_it(tmp_path, kind):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("A")
    else:
        out.mkdir()
        (out / "a").write_text("A")
    with pytest.raises(CommandError, match="is not empty") as error:
        call_command("export_hugo", str(out))
    assert error.value.returncode == 2
    assert sorted(path.name for path in tmp_path.rglob("*")) == (["out"] if kind == "file" else ["a", "out"])
