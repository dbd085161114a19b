"""The findings in the newest versions of imported pages that concern several texts: links, anchors and parity."""

from contextlib import suppress

import pytest
from django.core.management import call_command

from pages.models import ImportRun
from tests.histories import build_repository, commit
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
BROKEN_LINK = "A link leads to no page of this site that readers can open: "
BROKEN_ANCHOR = "A link leads to an anchor that does not exist: "


def page(body: str) -> str:
    return markdown("Policy", body)


def notes(run: ImportRun | None = None) -> list[str]:
    """Return the notes of a run, by default of the newest one, that still hold."""
    run = run or ImportRun.objects.order_by("-pk")[0]
    lines = run.lines.filter(kind="note", ended_by="").order_by("pk")
    return [f"{line.subject}: {line.message}" for line in lines]


def import_tree(root, files) -> list[str]:
    # The exit status of an incomplete import is 1.
    with suppress(SystemExit):
        call_command("import_hugo", str(write_tree(root, files)), "--yes")
    return notes()


def test_broken_links_and_anchors_are_named_when_all_pages_are_there(tmp_path, capsys):
    body = "## Data\n\n[a](/terms/) [b](/nothing/) [c](#none) [d](#data) [e](terms.md) [f](/terms/#no)"
    body += "\n\n[b](/nothing/x)"
    files = {"content/en/policy.md": page(body), "content/en/terms.md": markdown("Terms", "Terms.")}
    name = "content/en/policy.md: "
    assert import_tree(tmp_path, files) == [
        f"{name}{BROKEN_LINK}/nothing/ (line 7)",
        f"{name}{BROKEN_LINK}/nothing/x (line 9)",
        f"{name}{BROKEN_ANCHOR}#none (line 7)",
        f"{name}{BROKEN_ANCHOR}/terms/#no (line 7)",
    ]


def test_links_to_files_are_named_once(tmp_path, capsys):
    lines = import_tree(tmp_path, {"content/en/policy.md": page("[a](missing.md) [b](form.pdf)")})
    name = "content/en/policy.md: the file missing.md that it links to"
    assert lines == [f"{name} does not exist in the source (line 5)."]
    assert "the file form.pdf that it links to is not imported" in capsys.readouterr().out


def test_translation_is_compared_with_its_source_text(tmp_path, capsys):
    files = {"content/en/policy.md": page("We keep it 30 days."), "content/ru/policy.md": page("Храним 14 дней.")}
    (line,) = import_tree(tmp_path, files)
    assert line.startswith("content/ru/policy.md: ")
    assert "30" in line
    assert line.endswith(" (line 5)")


def test_languages_that_are_not_served_are_not_checked(tmp_path, capsys):
    files = {"content/en/policy.md": page("30 days."), "content/eo/policy.md": page("14 tagoj. [x](/nothing/)")}
    assert [line for line in import_tree(tmp_path, files) if "content/eo" in line] == []


def test_anchors_that_an_update_removes_are_named_and_those_of_a_first_import_are_not(tmp_path, capsys):
    files = {"content/en/policy.md": page("## Old\n\nText."), "content/en/terms.md": page("Terms.")}
    assert import_tree(tmp_path, files) == []
    (line,) = import_tree(tmp_path, {"content/en/policy.md": page("## New\n\nText.")})
    assert line.startswith("content/en/policy.md: The last version had the anchor #old")


def test_only_the_newest_version_of_a_history_is_checked(tmp_path, capsys):
    commits = [commit({"content/en/policy.md": page(f"[a](/{name}/)")}) for name in ("gone", "still")]
    build_repository(tmp_path / "site.git", commits)
    call_command("import_hugo", str(tmp_path / "site.git"), "--history", "--yes")
    assert notes() == [f"content/en/policy.md: {BROKEN_LINK}/still/ (line 5)"]


def test_report_names_at_most_five_findings_of_a_kind(tmp_path, capsys):
    body = "\n\n".join(f"[a](/x{number}/)" for number in range(8))
    lines = import_tree(tmp_path, {"content/en/policy.md": page(body)})
    assert len(lines) == 6
    assert lines[-1].endswith("/x5/ (lines 15, 17, 19)")
