"""`accept_clock` names what a clock that was ahead has dated in the future, asks, and writes a record."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pages.models import PublicationRecord
from pages.publishing.page_events import withdraw
from pages.publishing.records import format_time
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def tomorrow():
    """Publish, and withdraw another page, with a clock that is a day ahead; return what that clock showed."""
    page, other, tomorrow = make_page("policy"), make_page("other"), timezone.now() + timedelta(days=1)
    publish_bodies(page, {"en": "One"}, timezone.now() - timedelta(days=1))
    publish_bodies(other, {"en": "Other"}, timezone.now() - timedelta(days=1))
    publish_bodies(page, {"en": "Two"}, tomorrow)
    withdraw(other, reasons={"en": "Wrong."}, by=EDITOR, now=tomorrow)
    return tomorrow


def kinds():
    return list(PublicationRecord.objects.order_by("number").values_list("kind", flat=True))


def test_command_names_what_is_dated_ahead_and_records_that_the_clock_is_right(tomorrow, capsys):
    call_command("accept_clock", "--yes")
    lines, time = capsys.readouterr().out.splitlines(), format_time(tomorrow)
    assert lines[0].startswith(f"The last record was written at {time}. It is {timezone.now():%Y-%m-%d} ")
    assert lines[0].endswith(" UTC now.")
    assert lines[1:] == [
        f"Version 2 of /policy/ comes into force at {time}, unless somebody cancels it.",
        f"Record 5 (withdraw) of /other/ has the time {time}.",
        "The clock is accepted: changes are possible again.",
    ]
    record = PublicationRecord.objects.get(number=6)
    assert (record.kind, record.actor_name) == ("clock", "accept_clock")
    assert abs(record.at - timezone.now()) < timedelta(minutes=5)


@pytest.mark.parametrize(("answer", "is_accepted"), [("y", True), ("Y ", True), ("", False), ("n", False)])
def test_command_asks_before_it_records_anything(tomorrow, monkeypatch, answer, is_accepted):
    monkeypatch.setattr("builtins.input", lambda _prompt: answer)
    if is_accepted:
        call_command("accept_clock")
    else:
        with pytest.raises(CommandError, match=r"Nothing was changed\."):
            call_command("accept_clock")
    assert (kinds()[-1] == "clock") == is_accepted


def test_command_without_a_terminal_changes_nothing(tomorrow, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match=r"Nothing was changed\."):
        call_command("accept_clock")
    assert "clock" not in kinds()


@pytest.mark.parametrize("is_empty", [True, False])
def test_clock_that_is_not_behind_is_refused(is_empty):
    if not is_empty:
        publish_bodies(make_page(), {"en": "One"}, timezone.now())
    with pytest.raises(CommandError, match=r"not behind the last record .*: there is nothing to accept"):
        call_command("accept_clock", "--yes")
    assert "clock" not in kinds()
