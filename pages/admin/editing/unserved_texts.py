"""Texts in a language that the site stopped serving while the form of a page was open: they are shown, not lost."""

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import language_attributes
from pages.languages import name_in_sentence, served_languages
from pages.models import Page
from pages.models.page import text_fields
from pages.publishing.starter_text import is_starter_text
from pages.text.fields import Fields
from pages.text.source import normalise


def unserved_text_errors(posted: QueryDict, page: Page) -> list[ValidationError]:
    """Return an error with the text for each language that the form had and no longer has, if somebody wrote in it.

    The form that is shown with these errors has no such fields, so that sending it again saves the other languages.
    """
    return [_build_error(language, text) for language, text in _changed_texts(posted, page)]


def _changed_texts(posted: QueryDict, page: Page) -> Iterator[tuple[str, Fields]]:
    for language in settings.MODELTRANSLATION_LANGUAGES:
        columns = text_fields(language)
        if language in served_languages() or columns["body"] not in posted:
            continue
        text = normalise(Fields(**{name: posted.get(column, "") for name, column in columns.items()}))
        stored = normalise(Fields(**{name: getattr(page, column) or "" for name, column in columns.items()}))
        if text != stored and not (page.pk is None and is_starter_text(text, language)):
            yield language, text


def _build_error(language: str, text: Fields) -> ValidationError:
    sentence = _(
        "This site no longer has texts in this language (%(language)s), so yours was not saved. Copy it if you need "
        "it; to save the other languages, send the form again."
    )
    attributes = language_attributes(language)
    content = "\n\n".join(value for value in (text.title, text.link_title, text.description, text.body) if value)
    return ValidationError(
        format_html(
            '{} <textarea class="vLargeTextField" rows="8" readonly lang="{}" dir="{}" aria-label="{}">{}</textarea>',
            sentence % {"language": name_in_sentence(language)},
            attributes["lang"],
            attributes["dir"],
            name_in_sentence(language),
            content,
        )
    )
