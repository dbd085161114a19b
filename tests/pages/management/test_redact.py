"""`redact` shows what it would erase, asks, and erases it."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from pages.management.commands.redact import HINTS
from pages.models import PublicationRecord, VersionText
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def digest():
    page, then = make_page(), timezone.now() - timedelta(days=1)
    publish_bodies(page, {"en": "One."}, then)
    publish_bodies(page, {"en": "Two."}, then, note="Call +1 555 0100.")
    return VersionText.objects.get(version__number=2).note_id


def note() -> str:
    return VersionText.objects.get(version__number=2).change_note


def test_command_shows_the_text_and_erases_it(digest, capsys):
    call_command("redact", digest, "--reason", "A phone number.", "--yes")
    record = PublicationRecord.objects.latest("number")
    assert capsys.readouterr().out.splitlines() == [
        f"{digest[:12]}: Call +1 555 0100.",
        f"Redacted by record {record.number} of the publication log.",
        # Nothing can rewrite the database within the transaction of a test.
        f"The database can still hold the bytes in freed space. {HINTS[connection.vendor]}",
    ]
    assert (note(), record.kind, record.actor_name) == ("", "redact", "redact")
    assert record.reasons == {"en": "A phone number."}


@pytest.mark.parametrize(("answer", "is_erased"), [("y", True), ("", False), ("n", False)])
def test_command_asks_before_it_erases_anything(digest, monkeypatch, answer, is_erased):
    monkeypatch.setattr("builtins.input", lambda _prompt: answer)
    if is_erased:
        call_command("redact", digest, "--reason", "A phone number.")
    else:
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("redact", digest, "--reason", "A phone number.")
    assert (note() == "") == is_erased


def test_digest_of_something_else_is_an_error(digest):
    with pytest.raises(CommandError, match="Nothing that can be redacted has the digest 00"):
        call_command("redact", digest, "00", "--reason", "A phone number.", "--yes")
    assert note() == "Call +1 555 0100."


def test_reason_of_spaces_is_an_error(digest):
    with pytest.raises(CommandError, match="Say why it is redacted"):
        call_command("redact", digest, "--reason", " ", "--yes")
    assert note() == "Call +1 555 0100."


def test_digest_that_is_given_twice_is_recorded_once(digest):
    call_command("redact", digest, digest, "--reason", "A phone number.", "--yes")
    assert json.loads(PublicationRecord.objects.latest("number").canonical)["digests"] == [digest]
