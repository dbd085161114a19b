"""The change note in a commit's message."""

import pytest

from pages.hugo.git.change_notes import read_change_note

NOTE = "Say how long data is kept"


@pytest.mark.parametrize(
    "message",
    [
        f"Merge pull request #7 from someone/patch-1\n\n{NOTE}\n",
        f"Merge pull request #7 from someone/patch-1\n\n{NOTE}\n\nMore about it.\n",
        f"Merge pull request #7 from someone/a-b_c.d\n\n## {NOTE}\n",
        f"Merge pull request #12 in LEGAL/site from feature/x to main\n\n{NOTE}",
        f"Merge branch 'patch-1' into 'main'\n\n{NOTE}\n\nCloses #4\n\nSee merge request group/project!12\n",
        f"Merge branch 'patch-1' into 'main'\n\nSee merge request group/project!12\n\n{NOTE}\n",
        f"Merge pull request '{NOTE}' (#7) from someone/patch-1 into main\n\nReviewed-on: https://example.org/pulls/7\n",
        f"Merge pull request '{NOTE}' (#7) from someone:patch-1 into main",
        f"Merged in patch-1 (pull request #7)\n\n{NOTE}\n\nApproved-by: Ann\n",
        f"Merged PR 123: {NOTE}\n\nRelated work items: #4",
        f'Merge "{NOTE}" into main',
        f'Merge "{NOTE}"',
        f"Squashed commit of the following:\n\ncommit 0123456789abcdef\nAuthor: Ann <a@b.c>\nDate:   Mon\n\n  {NOTE}\n",
        f"fixup! {NOTE}",
        f"\n\n  {NOTE}  \n\nA body.",
        f"{NOTE}\n\nSigned-off-by: Ann <a@b.c>",
    ],
)
def test_note_says_what_was_changed(message):
    assert read_change_note(message) == NOTE


@pytest.mark.parametrize(
    "message",
    [
        "Say how long data is kept (#12)",
        "Say how long data is kept (!12)",
        'Revert "Say how long data is kept"',
        "Merge the two sections about cookies",
        "Merged the sections",
        "Merge branch 'main' of https://example.org/site",
        "Merge remote-tracking branch 'origin/main'",
        "Merge pull request #7 from someone/patch-1",
        "legal: say how long data is kept",
    ],
)
def test_other_subjects_are_the_note(message):
    assert read_change_note(message) == message
    assert read_change_note(f"{message}\n\nSigned-off-by: Ann <a@b.c>\n") == message


def test_list_of_merged_commits_is_no_note():
    message = "Merge branch 'patch-1'\n\n* patch-1:\n  One\n  Two\n"
    assert read_change_note(message) == "One"


@pytest.mark.parametrize("message", ["", "\n \n"])
def test_empty_message_has_no_note(message):
    assert read_change_note(message) == ""
