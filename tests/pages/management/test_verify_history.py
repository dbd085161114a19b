"""`verify_history` accepts an intact history and names everything that was changed behind the triggers."""

import dataclasses
import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import BinaryField, Value

from pages import models
from pages.models import (
    Blob,
    ImportedCommit,
    Page,
    Picture,
    PublicationRecord,
    Revision,
    SiteCounter,
    Version,
    VersionText,
)
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_events import bring_back, confirm, withdraw
from pages.publishing.page_tree import move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.version_plan import TextToPublish
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from pages.text import source
from pages.text.compression import MARKER, MIN_BYTES, compress
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


def failed_check(capsys, *, but_triggers=False, head=""):
    """Return the lines that name problems, and the message of the error."""
    with pytest.raises(CommandError) as error:
        call_command("verify_history", head=head)
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    # The tests of tampering drop the triggers.
    return [line for line in lines if not but_triggers or "The trigger" not in line], str(error.value)


def test_intact_history_is_valid_and_its_head_is_shown(page, capsys):
    call_command("verify_history")
    head = PublicationRecord.objects.get(number=5).hash
    assert capsys.readouterr().out == f"The history is valid: 5 record(s), head {head}.\n"


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
    assert "The history is valid: 10 record(s)" in capsys.readouterr().out


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
    monkeypatch.setattr(models.revision, "Fields", fields)
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
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
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


def text_note():
    change(VersionText.objects.filter(version__number=2, language="ru"), note=stored_blob(b"Other."))


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


def record_column(number=3, **columns):
    return lambda: change(PublicationRecord.objects.filter(number=number), **columns)


