"""Contents are stored compressed and read as the exact bytes, however they are written and selected."""

import pickle

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from pages.models import Blob, Revision
from pages.models.content_field import ContentField, PreparedContent
from pages.text.compression import MARKER, compress
from tests.building import make_page, save_bodies

LONG = "Мы ничего не храним.\n".encode() * 100
CONTENTS = (b"", b"\0", b"Short.", LONG, MARKER, MARKER + LONG, compress(LONG), b"\0" + LONG)


def stored_bytes(digest):
    """Return what the column holds, as other programs see it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM pages_blob WHERE digest = %s", [digest])
        (stored,) = cursor.fetchone()
    return None if stored is None else bytes(stored)


def read_in_all_ways(digest):
    """Yield the content as each kind of query returns it."""
    rows = Blob.objects.filter(pk=digest)
    yield rows.get().content
    yield rows.defer("content").get().content
    yield rows.values("content")[0]["content"]
    yield rows.values_list("content", flat=True)[0]
    yield rows.values_list("pk", "content").iterator().__next__()[1]
    other = Blob.objects.filter(pk=OuterRef("pk"))
    for expression in (
        F("content"),
        Subquery(other.values("content")),
        Case(When(pk=digest, then=F("content")), default=None),
        Coalesce(Value(None, ContentField()), "content"),
    ):
        yield rows.annotate(annotated=expression).get().annotated
        yield rows.annotate(annotated=expression).values_list("annotated", flat=True)[0]
    yield rows.union(Blob.objects.none()).get().content
    yield Blob.objects.raw("SELECT * FROM pages_blob WHERE digest = %s", [digest])[0].content


@pytest.mark.django_db
@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: f"{content[:10]!r}, {len(content)} bytes")
@pytest.mark.parametrize("write", ["save", "create", "bulk_create", "update_or_create"])
def test_content_is_read_as_it_was_written(content, write):
    blob = Blob.of(content)
    {
        "save": lambda: blob.save(force_insert=True),
        "create": lambda: Blob.objects.create(pk=blob.pk, content=memoryview(content)),
        "bulk_create": lambda: Blob.objects.bulk_create([blob], ignore_conflicts=True),
        "update_or_create": lambda: Blob.objects.update_or_create(pk=blob.pk, create_defaults={"content": content}),
    }[write]()
    assert stored_bytes(blob.pk) == compress(content)
    assert set(map(bytes, read_in_all_ways(blob.pk))) == {content}
    assert Blob.objects.get().is_intact


@pytest.mark.django_db
def test_prepared_content_is_stored_as_it_was_prepared():
    asked = []
    prepared = PreparedContent(LONG)
    prepared.find_stored = lambda: asked.append(1) or compress(LONG)
    assert type(pickle.loads(pickle.dumps(prepared))) is bytes
    assert (prepared, asked) == (LONG, [])
    Blob.objects.bulk_create([blob := Blob.of(prepared)])
    assert stored_bytes(blob.pk) == compress(LONG)
    assert (Blob.objects.get().content, asked) == (LONG, [1])


@pytest.mark.django_db
def test_text_of_a_draft_is_stored_compressed(moment):
    revision = save_bodies(make_page(), moment(), en=LONG.decode())["en"]
    source = revision.source
    assert len(stored_bytes(revision.digest)) < len(source) / 5
    assert Revision.objects.get().source == source
    assert Revision.objects.select_related("blob").get().source == source


@pytest.mark.django_db
def test_contents_stored_before_texts_were_compressed_are_read():
    blob = Blob.of(LONG)
    with connection.cursor() as cursor:
        sql = "INSERT INTO pages_blob (digest, salt, content) VALUES (%s, %s, %s)"
        cursor.execute(sql, [blob.pk, b"", connection.Database.Binary(LONG)])
    assert set(map(bytes, read_in_all_ways(blob.pk))) == {LONG}


@pytest.mark.django_db
def test_only_a_comparison_with_null_is_possible():
    kept, redacted = Blob.of(LONG), Blob(pk="0" * 64, content=None)
    Blob.objects.bulk_create([kept, redacted])
    assert list(Blob.objects.filter(content=None)) == list(Blob.objects.filter(content__isnull=True)) == [redacted]
    assert list(Blob.objects.exclude(content=None)) == [kept]
    for lookup in ({"content": b"a"}, {"content": F("salt")}, {"content__in": [b"a"]}, {"content__contains": b"a"}):
        with pytest.raises(FieldError):
            Blob.objects.filter(**lookup)


def test_column_is_one_of_bytes_so_that_no_migration_copies_the_table():
    field = Blob._meta.get_field("content")
    assert field.deconstruct() == ("content", "django.db.models.BinaryField", [], {"null": True})
    assert isinstance(field.clone(), ContentField)
