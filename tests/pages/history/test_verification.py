"""Every column of the app's tables is in the log, recomputed by `verify_history`, or documented as not covered."""

import re
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from benchmarks.tampering.site import build_site
from pages.history.verification import find_problems
from pages.models import MailSettings, Revision
from pages.publishing.actors import system_actor
from pages.publishing.editing_sessions import OpenForm, TypedText, record_session
from pages.text.fields import Fields
from tests.building import without_triggers

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "verifying.md"
# In the chain: records contain the values or their digests.
COVERED = {
    "pages_blob": "digest salt content",
    "pages_importedcommit": "commit_id metadata files site_structure",
    "pages_importline": "run kind subject stored_message count first_commit last_commit ended_by",
    "pages_importrun": "source options plan counts by started_at ended_at salt",
    "pages_page": "uuid path source_language",
    "pages_picture": "digest",
    "pages_publicationrecord": "number kind at recorded_at canonical hash page version commit actor reason_digests"
    " language text_digest significance note",
    "pages_revision": "title link_title description digest salt",
    "pages_version": "page number published_at effective_at binding_language",
    "pages_versiontext": "version language revision significance note based_on pictures",
}
# Recomputed from other columns.
DERIVED = {
    "pages_page": "parent slug title_… link_title_… description_… body_…",
    "pages_revision": "page language",
    "pages_sitecounter": "last_record head",
}
# The rows to change where the first one would not do: a published text that is not redacted, and that is not the draft.
ROWS = {
    "pages_blob": {"revisions__page__path": "rules/privacy"},
    "pages_page": {"path": "rules/privacy"},
    "pages_publicationrecord": {"kind": "publish", "page__path": "rules/privacy"},
    "pages_importedcommit": {"records__isnull": False},
    "pages_link": {"label_en": "Terms"},
    "pages_link.url": {"label_en": "Repository"},
}


def _tables() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_app_config("pages").get_models()}


def _column(field: models.Field) -> str:
    """Return the name of a column, and the same for a translated one in all languages."""
    translated = getattr(field, "translated_field", None)
    name = field.name if isinstance(field, models.ForeignKey) and not field.db_column else field.column
    return f"{translated.name}_…" if translated else name


def _columns(table: str) -> list[str]:
    columns = (_column(field) for field in _tables()[table]._meta.concrete_fields)
    return list(dict.fromkeys(column for column in columns if column != "id"))


def _documented() -> dict[str, set[str]]:
    """Return the columns by table that the section "What is not covered" lists."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## What is not covered\n")[2].partition("\n## ")[0]
    documented: dict[str, set[str]] = {}
    for table, columns in re.findall(r"^\| `(pages_\w+)` \| (.*?) \|", section, re.MULTILINE):
        documented.setdefault(table, set()).update(re.findall(r"`(.*?)`", columns))
    return documented


def _pairs(lists: dict) -> list[tuple[str, str]]:
    return [(table, column) for table, columns in lists.items() for column in columns]


CHECKED = _pairs({table: columns.split() for table, columns in COVERED.items()})
CHECKED += _pairs({table: columns.split() for table, columns in DERIVED.items()})
NOT_COVERED = _pairs({table: sorted(columns) for table, columns in _documented().items()})


def test_every_column_is_in_one_list():
    assert sorted(CHECKED + NOT_COVERED) == sorted(_pairs({table: _columns(table) for table in _tables()}))


@pytest.fixture(scope="module")
def site(build_once, tmp_path_factory):
    def build() -> None:
        build_site(tmp_path_factory.mktemp("site"))
        _leave_text_unsaved()

    build_once(build)


def _leave_text_unsaved() -> None:
    revision, now = Revision.objects.order_by("pk")[0], timezone.now()
    ann, _bea = (get_user_model().objects.create(username=name) for name in ("ann", "bea"))
    MailSettings.objects.create(person=ann, mailed_at=now, claimed_at=now)
    typed = {revision.language: TypedText(Fields(title="Privacy", body="Typed."), revision.pk)}
    record_session(
        revision.page, OpenForm(ann.pk, uuid.uuid4()), revision.language, typed, by=system_actor("Ann"), now=now
    )


def _other_value(field: models.Field, value: object) -> object:
    """Return a valid value for a column that is not the current one."""
    if isinstance(field, models.ForeignKey):
        return field.related_model.objects.exclude(pk=value).order_by("pk").values_list("pk", flat=True).last()
    if field.choices:
        return next(choice for choice, _label in field.choices if choice != value)
    others = {
        models.JSONField: lambda: {"en": "0" * 64},
        models.UUIDField: uuid.uuid4,
        # A version cannot take effect before it was published.
        models.DateTimeField: lambda: value + timedelta(days=-1 if field.name == "published_at" else 1),
        models.DateField: lambda: date(2030, 1, 1),
        models.BooleanField: lambda: not value,
        models.IntegerField: lambda: (value or 0) + 50,
        models.BinaryField: lambda: bytes(value) + b"x",
        # PostgreSQL refuses a text that is too long.
        models.Field: lambda: f"{value or ''}"[: (field.max_length or 1000) - 1] + "x",
    }
    return next(other() for kind, other in others.items() if isinstance(field, kind))


def _change(table: str, column: str) -> None:
    model = _tables()[table]
    field = next(field for field in model._meta.concrete_fields if _column(field) == column)
    rows = model._base_manager.filter(**ROWS.get(f"{table}.{column}", ROWS.get(table, {}))).order_by("pk")
    row = rows[0]
    # The column, not the attribute, which modeltranslation redirects to the active language.
    value = rows.values_list(field.attname, flat=True)[0] if not hasattr(field, "translated_field") else ""
    query = models.QuerySet(model).filter(pk=row.pk)
    assert query.update(**{field.name: _other_value(field, value)}) == 1


@pytest.mark.django_db
def test_site_is_intact(site):
    assert list(find_problems()) == []


def _problems() -> list[str]:
    return [problem for problem in find_problems() if not problem.startswith("The trigger ")]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column"), CHECKED)
def test_change_of_a_column_that_is_checked_is_found(site, table, column):
    with without_triggers():
        _change(table, column)
        assert _problems()


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column"), NOT_COVERED)
def test_column_that_is_documented_as_not_covered_is_not_checked(site, table, column):
    with without_triggers():
        _change(table, column)
        assert _problems() == []
