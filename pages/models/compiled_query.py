"""Queries of which Django writes the SQL once: for a long one, that takes ten times as long as to run it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable

Argument = datetime | int | Collection[int]
Query = QuerySet[Any, tuple]

# How many statements of a query are kept: there is one for each number of keys.
MAX_STATEMENTS = 32
# Placeholders are days after this one, and numbers below this one: the highest of the smallest column.
FIRST_DAY = datetime(1, 1, 1, tzinfo=UTC)
LAST_NUMBER = 2**31 - 1


class CompiledQuery:
    """A query that depends on times and keys in a way that leaves the SQL the same.

    `build` returns it, with `values_list`, for times, keys and collections of different keys.
    """

    def __init__(self, build: Callable[..., Query]):
        self._build = build
        self._statements: dict[tuple[int | None, ...], _Statement] = {}

    def rows(self, *arguments: Argument) -> list[tuple]:
        shape = tuple(len(value) if isinstance(value, Collection) else None for value in arguments)
        statement = self._statements.get(shape)
        if statement is None:
            statement = _Statement(self._build, arguments)
            # Replaced as a whole, because other threads read it.
            self._statements = {**dict(list(self._statements.items())[1 - MAX_STATEMENTS :]), shape: statement}
        return statement.rows(arguments)


class _Statement:
    """SQL for arguments of one shape, with its parameters: placeholders where the arguments belong."""

    def __init__(self, build: Callable[..., Query], arguments: Sequence[Argument]):
        numbers = count(1)
        placeholders = [_placeholder(value, numbers) for value in arguments]
        queryset = build(*placeholders)
        # The querysets of modeltranslation select the columns in an order of their own, and sort them in Python.
        if queryset._iterable_class is not ValuesListIterable:
            raise TypeError(f"{queryset._iterable_class.__name__} is not what values_list makes of a plain QuerySet")
        self._query = queryset.query
        compiler = self._query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._parameters = compiler.as_sql()
        self._columns = [column for column, *_ in compiler.select]
        self._placeholders = list(_parameters(placeholders))
        if not set(self._placeholders) <= set(self._parameters):
            raise ValueError("The query does not depend on all arguments")

    def rows(self, arguments: Sequence[Argument]) -> list[tuple]:
        given = dict(zip(self._placeholders, _parameters(arguments), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [given.get(value, value) for value in self._parameters])
            rows = cursor.fetchall()
        # Not the one that wrote the SQL: it belongs to the connection of another thread.
        compiler = self._query.get_compiler(DEFAULT_DB_ALIAS)
        return list(map(tuple, compiler.apply_converters(rows, compiler.get_converters(self._columns))))


def _placeholder(value: Argument, numbers: Iterator[int]) -> Argument:
    if isinstance(value, Collection):
        return [LAST_NUMBER - next(numbers) for _ in value]
    number = next(numbers)
    return FIRST_DAY + timedelta(days=number) if isinstance(value, datetime) else LAST_NUMBER - number


def _parameters(arguments: Iterable[Argument]) -> Iterable[Any]:
    """Return the parameters that Django makes of arguments."""
    for value in arguments:
        if isinstance(value, datetime):
            yield connection.ops.adapt_datetimefield_value(value)
        elif isinstance(value, Collection):
            yield from value
        else:
            yield value
