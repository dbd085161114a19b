"""The versions of one page at a time. Django writes the SQL of these queries only once, as for readers."""

from collections.abc import Iterable
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from pages.models import Page, Version
from pages.models.compiled_query import CompiledQuery
from pages.models.publication_record import END_OF_TIME

_COLUMNS = tuple(field.attname for field in Version._meta.concrete_fields)


def _select(versions: QuerySet) -> QuerySet:
    return versions.values_list(*_COLUMNS)


_in_force = CompiledQuery(lambda page, at: _select(Version.objects.filter(page=page).in_force(at)))
_upcoming = CompiledQuery(lambda page, at: _select(Version.objects.filter(page=page).upcoming(at).order_by("number")))
_newest = CompiledQuery(
    lambda page: _select(Version.objects.filter(page=page).not_cancelled(END_OF_TIME).order_by("-number"))[:1]
)


def version_in_force(page: Page, at: datetime) -> Version | None:
    return next(iter(_load(page, _in_force.rows(page.pk, at))), None)


def upcoming_versions(page: Page, at: datetime) -> list[Version]:
    """Return the upcoming versions in ascending order."""
    return _load(page, _upcoming.rows(page.pk, at))


def newest_version(page: Page) -> Version | None:
    """Return the highest number that is not cancelled, announced or in force."""
    return next(iter(_load(page, _newest.rows(page.pk))), None)


def _load(page: Page, rows: Iterable[tuple]) -> list[Version]:
    versions = [Version.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row) for row in rows]
    for version in versions:
        version.page = page
    return versions
