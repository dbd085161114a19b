"""The output and exit status of `export_git`."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.models import Picture
from tests.building import make_page, publish_bodies, save_bodies, without_triggers
from tests.exports import commit_ids, import_repository, make_repository
from tests.repositories import git
from tests.trees import SVG, markdown

pytestmark = pytest.mark.django_db

NOTHING_SKIPPED = (
    "Not exported: 0 draft(s), 0 upcoming version(s), 0 withdrawn page(s), 0 version(s) that never came into force."
)


def export_git(capsys, *arguments):
    """Return the exit status and the lines of the output."""
    status = 0
    try:
        call_command("export_git", *map(str, arguments))
    except SystemExit as error:
        status = error.code
    return status, capsys.readouterr().out.splitlines()


def test_export_prints_a_report(tmp_path, capsys):
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, timezone.now())
    out = tmp_path / "out.git"
    assert export_git(capsys, out) == (
        0,
        [
            "Commits written: 1. Commits that existed already: 0.",
            "Texts written: 2. Pictures written: 0.",
            NOTHING_SKIPPED,
        ],
    )
    save_bodies(page, timezone.now(), en="Draft.")
    status, lines = export_git(capsys, out)
    assert (status, lines[0]) == (0, "Commits written: 0. Commits that existed already: 1.")
    assert lines[2] == NOTHING_SKIPPED.replace("0 draft(s)", "1 draft(s)")


def test_export_writes_to_the_given_branch(tmp_path, capsys):
    publish_bodies(make_page("policy"), {"en": "One."}, timezone.now())
    export_git(capsys, tmp_path / "out.git", "--ref", "policies")
    assert git(tmp_path / "out.git", "for-each-ref", "--format=%(refname)") == b"refs/heads/policies\n"


def test_incomplete_export_names_what_is_missing_and_exits_with_1(tmp_path, capsys):
    files = {"content/en/a.md": markdown("A", "![a](/a.svg)"), "static/a.svg": SVG}
    import_repository(make_repository(tmp_path / "site.git", files))
    with without_triggers():
        digest = Picture.objects.get().pk
        Picture.objects.all().delete()
        status, lines = export_git(capsys, tmp_path / "out.git")
    assert (status, lines[3:]) == (1, [f"Not written: static/a.svg: the picture {digest} is not stored."])


@pytest.mark.parametrize("kind", ["folder with files", "file", "work tree", "another history"])
def test_export_to_anything_but_a_repository_of_this_site_exits_with_2_and_does_not_change_it(tmp_path, capsys, kind):
    publish_bodies(make_page("policy"), {"en": "One."}, timezone.now())
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("A")
    elif kind == "another history":
        make_repository(out, {"a.md": "A"})
    else:
        out.mkdir()
        (out / "a").write_text("A")
        if kind == "work tree":
            git(out, "init", "--quiet")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(CommandError) as error:
        export_git(capsys, out)
    assert error.value.returncode == 2
    assert str(out) in str(error.value)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert kind != "another history" or len(commit_ids(out)) == 1
