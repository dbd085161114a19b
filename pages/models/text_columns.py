"""The columns of a text: one for each front matter field that `pages.text.fields` declares."""

from django.db import models

from pages.text.fields import FIELDS, FieldDeclaration


class TextColumns(models.Model):
    """Base of the models that hold the fields of a text."""

    # For type checkers; the columns are added below.
    title: str
    link_title: str
    description: str

    class Meta:
        abstract = True


def _build_column(declared: FieldDeclaration) -> models.Field:
    options = {"blank": True, "null": declared.is_added_later}
    if declared.max_length is None:
        return models.TextField(declared.label, **options)
    return models.CharField(declared.label, max_length=declared.max_length, **options)


for declared in FIELDS:
    if declared.key:
        TextColumns.add_to_class(declared.name, _build_column(declared))