def canonical_with_its_hash(number, **values):
    """Return a function that changes a record and its hash, like an attacker who knows the format."""

    def tamper():
        record = PublicationRecord.objects.get(number=number)
        canonical = json.dumps({**json.loads(record.canonical), **values}, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        change(PublicationRecord.objects.filter(number=number), canonical=canonical, hash=digest)
        if number == 5:
            SiteCounter.objects.update(head=digest)

    return tamper


def canonical_of_another_type():
    digest = hashlib.sha256(b"[]").hexdigest()
    change(PublicationRecord.objects.filter(number=5), canonical="[]", hash=digest)
    SiteCounter.objects.update(head=digest)


def last_record():
    PublicationRecord.objects.filter(number=5)._raw_delete("default")


def middle_record():
    PublicationRecord.objects.filter(number=3)._raw_delete("default")


def unrecorded_version():
    version = Version.objects.get(number=2)
    Version.objects.create(
        page=version.page, number=4, published_at=version.published_at, effective_at=version.effective_at
    )


def other_page(number):
    return lambda: change(PublicationRecord.objects.filter(number=number), page=Page.objects.get(path="other"))


def version_of_another_page():
    change(PublicationRecord.objects.filter(number=7), version=Version.objects.get(page__path="other", number=1))


def reason_of_withdrawal():
    record = PublicationRecord.objects.get(kind="withdraw")
    return Blob.objects.filter(pk=record.reason_digests["en"])


def reason_text():
    change(reason_of_withdrawal(), content=b"Other.")


def reason_erased():
    change(reason_of_withdrawal(), content=None, salt=b"")


def reason_deleted():
    reason_of_withdrawal()._raw_delete("default")


def paths_of_pages():
    """Swap the paths of two published pages."""
    one, other = Page.objects.get(path="moved"), Page.objects.get(path="other")
    for page, path in ((one, "swapping"), (other, "moved"), (one, "other")):
        change(Page.objects.filter(pk=page.pk), path=path)


def source_language():
    change(Page.objects.filter(path="other"), source_language="ru")


def draft_column():
    change(Page.objects.filter(path="other"), body_en="Other than the revision.")


def salt_of_a_revision():
    change(Revision.objects.filter(pk=VersionText.objects.get(version__page__path="other").revision_id), salt=b"7" * 16)


def name_of_an_actor():
    change(Blob.objects.filter(pk=PublicationRecord.objects.get(number=6).actor_id), content=b"Eve")


def page_column(**columns):
    return lambda: change(Page.objects.filter(path="privacy-policy"), **columns)


def draft_without_revision():
    page_column(title_de="Other.")()


def counter_column(**columns):
    return lambda: change(SiteCounter.objects.all(), **columns)


def record_note():
    record_column(2, note=stored_blob(b"Other."))()


def imported_commit():
    ImportedCommit.objects.create(commit_id="0" * 40, metadata=stored_blob(b"Other."))


SLUG = "its path does not consist of its parent's path and its slug."
LAST = "The site counter names record 5 as the last one: that is record 4."
CONTENT = "the bytes do not match the digest."
TITLES = "the fields do not match the bytes."
ROWS = "the stored rows do not match the record: "
STORED = f"{ROWS}version."
UNRECORDED_COMMIT = f"Commit {'0' * 40}: it has no record."
HASH = "the record's hash does not match its content."
PREVIOUS = "the record does not contain the hash of the previous record."
MISSING_VERSION = "Record 3, page /privacy-policy/: its version is missing."
ADDRESS = "its address or source language is not the recorded one."
# Version 3 carries a text over from version 2, so that it is affected as well.
CARRIED = f"version 3: {STORED}"


@pytest.mark.parametrize(
    ("tamper", "problems"),
    [
        (revision_source, [CONTENT, TITLES, "the draft in en does not match revision"]),
        (revision_digest, [CONTENT, f"version 1: {STORED}"]),
        (revision_source_with_its_digest, [f"version 2: {STORED}"]),
        (revision_title, [TITLES, "the draft in en does not match revision", f"version 1: {STORED}"]),
        (revision_front_matter, [TITLES, "the draft in ru does not match", f"version 3: {STORED}"]),
        (picture_bytes, [CONTENT]),
        (picture_row, [f"version {number}: the picture d4dc" for number in (1, 2, 3)]),
        (version_column(number=7), [f"Record 3, page /privacy-policy/, version 7: {STORED}", CARRIED]),
        (version_column(effective_at="2025-01-01T00:00:00Z"), [STORED]),
        (version_column(published_at="2023-01-01T00:00:00Z"), ["the version has another time of publication."]),
        (version_column(binding_language="ru"), [STORED]),
        (text_column(significance="minor"), [STORED]),
        (text_column(based_on=1), [STORED]),
        (text_note, [STORED]),
        (text_column(pictures={"/a.svg": "0" * 64}), [STORED, "the picture 0000"]),
        (text_column(language="de"), [STORED, "the text in de belongs to another page or language."]),
        (text_row, [STORED]),
        (version_row, ["A row refers to one that does not exist", MISSING_VERSION, CARRIED]),
        (version_row_and_its_reference, [MISSING_VERSION, CARRIED]),
        (unrecorded_version, ["Page /privacy-policy/, version 4: it has no record."]),
        (record_column(canonical="Other."), [f"Record 3: {HASH}", ROWS]),
        (record_column(canonical="[" * 100_000), [f"Record 3: {HASH}", ROWS]),
        (record_column(hash="0" * 64), [f"Record 3: {HASH}"]),
        (record_column(at="2023-01-01T00:00:00Z"), [f"{ROWS}at.", "the version has another time of publication."]),
        (record_column(recorded_at="2023-01-01T00:00:00Z"), [f"{ROWS}recorded_at."]),
        (record_column(number=5, kind="publish"), [ROWS, "the version has another time of publication."]),
        (canonical_with_its_hash(3, reasons={"en": "0" * 64}), [f"Record 4: {PREVIOUS}", f"{ROWS}reasons."]),
        (canonical_with_its_hash(5, previous=""), [f"Record 5: {PREVIOUS}"]),
        (canonical_with_its_hash(5, record=9), ["Record 5: the record's content has another number.", ROWS]),
        (canonical_with_its_hash(5, version=2), [f"version 3: {STORED}"]),
        (canonical_with_its_hash(5, page="0"), [f"{ROWS}page."]),
        (canonical_with_its_hash(5, format=2), [f"{ROWS}format."]),
        (canonical_of_another_type, [f"Record 5: {PREVIOUS}", ROWS]),
        (last_record, ["Record 4: the chain does not end at the stored head", LAST]),
        (counter_column(last_record=9), ["The site counter names record 9 as the last one: that is record 5."]),
        (counter_column(head="0" * 64), ["Record 5: the chain does not end at the stored head"]),
        (
            record_column(2, language="en", significance="minor"),
            ["the record does not contain: language, significance."],
        ),
        (record_column(2, text_digest="0" * 64), ["version 1: the record does not contain: text_digest."]),
        (record_column(2, reason_digests={"en": "0" * 64}), ["contain: reason_digests.", "a reason is missing."]),
        (record_note, ["version 1: the record does not contain: note_id."]),
        (draft_without_revision, ["Page /privacy-policy/: the draft in de has no revision."]),
        (page_column(slug="other"), [SLUG]),
        (imported_commit, [f"Commit {'0' * 40}: it has no record."]),
        (middle_record, ["Record 3: the record is missing: record 4 is", "version 2: it has no record."]),
    ],
)
def test_change_of_a_stored_row_is_reported(tampering, capsys, tamper, problems):
    tamper()
    lines, message = failed_check(capsys, but_triggers=True)
    assert message.startswith("The history is not valid: ")
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert problem in line


@pytest.mark.parametrize(
    ("tamper", "problems"),
    [
        (reason_text, [CONTENT]),
        (reason_erased, ["it is missing, and no record says that it was redacted."]),
        (reason_deleted, ["a reason is missing."]),
        (record_column(8, reason_digests={}), [f"{ROWS}reasons."]),
        (record_column(8, at="2024-03-02T00:00:00Z"), [f"{ROWS}at."]),
        (record_column(8, kind="bring back"), [ROWS, "the record does not contain: reason_digests."]),
        (record_column(9, kind="withdraw"), [ROWS]),
        (record_column(10, kind="bring back"), [ROWS]),
        (other_page(8), [f"Record 8, page /other/: {ROWS}page."]),
        (other_page(10), [f"{ROWS}page.", "had another address", ADDRESS, ADDRESS]),
        (other_page(7), [f"Record 7, page /other/, version 1: {ROWS}page.", "the version belongs to another page."]),
        (version_of_another_page, ["version 1: the version belongs to another page."]),
        (record_column(7, language="en"), [f"{ROWS}language."]),
        (record_column(7, text_digest="0" * 64), [f"{ROWS}text."]),
        (canonical_with_its_hash(10, before={"path": "a"}), ["does not end at the stored head", "had another address"]),
        (canonical_with_its_hash(10, after={"path": "a"}), ["does not end at the stored head", ADDRESS]),
        (canonical_with_its_hash(8, reasons={}), [f"Record 9: {PREVIOUS}", f"{ROWS}reasons."]),
        (canonical_with_its_hash(7, text="0"), [PREVIOUS, f"{ROWS}text."]),
        (paths_of_pages, [SLUG, SLUG, ADDRESS, ADDRESS]),
        (source_language, [ADDRESS]),
        (draft_column, ["Page /other/: the draft in en does not match revision"]),
        (salt_of_a_revision, [f"Record 6, page /other/, version 1: {STORED}"]),
        (name_of_an_actor, [CONTENT]),
    ],
)
def test_change_of_an_event_is_reported(page_with_events, capsys, tamper, problems):
    with without_triggers():
        tamper()
        lines, _ = failed_check(capsys, but_triggers=True)
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert problem in line


@pytest.fixture
def page_with_a_redaction(page_with_events, moment):
    """Return the page after two reasons and a text of another page were redacted."""
    record = PublicationRecord.objects.get(kind="withdraw")
    digests = [*record.reason_digests.values(), VersionText.objects.get(version__page__path="other").revision.digest]
    with writing(system_actor("Ann"), moment(9)) as writer:
        writer.record("redact", at=moment(9), details={"digests": digests}, reasons={"en": "A court asked for it."})
    assert Blob.objects.filter(pk__in=digests).update(content=None, salt=b"") == 3
    return page_with_events


@pytest.mark.parametrize(
    "content", ["", "null", "[]", '"a"', "1e999", "[" * 900, '{"a":' * 900, '{"a": NaN}', "\\ud800"]
)
def test_canonical_form_that_is_not_a_json_object_is_a_problem(page_with_events, capsys, content):
    for number in (1, 2, 7, 10):
        with without_triggers():
            record_column(number, canonical=content, hash=hashlib.sha256(content.encode()).hexdigest())()
            assert any("the stored rows do not match the record" in line for line in failed_check(capsys)[0])


@pytest.mark.parametrize("number", [2, 7, 8, 10, 11])
def test_value_of_another_type_in_a_record_is_a_problem(page_with_a_redaction, capsys, number):
    payload = json.loads(PublicationRecord.objects.get(number=number).canonical)
    changes = [payload | {name: value} for name in payload for value in (77, ["a"], {"texts": [["a"]], "carries": {}})]
    with without_triggers():
        for changed in changes:
            canonical_with_its_hash(number, **changed)()
            assert failed_check(capsys, but_triggers=True)[0], changed


@pytest.mark.parametrize(
    "column",
    [
        "publicationrecord.reason_digests",
        "publicationrecord.at",
        "publicationrecord.recorded_at",
        "versiontext.pictures",
        "version.effective_at",
        "page.uuid",
        "sitecounter.head",
    ],
)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL stores only values of the column's type.")
def test_value_that_the_application_never_stores_is_a_problem(page_with_events, capsys, column):
    table, _dot, name = column.partition(".")
    for value in ("nothing", "[" * 900, "[1]", "7", '{"a": [[1]]}', "2024-99-99", b"\xff"):
        with without_triggers(), connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            # Tests that commit can have taken the first keys.
            first = f"SELECT MIN(rowid) FROM pages_{table}"
            cursor.execute(f"UPDATE pages_{table} SET {name} = %s WHERE rowid = ({first})", [value])
            assert cursor.rowcount == 1
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
            assert failed_check(capsys, but_triggers=True)[0], value


def store_damaged(digest):
    """Cut the compressed form of a content, or store one that is none."""
    content = Blob.objects.get(pk=digest).content
    stored = compress(content)[:-9] if len(content) > MIN_BYTES else MARKER
    change(Blob.objects.filter(pk=digest), content=Value(stored, BinaryField()))


def test_damaged_compressed_contents_are_named_and_the_rest_is_checked(page_with_events, moment, capsys):
    long = publish_bodies(make_page("long"), {"en": "A sentence. " * 100, "ru": "Предложение. " * 100}, moment(8))
    commit = ImportedCommit.objects.create(commit_id="0" * 40, metadata=stored_blob(b"Other."))
    record = PublicationRecord.objects.get(kind="withdraw")
    digests = [
        *(text.revision.digest for text in long.texts.all()),
        *(commit.metadata_id, record.actor_id, record.reason_digests["en"]),
        VersionText.objects.filter(note__isnull=False).latest("pk").note_id,
    ]
    with without_triggers():
        change(PublicationRecord.objects.filter(number=9), commit=commit)
        change(Page.objects.filter(path="other"), body_en="Other than the revision.")
        for digest in digests:
            store_damaged(digest)
        lines = failed_check(capsys, but_triggers=True)[0]
        damaged = [f"Content {digest}: its compressed form is damaged." for digest in sorted(set(digests))]
        assert [line for line in lines if line.startswith("Content")] == damaged
        others = [line for line in lines if not line.startswith("Content")]
        assert others[0].startswith("Page /other/: the draft in en does not match revision")
        assert others[1:] == [f"Record 9, page /moved/: {ROWS}commit.", UNRECORDED_COMMIT]


def test_redacted_content_with_its_record_is_valid(page_with_a_redaction):
    call_command("verify_history")
    erased = {**dict.fromkeys(FRONT_MATTER_KEYS, ""), "salt": b""}
    assert Revision.objects.filter(blob__content=None).update(**erased) == 1
    call_command("verify_history")


@pytest.mark.parametrize("columns", [{"title": "Other", "salt": b""}, {"title": "", "language": "ru", "salt": b""}])
def test_revision_of_a_redacted_text_can_only_be_erased(page_with_a_redaction, columns):
    with pytest.raises(DatabaseError, match="pages_revision is insert-only"), transaction.atomic():
        Revision.objects.filter(blob__content=None).update(**columns)


@pytest.mark.parametrize("columns", [{"title": "Other"}, {"title": "Other", "salt": b""}, {"salt": b""}], ids=str)
def test_fields_of_a_redacted_text_are_those_of_its_record_or_erased(page_with_a_redaction, capsys, columns):
    text = VersionText.objects.get(version__page__path="other")
    with without_triggers():
        change(Revision.objects.filter(pk=text.revision_id), **columns)
        assert failed_check(capsys, but_triggers=True)[0] == [f"Record 6, page /other/, version 1: {STORED}"]


def test_blob_that_no_record_redacts_cannot_be_changed(page_with_events):
    with pytest.raises(DatabaseError, match="pages_blob is insert-only"), transaction.atomic():
        Blob.objects.update(content=None, salt=b"")


def test_hash_that_was_noted_is_looked_for(page_with_events, capsys):
    noted = PublicationRecord.objects.get(number=5).hash
    call_command("verify_history", head=noted)
    with pytest.raises(CommandError):
        call_command("verify_history", head="0" * 64)
    problem = f"No record has the hash {'0' * 64}: the log was cut or rewritten after it was noted."
    assert capsys.readouterr().err == f"{problem}\n"


def test_log_that_was_cut_with_its_counter_is_found_by_a_noted_hash(page_with_events, capsys):
    last, before = PublicationRecord.objects.order_by("-number")[:2]
    with without_triggers():
        PublicationRecord.objects.filter(pk=last.pk)._raw_delete("default")
        Page.objects.filter(path="moved").update(path="privacy-policy", slug="privacy-policy")
        SiteCounter.objects.update(head=before.hash, last_record=before.number)
        assert failed_check(capsys, but_triggers=True)[0] == []
        lines, _ = failed_check(capsys, but_triggers=True, head=last.hash)
    assert lines == [f"No record has the hash {last.hash}: the log was cut or rewritten after it was noted."]


def test_missing_trigger_is_reported(page_with_events, capsys):
    with without_triggers():
        lines, _ = failed_check(capsys)
    assert "The trigger pages_version_no_update is missing: rows of history could be changed." in lines
    call_command("verify_history")
