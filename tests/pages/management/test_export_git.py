"""`export_git DEST`: its output and its exit status."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.models import Picture
from tests.building import make_page, publish_bodies, save_bodies, without_triggers
from tests.exports import commit_ids, import_repository, make_repository
from tests.repositories import git
from tests.trees import SVG, markdown

pytestmark = pytest.mark.django_db

NOTHING = (
    "Not exported: 0 draft(s), 0 upcoming version(s), 0 withdrawn page(s), 0 version(s) that never came into force."
)


def export_git(capsys, *arguments):
    """Return the exit status of the command, and the lines that it printed."""
    status = 0
    try:
        call_command("export_git", *map(str, arguments))
    except SystemExit as leaving:
        status = leaving.code
    return status, capsys.readouterr().out.splitlines()


def test_export_says_what_it_wrote_and_what_it_did_not(tmp_path, capsys):
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, timezone.now())
    out = tmp_path / "out.git"
    assert export_git(capsys, out) == (
        0,
        ["Commits written: 1. Commits that existed already: 0.", "Texts written: 2. Pictures written: 0.", NOTHING],
    )
    save_bodies(page, timezone.now(), en="Draft.")
    status, lines = export_git(capsys, out)
    assert (status, lines[0]) == (0, "Commits written: 0. Commits that existed already: 1.")
    assert lines[2] == NOTHING.replace("0 draft(s)", "1 draft(s)")


def test_export_goes_to_the_branch_that_is_named(tmp_path, capsys):
    publish_bodies(make_page("policy"), {"en": "One."}, timezone.now())
    export_git(capsys, tmp_path / "out.git", "--ref", "policies")
    assert git(tmp_path / "out.git", "for-each-ref", "--format=%(refname)") == b"refs/heads/policies\n"


def test_export_that_could_not_write_something_names_it_and_ends_with_1(tmp_path, capsys):
    files = {"content/en/a.md": markdown("A", "![a](/a.svg)"), "static/a.svg": SVG}
    import_repository(make_repository(tmp_path / "site.git", files))
    with without_triggers():
        name = Picture.objects.get().pk
        Picture.objects.all().delete()
        status, lines = export_git(capsys, tmp_path / "out.git")
    assert (status, lines[3:]) == (1, [f"Not written: static/a.svg: the picture {name} is not stored."])


@pytest.mark.parametrize("kind", ["folder with files", "file", "work tree", "another history"])
def test_export_to_what_is_no_repository_of_this_site_ends_with_2_and_leaves_it(tmp_path, capsys, kind):
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
    with pytest.raises(CommandError) as refused:
        export_git(capsys, out)
    assert refused.value.returncode == 2
    assert str(out) in str(refused.value)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert kind != "another history" or len(commit_ids(out)) == 1
