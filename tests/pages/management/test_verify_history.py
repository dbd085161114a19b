"""`verify_history` accepts an intact history and names everything that was changed behind the triggers."""

import dataclasses
import hashlib
import json

import pytest
from django.core.management import CommandError, call_command

from pages.models import Blob, Page, Picture, PublicationRecord, Revision, SiteCounter, Version, VersionText
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.text import source
from pages.text.fields import FRONT_MATTER_KEYS, Fields
from tests.building import add_revision, draft_revision, make_page, publish_bodies, save_bodies, without_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(moment):
    """Return a page with three versions in two languages, the last one cancelled."""
    page = make_page()
    picture = store_picture(b"<svg/>", "svg", now=moment())
    save_bodies(page, moment(), en="![a](/a.svg)", ru="Один")
    choices = {
        "en": TextToPublish(draft_revision(page, "en"), pictures={"/a.svg": picture}),
        "ru": TextToPublish(draft_revision(page, "ru")),
    }
    publish(page, choices, by=system_actor("Ann"), now=moment())
    publish_bodies(page, {"ru": "Два"}, moment(1), confirmed=["ru"])
    cancel(
        publish_bodies(page, {"ru": "Три"}, moment(2), effective_at=moment(9)), by=system_actor("Ann"), now=moment(3)
    )
    return page


@pytest.fixture
def tampering(page):
    with without_triggers():
        yield


def failed_check(capsys):
    """Return the lines that name problems, and the message of the error."""
    with pytest.raises(CommandError) as error:
        call_command("verify_history")
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines(), str(error.value)


def test_intact_history_is_valid_and_its_head_is_shown(page, capsys):
    call_command("verify_history")
    head = PublicationRecord.objects.get(number=4).hash
    assert capsys.readouterr().out == f"The history is valid: 4 record(s), head {head}.\n"


@pytest.fixture
def page_with_events(page, moment):
    """Return the page after another one was published, and it was confirmed, withdrawn, brought back and moved."""
    by = system_actor("Ann")
    publish_bodies(make_page("other"), {"en": "Other."}, moment(3))
    confirm(page.versions.get(number=2), "ru", 1, by=by, now=moment(4))
    withdraw(page, reasons={"en": "Wrong.", "ru": "Ошибка."}, by=by, now=moment(5))
    bring_back(page, by=by, now=moment(6))
    move(page, slug="moved", parent=None, by=by, now=moment(7))
    return page


def test_history_with_every_kind_of_record_is_valid(page_with_events, capsys):
    call_command("verify_history")
    assert "The history is valid: 9 record(s)" in capsys.readouterr().out


def test_history_of_an_empty_site_is_valid(capsys):
    call_command("verify_history")
    assert capsys.readouterr().out == "The history is valid: 0 record(s), head none.\n"


@pytest.fixture
def later_field(monkeypatch, moment):
    """Store two revisions, then declare `weight` as a field; return the keys of the revisions and the new column."""
    page, file = make_page(), b"---\ntitle: Policy\nweight: 7\n---\n\nOne\n"
    options = {"by": system_actor("Ann"), "now": moment()}
    keys = [add_revision(page, "en", file, Fields("Policy", body="One"), **options).pk for _ in range(2)]
    column = {}
    fields = dataclasses.make_dataclass("Fields", [("weight", str, "")], bases=(Fields,), frozen=True)
    monkeypatch.setattr(source, "Fields", fields)
    monkeypatch.setitem(FRONT_MATTER_KEYS, "weight", "weight")
    monkeypatch.setattr(Revision, "weight", property(lambda revision: column.get(revision.pk)), raising=False)
    return keys, column


@pytest.mark.parametrize(
    ("columns", "broken"),
    [
        ((None, None), ()),
        ((None, "7"), ()),
        (("7", "7"), ()),
        (("", None), (0, 1)),
        (("7", None), (1,)),
        ((None, "8"), (1,)),
        ((None, ""), (1,)),
    ],
)
def test_key_that_became_a_field_later_must_match_from_its_first_value_on(capsys, later_field, columns, broken):
    keys, column = later_field
    column.update(zip(keys, columns, strict=True))
    lines = [f"Revision {keys[index]}: the fields do not match the bytes." for index in broken]
    if lines:
        assert failed_check(capsys)[0] == lines
    else:
        call_command("verify_history")


