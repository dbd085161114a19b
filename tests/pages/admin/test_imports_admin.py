"""The reports of imports in the admin."""

import pytest
from django.urls import reverse

from pages.models import ImportRun
from pages.publishing.actors import system_actor
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import begin_run, end_run
from pages.text.messages import Message, plural_message
from tests.pages.admin.clients import visible_text

pytestmark = pytest.mark.django_db

BY = system_actor("import_hugo")


@pytest.fixture
def run(moment):
    """Return an import with a line that is still so and one that a later commit ended."""
    log = begin_run(source="our-site", options={"history": True}, plan={}, by=BY, now=moment())
    log.add(LineKind.SKIPPED, "a<b>.md", Message("it is empty."))
    for name in ("b.md", "c.md"):
        shortcodes = ("%(count)d Hugo shortcode is shown as it is written.", "%(count)d Hugo shortcodes are shown.")
        log.add(LineKind.NOTE, name, plural_message(*shortcodes, count=2))
    log.count(commits=2, versions=3)
    log.close(commit="a" * 40)
    log.close(touched=["b.md"], commit="b" * 40)
    return end_run(log, by=BY, now=moment(1))


def test_report_shows_totals_then_what_is_so_then_what_has_ended(member_client, run):
    client = member_client("Reviewers")
    assert "our-site" in visible_text(client.get(reverse("admin:pages_importrun_changelist")))
    text = visible_text(client.get(reverse("admin:pages_importrun_change", args=[run.pk])))
    parts = (
        "Commits imported: 2. Pages created: 0. Versions published: 3.",
        "Skipped: 1. Note: 2.",
        "a&lt;b&gt;.md: it is empty. (commit aaaaaaaaaaaa)",
        "c.md: 2 Hugo shortcodes are shown. (commit aaaaaaaaaaaa)",
        "No longer so in the last commit",
        "b.md: 2 Hugo shortcodes are shown. (commit aaaaaaaaaaaa; until bbbbbbbbbbbb)",
    )
    positions = [text.find(part) for part in parts]
    assert -1 not in positions, text
    assert positions == sorted(positions)


def test_report_is_in_the_language_of_the_editor(member_client, run):
    client = member_client("Reviewers")
    client.cookies["django_language"] = "ru"
    text = visible_text(
        client.get(reverse("admin:pages_importrun_change", args=[run.pk]), headers={"Accept-Language": "ru"})
    )
    assert "a&lt;b&gt;.md: он пуст. (коммит aaaaaaaaaaaa)" in text
    assert "Пропущено: 1. Замечание: 2." in text


def test_import_that_was_interrupted_says_so(member_client, moment):
    run = begin_run(source="our-site", options={}, plan={}, by=BY, now=moment()).run
    text = visible_text(member_client("Reviewers").get(reverse("admin:pages_importrun_change", args=[run.pk])))
    assert "not ended: it is running, or it was interrupted" in text


def test_import_that_does_not_exist_is_not_found(member_client):
    response = member_client("Reviewers").get(reverse("admin:pages_importrun_change", args=[4711]))
    assert response.status_code == 302
    assert not ImportRun.objects.exists()
