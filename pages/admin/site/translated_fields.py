"""Fields that exist once per language speak that language."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from pages.admin.editing.language_tabs import language_attributes, language_title
from pages.languages import served_languages


def localized(name: str) -> list[str]:
    """Return the names of a field in each served language, the default one first."""
    return [build_localized_fieldname(name, language) for language in served_languages()]


def first_words(row, name: str) -> str:
    """Return a field in the first served language that has it."""
    return next((words for one in localized(name) if (words := getattr(row, one))), "")


def translations(name: str) -> list[tuple]:
    """Return the fieldset of a field's other languages, if there are any; many are folded until they are wanted."""
    others = localized(name)[1:]
    return (
        [(_("Translations"), {"fields": others, "classes": ["collapse"] if len(others) > 2 else []})] if others else []
    )


class TranslatedFieldsMixin:
    """Lets each field speak its language."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Give the widget of a translated field its language."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and (language := getattr(db_field, "language", None)):
            field.widget.attrs |= language_attributes(language)
            field.label = f"{capfirst(db_field.translated_field.verbose_name)} ({language_title(language)})"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        return field
