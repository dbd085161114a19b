"""The fields of a text, each declared once: columns, forms, files, revisions and comparisons read this list.

A new field needs a migration, which `makemigrations` writes.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _declare(label: Promise, **options: Any) -> Any:
    return dataclasses.field(default="", metadata={"label": label, **options})


@dataclass(frozen=True)
class Fields:
    """The fields of a text that editors edit: strings with LF newlines."""

    title: str = _declare(_("title"), key="title", max_length=300)
    link_title: str = _declare(_("link title"), key="linkTitle", max_length=300)
    description: str = _declare(_("description"), key="description", rows=2)
    body: str = _declare(_("text"), rows=30)

    @property
    def is_blank(self) -> bool:
        return not any(getattr(self, name).strip() for name in FIELD_NAMES)

    def with_declarations(self) -> list[tuple["FieldDeclaration", str]]:
        """Return the declaration and the value of each field."""
        return [(declared, getattr(self, declared.name)) for declared in FIELDS]


@dataclass(frozen=True)
class FieldDeclaration:
    """The declaration of one field.

    `key` is its key in the front matter, "" for the body. `max_length` counts characters; None means no limit. `rows`
    is the height of its form field in lines. Set `is_added_later` for a field that is added when sites already have
    revisions: these have NULL in its column, whatever their front matter contains.
    """

    name: str
    label: Promise
    key: str = ""
    max_length: int | None = None
    rows: int = 1
    is_seen_by_readers: bool = True
    is_added_later: bool = False


FIELDS = tuple(FieldDeclaration(field.name, **field.metadata) for field in dataclasses.fields(Fields))
FIELD_NAMES = tuple(field.name for field in FIELDS)
FRONT_MATTER_KEYS = {field.name: field.key for field in FIELDS if field.key}


@dataclass(frozen=True)
class ChangedField:
    """A field that two texts have with different values."""

    label: Promise
    before: str
    after: str


def find_changed_fields(before: Any, after: Any) -> tuple[ChangedField, ...]:
    """Compare the fields that readers see, except the body, of two `Fields` or rows that have their columns."""
    old, new = front_matter_values(before), front_matter_values(after)
    return tuple(
        ChangedField(field.label, old[field.name], new[field.name])
        for field in FIELDS
        if field.key and field.is_seen_by_readers and old[field.name] != new[field.name]
    )


def front_matter_values(text: Any) -> dict[str, str]:
    """Return the values of the fields in the front matter, by field, of `Fields` or of a row that has their columns."""
    # The column of a row that is older than the field is NULL.
    return {name: getattr(text, name) or "" for name in FRONT_MATTER_KEYS}
