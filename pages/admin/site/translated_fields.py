"""Form fields of translated model fields, with the language of each."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from pages.admin.editing.language_tabs import language_attributes
from pages.languages import name_in_sentence, served_languages


def localized_fields(name: str) -> list[str]:
    """Return the names of a translated field in each served language, the default language first."""
    return [build_localized_fieldname(name, language) for language in served_languages()]


def first_translation(row, name: str) -> str:
    """Return the value of a translated field in the first served language that has one, or ""."""
    return next((value for field in localized_fields(name) if (value := getattr(row, field))), "")


def translation_fieldsets(name: str) -> list[tuple]:
    """Return a fieldset for all but the default language, collapsed if there are more than two; or nothing."""
    other_fields = localized_fields(name)[1:]
    return (
        [(_("Translations"), {"fields": other_fields, "classes": ["collapse"] if len(other_fields) > 2 else []})]
        if other_fields
        else []
    )


class TranslatedFieldsMixin:
    """Adds the language to the widget and the label of each translated field."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and (language := getattr(db_field, "language", None)):
            field.widget.attrs |= language_attributes(language)
            field.label = f"{capfirst(db_field.translated_field.verbose_name)} ({name_in_sentence(language)})"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        return field
