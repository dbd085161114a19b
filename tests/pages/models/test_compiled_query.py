"""Queries of which the SQL is written once."""

from datetime import timedelta

import pytest
from django.db.models import Count
from django.db.models.sql.compiler import SQLCompiler

from pages.models import Page, Version
from pages.models.compiled_query import MAX_STATEMENTS, CompiledQuery
from pages.models.page import PageQuerySet
from tests.building import make_page, publish_bodies

pytestmark = pytest.mark.django_db


def select_effective(at, pages):
    versions = Version.objects.filter(effective_at__lte=at, page__in=pages).order_by("page", "number")
    return versions.values_list("page__path", "number", "effective_at")


@pytest.fixture
def pages(moment):
    pages = [make_page(slug) for slug in ("first", "second", "third")]
    for day in range(6):
        publish_bodies(pages[day % 3], {"en": f"Text {day}"}, moment(day))
    return [page.pk for page in pages]


def test_rows_are_those_of_the_query(pages, moment):
    query = CompiledQuery(select_effective)
    for day in (9, 0, 6, 2):
        for keys in (pages, pages[:1], pages[1:], pages[2:], frozenset(pages[:2])):
            assert query.rows(moment(day), keys) == list(select_effective(moment(day), keys))


def test_sql_is_written_once_for_a_number_of_keys(pages, moment, monkeypatch):
    written, write = [], SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda compiler, **options: written.append(1) or write(compiler, **options)
    )
    query = CompiledQuery(select_effective)
    for keys in (pages[:1], pages[1:2], pages[:2], pages[1:], pages[2:]):
        query.rows(moment(9), keys)
    assert len(written) == 2


def test_statements_are_bounded(pages, moment):
    query = CompiledQuery(select_effective)
    for number in range(MAX_STATEMENTS + 5):
        query.rows(moment(9), range(1, 2 + number))
    assert len(query._statements) == MAX_STATEMENTS


def test_query_that_does_not_depend_on_an_argument_is_an_error(pages, moment):
    # Django leaves out what is always true: no number is negative.
    with pytest.raises(ValueError, match="does not depend on all arguments"):
        CompiledQuery(lambda number: Version.objects.filter(number__gte=number * 0 - 1).values_list("pk")).rows(5)


def test_values_are_converted_as_by_django(pages, moment):
    def select(at):
        pages = PageQuerySet(Page).with_public_status(at).order_by("path")
        return pages.values_list("uuid", "is_withdrawn", "changes_at", "newest")

    later = publish_bodies(
        Page.objects.get(path="first"), {"en": "X"}, moment(9), effective_at=moment(9) + timedelta(1)
    )
    rows = CompiledQuery(select).rows(moment(9))
    assert rows == list(select(moment(9)))
    assert {type(value) for value in rows[0]} >= {bool}
    assert later.effective_at in [row[2] for row in rows]


def test_query_can_be_limited_and_aggregated(pages):
    def select(number):
        return (
            Version.objects.filter(number__gte=number)
            .values("page")
            .annotate(Count("pk"))
            .order_by("page")[:2]
            .values_list("page", "pk__count")
        )

    assert CompiledQuery(select).rows(2) == list(select(2))


def test_query_of_a_translated_manager_is_an_error(pages):
    # Its columns come in an order that changes from one process to the next.
    with pytest.raises(TypeError, match="plain QuerySet"):
        CompiledQuery(lambda keys: Page.objects.filter(pk__in=keys).values_list("path", "title")).rows(pages)
