"""Form fields that nobody has to fill in: the publish page folds them until one has an error or a value."""

from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class FoldedFields:
    fields: list[BoundField]

    @property
    def is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.fields)

    @property
    def summary(self) -> str:
        """Return what the fields of one language are about."""
        has_note, has_significance = (
            any(field.name.startswith(name) for field in self.fields) for name in ("note_", "significance_")
        )
        if has_note and has_significance:
            return _("Change note and significance in this language")
        return _("Change note in this language") if has_note else _("Significance in this language")
