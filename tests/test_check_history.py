"""`docs/check_history.py`, run against a site over real HTTP: it finds every change to what was published."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections
from django.db.models import BinaryField, Value
from django.utils import timezone

from pages.history import hash_chain
from pages.history.record_format import canonical_json
from pages.models import Blob, Page, PublicationRecord, Revision, Version, VersionText
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.corrections import correct_text
from pages.publishing.page_events import bring_back, confirm, review, withdraw
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.records import accept_clock
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from pages.text.compression import compress
from tests.building import draft_revision, make_page, publish_bodies, save_bodies, without_triggers

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docs" / "check_history.py"

pytestmark = pytest.mark.django_db


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


class QuietHandler(WSGIRequestHandler):
    """Answers without logging each request, which would fill the output of the tests."""

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(db):
    """Serve over real HTTP what the test has not committed: the server's thread uses the test's connection."""
    shared = connections["default"]

    def serve():
        connections["default"] = shared
        http_server.serve_forever(poll_interval=0.01)

    http_server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler)
    shared.inc_thread_sharing()
    # As the test client does: a connection in the middle of a transaction would be closed as a broken one.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http_server.server_port}"
    http_server.shutdown()
    http_server.server_close()
    thread.join()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    shared.dec_thread_sharing()


@pytest.fixture
def site(server):
    """Return the URL of a site with two pages, pictures, a cancelled and an announced version."""
    page, later = make_page("policy"), timezone.now() + timedelta(days=9)
    # The order of UTF-16 units (RFC 8785) is not that of characters: the last of these comes before the first.
    names = ("/\uffee.svg", "/z.svg", "/\U0001f600.svg")
    pictures = {name: store_picture(name.encode(), "svg", now=_day(1)) for name in names}
    save_bodies(page, _day(1), en="![a](/z.svg)", ru="Один")
    choices = {
        "en": TextToPublish(draft_revision(page, "en"), pictures=pictures),
        "ru": TextToPublish(draft_revision(page, "ru")),
    }
    publish(page, choices, by=system_actor("Ann"), now=_day(1), binding_language="en")
    publish_bodies(page, {"ru": "Два"}, _day(2), confirmed=["ru"], note="Второе \u2028 <b>.")
    cancel(
        publish_bodies(page, {"ru": "Три"}, _day(3), effective_at=later),
        by=system_actor("Ann"),
        now=_day(4),
        reasons={"en": "No."},
    )
    publish_bodies(page, {"en": "Four"}, _day(5), effective_at=later)
    publish_bodies(make_page(""), {"en": "Welcome.\r\n"}, _day(6))
    return server


@pytest.fixture
def site_with_events(site):
    """Return the site, after one page was moved and withdrawn, and another was withdrawn and brought back."""
    by, page = system_actor("Ann"), Page.objects.get(path="policy")
    confirm(page.versions.get(number=2), "ru", 1, by=by, now=_day(7))
    move(page, slug="rules", parent=None, by=by, now=_day(8))
    withdraw(page, reasons={"en": "Wrong \u2028 <b>.", "zh-hans": "错", "ru": "Ошибка."}, by=by, now=_day(9))
    home = Page.objects.get(path="")
    withdraw(home, reasons={"en": "Wrong."}, by=by, now=_day(10))
    bring_back(home, by=by, now=_day(11))
    return site


@pytest.fixture
def writable_history(site):
    """Let a test change and delete rows of insert-only tables."""
    with without_triggers():
        yield


def _check(site: str, *noted: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(SCRIPT), site, *noted]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _assert_found(result: subprocess.CompletedProcess, *expected: str) -> None:
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    for message in expected:
        assert message in result.stderr


def _latest_hash() -> str:
    return PublicationRecord.objects.latest("number").hash


def test_script_is_short_and_needs_only_python():
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert len(lines) <= 220
    assert imported <= sys.stdlib_module_names


def test_intact_site_passes_and_its_latest_hash_is_printed(site):
    result = _check(site)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(
        f"The history is intact: 7 record(s), latest hash {_latest_hash()}.\nNot checked:\n"
    )
    assert _check(f"{site}/", _latest_hash(), PublicationRecord.objects.get(number=2).hash).returncode == 0


def test_empty_site_passes(server):
    assert _check(server).stdout.startswith("The history is intact: 0 record(s), latest hash none.\n")


def test_withdrawals_moves_and_confirmations_pass(site_with_events):
    result = _check(site_with_events)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"The history is intact: 12 record(s), latest hash {_latest_hash()}.\n")


def test_events_that_a_clock_stamped_ahead_pass(site):
    page, ahead = make_page("ahead"), timezone.now() + timedelta(days=2)
    publish_bodies(page, {"en": "One."}, timezone.now() - timedelta(days=1))
    version = publish_bodies(page, {"en": "Two."}, ahead, effective_at=ahead + timedelta(days=1))
    cancel(version, by=system_actor("Ann"), now=ahead)
    publish_bodies(page, {"en": "Three."}, ahead)
    withdraw(page, reasons={"en": "Wrong."}, by=system_actor("Ann"), now=ahead)
    accept_clock(by=system_actor("Ann"), now=timezone.now())
    result = _check(site)
    assert (result.returncode, result.stderr) == (0, "")


def _tamper_with_withdrawal(**columns) -> None:
    assert PublicationRecord.objects.filter(kind="withdraw", page__path="rules").update(**columns) == 1


@pytest.mark.parametrize(
    "columns",
    [{"reason_digests": {}}, {"at": _day(10)}, {"kind": "bring back"}],
    ids=["no reason", "time", "kind"],
)
def test_tampered_withdrawal_is_found(site_with_events, writable_history, columns):
    _tamper_with_withdrawal(**columns)
    _assert_found(_check(site_with_events), "/rules/history.json: its withdrawal differs from the log")


@pytest.mark.parametrize("columns", [{"text_digest": "0" * 64}, {"language": "en"}], ids=str)
def test_tampered_confirmation_is_found(site_with_events, writable_history, columns):
    PublicationRecord.objects.filter(kind="confirm").update(**columns)
    _assert_found(_check(site_with_events), "/rules/history.json: version 2, ")


def test_withdrawal_that_is_not_in_the_log_is_found(site_with_events, writable_history):
    assert PublicationRecord.objects.get(kind="withdraw", page__path="")
    PublicationRecord.objects.filter(kind="bring back").update(kind="withdraw")
    _assert_found(_check(site_with_events), "/history.json: its withdrawal differs from the log")


@pytest.mark.parametrize("kind", ["place", "withdraw", "confirm"])
def test_event_removed_from_the_log_is_found(site_with_events, writable_history, kind):
    PublicationRecord.objects.filter(number=PublicationRecord.objects.filter(kind=kind)[0].number).delete()
    _assert_found(_check(site_with_events), "it does not follow the previous record")


def test_tampered_text_is_found(site, writable_history):
    text = VersionText.objects.get(version__page__path="policy", version__number=2, language="ru")
    Blob.objects.filter(revisions=text.revision_id).update(content=b"---\ntitle: A\n---\n\nOther.\n")
    _assert_found(_check(site), "/ru/policy/v/2/index.md: it is not what was published")


def test_damaged_compressed_text_is_found(site, writable_history):
    publish_bodies(make_page("long"), {"en": "A sentence. " * 100}, _day(7))
    assert _check(site).returncode == 0
    blob = Revision.objects.get(page__path="long").blob
    blob_rows = Blob.objects.filter(pk=blob.pk)
    assert blob_rows.update(content=Value(compress(blob.content)[:-9], BinaryField())) == 1
    _assert_found(_check(site), "/long/v/1/index.md: HTTP Error 500")


def test_texts_in_a_language_no_longer_served_are_read(site, writable_history, settings):
    settings.LANGUAGES = [("en", "English")]
    assert _check(site).returncode == 0
    text = VersionText.objects.get(version__page__path="policy", version__number=2, language="ru")
    Blob.objects.filter(revisions=text.revision_id).update(content=b"---\ntitle: A\n---\n\nOther.\n")
    _assert_found(_check(site), "/ru/policy/v/2/index.md: it is not what was published")


def test_tampered_text_with_its_digest_is_found(site, writable_history):
    text = VersionText.objects.get(version__page__path="policy", version__number=2, language="ru")
    other = Blob.of(b"---\ntitle: A\n---\n\nOther.\n")
    other.save()
    Revision.objects.filter(pk=text.revision_id).update(blob=other)
    _assert_found(_check(site), "/policy/history.json: version 2, ru: text differs from the log")


@pytest.mark.parametrize(
    "columns",
    [
        {"note": None},
        {"significance": "minor"},
        {"pictures": {"/x.svg": "0" * 64}},
        {"based_on": 1},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_facts_about_a_text_that_were_tampered_with_are_found(site, writable_history, columns):
    VersionText.objects.filter(version__page__path="policy", version__number=2, language="ru").update(**columns)
    (fact,) = columns
    _assert_found(_check(site), f"/policy/history.json: version 2, ru: {fact} differs from the log")


def test_backdated_version_is_found(site, writable_history):
    Version.objects.filter(page__path="policy", number=2).update(published_at=_day(1))
    _assert_found(_check(site), "/policy/history.json: version 2: published_at differs from the log")


def test_recording_time_that_was_tampered_with_is_found(site, writable_history):
    PublicationRecord.objects.filter(version__page__path="policy", version__number=2, kind="publish").update(
        recorded_at=_day(1)
    )
    _assert_found(_check(site), "/policy/history.json: version 2: recorded_at differs from the log")


def test_tampered_record_is_found(site, writable_history):
    record = PublicationRecord.objects.get(number=3)
    canonical = record.canonical.replace('"major"', '"minor"')
    PublicationRecord.objects.filter(number=3).update(canonical=canonical)
    _assert_found(
        _check(site),
        "record 3: its hash is not that of its content",
        "/policy/history.json: version 2, ru: significance differs from the log",
    )


def test_tampered_record_with_its_hash_is_found_by_the_next_record(site, writable_history):
    canonical = PublicationRecord.objects.get(number=3).canonical.replace('"major"', '"minor"')
    digest = hash_chain.record_hash(canonical)
    PublicationRecord.objects.filter(number=3).update(canonical=canonical, hash=digest)
    _assert_found(_check(site), "record 4: it does not follow the previous record")


def test_record_removed_from_the_middle_is_found(site, writable_history):
    PublicationRecord.objects.filter(number=4).delete()
    _assert_found(
        _check(site), "record 4: it does not follow the previous record", "the log does not end at its latest hash"
    )


def test_version_that_was_never_recorded_is_found(site, writable_history):
    PublicationRecord.objects.filter(number=7).delete()
    _assert_found(_check(site), "page /history.json: it is only shown")


def test_recorded_version_that_is_hidden_is_found(site, writable_history):
    VersionText.objects.filter(version__page__path="").delete()
    PublicationRecord.objects.filter(number=7).update(version=None)
    Version.objects.filter(page__path="").delete()
    _assert_found(_check(site), "it is only recorded")


def test_truncated_log_is_found_by_a_hash_noted_earlier(site, writable_history):
    noted = _latest_hash()
    PublicationRecord.objects.filter(number=7).delete()
    VersionText.objects.filter(version__page__path="").delete()
    Version.objects.filter(page__path="").delete()
    assert _check(site).returncode == 0
    _assert_found(_check(site, noted), "the hash noted earlier is not in the log: it was cut or rewritten")


def test_rewritten_log_is_found_by_a_hash_noted_earlier(site, writable_history):
    noted, previous, note = _latest_hash(), "", Blob.of_text("Nothing.")
    note.save()
    texts = VersionText.objects.filter(version__page__path="policy", version__number=2, language="ru")
    texts.update(note=note)
    for record in PublicationRecord.objects.order_by("number"):
        content = {**json.loads(record.canonical), "previous": previous}
        if record.number == 3:
            content["version"]["texts"]["ru"]["note"] = note.digest
        canonical = canonical_json(content)
        previous = hash_chain.record_hash(canonical)
        PublicationRecord.objects.filter(pk=record.pk).update(canonical=canonical, hash=previous)
    assert _check(site).returncode == 0
    _assert_found(_check(site, noted), "the hash noted earlier is not in the log")


def test_site_that_does_not_answer_is_an_error():
    _assert_found(_check("http://127.0.0.1:9"), "/publication-log.json: ")


def test_swapped_addresses_are_found(site_with_events, writable_history):
    for path, other in (("rules", "~"), ("", "rules"), ("~", "")):
        Page.objects.filter(path=path).update(path=other)
    _assert_found(_check(site_with_events), "the page has another address or source language than recorded")


def test_tampered_picture_is_found(site, writable_history):
    Blob.objects.filter(pk=Blob.of(b"/z.svg").pk).update(content=b"<svg/>")
    _assert_found(_check(site), "it is not what was published")


def test_tampered_title_is_found(site, writable_history):
    Revision.objects.filter(pk=VersionText.objects.get(version__page__path="").revision_id).update(title="Other")
    _assert_found(_check(site), "/history.json: version 1, en: fields differs from the log")


def test_tampered_note_is_found(site, writable_history):
    text = VersionText.objects.get(version__page__path="policy", version__number=2, language="ru")
    Blob.objects.filter(pk=text.note_id).update(content=b"Other.")
    _assert_found(_check(site), "/policy/history.json: version 2, ru: note differs from the log")


@pytest.fixture
def corrected(site):
    version = Version.objects.get(page__path="policy", number=2)
    with writing(system_actor("Ann"), _day(20)) as writer:
        correction = {"language": "ru", "significance": "minor"}
        writer.record("correct", page=version.page, version=version, at=_day(20), **correction)


def test_corrected_significance_passes(site, corrected):
    assert _check(site).returncode == 0


def test_false_correction_is_found(site, corrected, writable_history):
    PublicationRecord.objects.filter(kind="correct").update(significance="major")
    _assert_found(
        _check(site), "version 2, ru: its correction differs", "version 2, ru: last updated is not what follows"
    )


@pytest.fixture
def corrected_and_reviewed(site):
    version = Version.objects.get(page__path="policy", number=2)
    correct_text(version, "ru", note="Верно.", by=system_actor("Ann"), now=_day(20))
    review(version.page, by=system_actor("Ann"), now=_day(21))


def test_corrected_note_and_review_pass(site, corrected_and_reviewed):
    assert _check(site).returncode == 0


def test_tampered_corrected_note_is_found(site, corrected_and_reviewed, writable_history):
    record = PublicationRecord.objects.get(kind="correct")
    Blob.objects.filter(pk=record.note_id).update(content=b"Other.")
    _assert_found(_check(site), "version 2, ru: its corrected note differs")


def test_tampered_review_is_found(site, corrected_and_reviewed, writable_history):
    PublicationRecord.objects.filter(kind="review").update(at=_day(22))
    _assert_found(_check(site), "its last review differs from the log")


def test_redacted_text_passes_and_is_named(site, writable_history):
    text = VersionText.objects.get(version__page__path="policy", version__number=1, language="ru")
    with writing(system_actor("Ann"), _day(20)) as writer:
        writer.record("redact", at=_day(20), details={"digests": [text.revision.digest]}, reasons={"en": "A court."})
    result = _check(site)
    assert result.returncode == 0
    assert "/policy/history.json: version 1, ru: it was redacted" in result.stdout


@pytest.mark.parametrize("canonical", ["[", "[]", "[" * 100_000, '{"kind":7}'], ids=["[", "[]", "nested", "kind"])
def test_record_of_another_shape_is_found(site, writable_history, canonical):
    PublicationRecord.objects.filter(number=3).update(canonical=canonical)
    _assert_found(_check(site), "record 3: its hash is not that of its content")


def test_usage_is_printed_without_an_address():
    result = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "Usage: python3 check_history.py https://" in result.stderr