def change(queryset, **columns):
    assert queryset.update(**columns) == 1


def stored_blob(content):
    blob = Blob.of(content)
    Blob.objects.store([blob])
    return blob


def revision_source():
    change(Blob.objects.filter(pk=Revision.objects.earliest("pk").blob_id), content=b"---\ntitle: A\n---\n\nOther")


def revision_digest():
    first = Revision.objects.earliest("pk")
    Blob.objects.create(digest="0" * 64, content=first.source)
    change(Revision.objects.filter(pk=first.pk), blob="0" * 64)


def revision_source_with_its_digest():
    changed_source = b"---\ntitle: Privacy policy\n---\n\nOther"
    revision = Revision.objects.filter(pk=VersionText.objects.get(version__number=2, language="ru").revision_id)
    change(revision, blob=stored_blob(changed_source))


def revision_title():
    change(Revision.objects.filter(pk=Revision.objects.earliest("pk").pk), title="Other")


def revision_front_matter():
    changed_source = b"---\ntitle: [\n---\n\nOther"
    revision = Revision.objects.filter(pk=Revision.objects.latest("pk").pk)
    change(revision, blob=stored_blob(changed_source))


def picture_bytes():
    change(Blob.objects.filter(picture__isnull=False), content=b"<svg />")


def picture_row():
    Picture.objects.all()._raw_delete("default")


def version_column(**columns):
    return lambda: change(Version.objects.filter(number=2), **columns)


def text_column(**columns):
    return lambda: change(VersionText.objects.filter(version__number=2, language="ru"), **columns)


def text_row():
    VersionText.objects.filter(version__number=2, language="ru")._raw_delete("default")


def version_row():
    version = Version.objects.get(number=2)
    VersionText.objects.filter(version=version)._raw_delete("default")
    Version.objects.filter(pk=version.pk)._raw_delete("default")


def version_row_and_its_reference():
    version = Version.objects.get(number=2)
    change(PublicationRecord.objects.filter(version=version), version=None)
    VersionText.objects.filter(version=version)._raw_delete("default")
    Version.objects.filter(pk=version.pk)._raw_delete("default")


def record_column(number=2, **columns):
    return lambda: change(PublicationRecord.objects.filter(number=number), **columns)


def canonical_with_its_hash(number, **values):
    """Return a function that changes a record and its hash, like an attacker who knows the format."""

    def tamper():
        record = PublicationRecord.objects.get(number=number)
        canonical = json.dumps({**json.loads(record.canonical), **values}, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        change(PublicationRecord.objects.filter(number=number), canonical=canonical, hash=digest)
        if number == 4:
            SiteCounter.objects.update(head=digest)

    return tamper


def canonical_of_another_type():
    digest = hashlib.sha256(b"[]").hexdigest()
    change(PublicationRecord.objects.filter(number=4), canonical="[]", hash=digest)
    SiteCounter.objects.update(head=digest)


def last_record():
    PublicationRecord.objects.filter(number=4)._raw_delete("default")


def middle_record():
    PublicationRecord.objects.filter(number=2)._raw_delete("default")


def unrecorded_version():
    version = Version.objects.get(number=2)
    Version.objects.create(
        page=version.page, number=4, published_at=version.published_at, effective_at=version.effective_at
    )


def other_page(number):
    return lambda: change(PublicationRecord.objects.filter(number=number), page=Page.objects.get(path="other"))


def version_of_another_page():
    change(PublicationRecord.objects.filter(number=6), version=Version.objects.get(page__path="other", number=1))


def reason_erased():
    record_column(7, reasons={})()


DIGEST = "the bytes do not match the digest."
TITLES = "the fields do not match the bytes."
STORED = "the stored version does not match the record."
COLUMNS = "the columns of the row do not match the record."
HASH = "the record's hash does not match its content."
PREVIOUS = "the record does not contain the hash of the previous record."
OTHER_VERSION = "the record belongs to another version."
MISSING_VERSION = "Record 2, page /privacy-policy/: its version is missing."

# Version 3 carries a text over from version 2, so that it is affected as well.
CARRIED = f"version 3: {STORED}"


@pytest.mark.parametrize(
    ("tamper", "problems"),
    [
        (revision_source, [DIGEST]),
        (revision_digest, [DIGEST, f"version 1: {STORED}"]),
        (revision_source_with_its_digest, [f"version 2: {STORED}"]),
        (revision_title, [TITLES]),
        (revision_front_matter, [TITLES, f"version 3: {STORED}"]),
        (picture_bytes, [DIGEST]),
        (picture_row, [f"version {number}: the picture d4dc" for number in (1, 2, 3)]),
        (version_column(number=7), [f"Record 2, page /privacy-policy/, version 7: {STORED}", CARRIED]),
        (version_column(effective_at="2025-01-01T00:00:00Z"), [STORED]),
        (version_column(published_at="2023-01-01T00:00:00Z"), [STORED]),
        (version_column(binding_language="ru"), [STORED]),
        (text_column(significance="minor"), [STORED]),
        (text_column(based_on=1), [STORED]),
        (text_column(change_note="Other."), [STORED]),
        (text_column(pictures={"/a.svg": "0" * 64}), [STORED, "the picture 0000"]),
        (text_column(language="de"), [STORED]),
        (text_row, [STORED]),
        (version_row, [MISSING_VERSION, CARRIED]),
        (version_row_and_its_reference, [MISSING_VERSION, CARRIED]),
        (unrecorded_version, ["Page /privacy-policy/, version 4: it has no record."]),
        (record_column(canonical="Other."), [f"Record 2: {HASH}", COLUMNS, STORED]),
        (record_column(hash="0" * 64), [f"Record 2: {HASH}"]),
        (record_column(at="2023-01-01T00:00:00Z"), [COLUMNS]),
        (record_column(recorded_at="2023-01-01T00:00:00Z"), [COLUMNS]),
        (record_column(number=4, kind="publish"), [COLUMNS, f"version 3: {STORED}"]),
        (canonical_with_its_hash(2, reason="0" * 64), [f"Record 3: {PREVIOUS}"]),
        (canonical_with_its_hash(4, previous=""), [f"Record 4: {PREVIOUS}"]),
        (canonical_with_its_hash(4, record=9), ["Record 4: the record's content has another number."]),
        (canonical_with_its_hash(4, version={"number": 2}), [f"version 3: {OTHER_VERSION}"]),
        (canonical_with_its_hash(4, page="0"), [COLUMNS]),
        (canonical_of_another_type, [f"Record 4: {PREVIOUS}", COLUMNS, OTHER_VERSION]),
        (last_record, ["Record 3: the chain does not end at the stored head"]),
        (middle_record, ["Record 2: the record is missing: record 3 is", "version 2: it has no record."]),
    ],
)
def test_change_of_a_stored_row_is_reported(tampering, capsys, tamper, problems):
    tamper()
    lines, message = failed_check(capsys)
    assert message == f"The history is not valid: {len(problems)} problem(s)."
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert problem in line


@pytest.mark.parametrize(
    ("tamper", "problems"),
    [
        (record_column(7, reasons={"en": "Other.", "ru": "Ошибка."}), [f"Record 7, page /moved/: {COLUMNS}"]),
        (record_column(7, reasons={"en": "Wrong."}), [COLUMNS]),
        (record_column(7, at="2024-03-02T00:00:00Z"), [COLUMNS]),
        (record_column(7, kind="bring back"), [COLUMNS]),
        (record_column(8, kind="move"), [COLUMNS]),
        (record_column(9, kind="bring back"), [COLUMNS]),
        (other_page(7), [f"Record 7, page /other/: {COLUMNS}"]),
        (other_page(9), [COLUMNS]),
        (other_page(6), [f"Record 6, page /other/, version 1: {COLUMNS}"]),
        (version_of_another_page, [f"Record 6, page /moved/, version 1: {COLUMNS}"]),
        (record_column(6, language="en"), [COLUMNS]),
        (record_column(6, text_digest="0" * 64), [COLUMNS]),
        (canonical_with_its_hash(9, path={"from": "a", "to": "b"}), ["the chain does not end at the stored head"]),
        (canonical_with_its_hash(7, reason=None), ["Record 8: the record does not contain", COLUMNS]),
        (canonical_with_its_hash(6, confirmed={"language": "ru", "text": "0"}), [PREVIOUS, COLUMNS]),
        (reason_erased, []),
    ],
)
def test_change_of_an_event_is_reported(page_with_events, capsys, tamper, problems):
    with without_triggers():
        tamper()
        if not problems:
            call_command("verify_history")
            return
        lines, _ = failed_check(capsys)
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert problem in line
