"""Message catalogues: the strings that the interface can show, and their translations.

Babel does what Django's `makemessages` leaves to GNU gettext, which would have to be installed.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import templatize, to_locale

SOURCE_FOLDERS = ("pages", "selfprivacy_site", "templates")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "Message")),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "plural_message"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "npgettext": ((1, "c"), 2, 3),
}
# Names and times would change with every run and every translator.
OMITTED_HEADERS = (
    "Project-Id",
    "Report-Msgid",
    "POT-Creation",
    "PO-Revision",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language is, or would be: that of zh-hans is in the folder zh_Hans."""
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"


def extract_messages() -> Catalog:
    """Return the strings in the sources and templates, with the files that contain them, and no translations."""
    catalogue = Catalog()
    for path, code in _sources():
        file = path.relative_to(settings.BASE_DIR).as_posix()
        for _line, strings, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            catalogue.add(strings, locations=[(file, None)], context=context)
    return catalogue


def _sources() -> Iterator[tuple[Path, str]]:
    """Yield each file that can contain strings, with its code; Django's `templatize` turns templates into Python."""
    for folder in SOURCE_FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
            elif path.suffix == ".html":
                calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
                # The calls keep the template's indentation, which would be an error in Python.
                yield path, "\n".join(line.strip() for line in calls.splitlines())


def read_catalogue(language: str) -> Catalog:
    """Return the catalogue of a language, or an empty one."""
    path, locale = catalogue_path(language), to_locale(language)
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


# Where Babel's list of plural forms for gettext differs from the CLDR (version 45).
_PLURAL_FORMS = {
    "hy": "nplurals=2; plural=(n > 1);",
    "id": "nplurals=1; plural=0;",
    "ka": "nplurals=2; plural=(n != 1);",
    "ms": "nplurals=1; plural=0;",
}


def updated_catalogue(old: Catalog) -> Catalog:
    """Return a catalogue with exactly the strings in the sources, and their translations from the old one.

    Its plural forms are those that Babel or the CLDR knows for the language.
    """
    new = Catalog(locale=old.locale, fuzzy=False, header_comment=f"# The interface in {old.locale.english_name}.")
    if forms := _PLURAL_FORMS.get(old.locale.language):
        new.mime_headers = [("Plural-Forms", forms)]
    for message in messages_of(extract_messages()):
        if known := old.get(message.id, message.context):
            message.string, message.user_comments = known.string, known.user_comments
            message.flags |= {"fuzzy"} & known.flags
        new[message.id] = message
    return new


def write_catalogue(language: str, catalogue: Catalog) -> None:
    """Write the catalogue of a language, in an order and with headers that differ only when strings do."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, include_lineno=False, sort_output=True)
    header, gap, entries = buffer.getvalue().decode().partition("\n\n")
    omitted = tuple(f'"{name}' for name in OMITTED_HEADERS)
    lines = [line for line in header.splitlines() if not line.startswith(omitted)]
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + gap + entries, encoding="utf-8")


def messages_of(catalogue: Catalog) -> list[Message]:
    """Return the messages without the first one, which is the header."""
    return [message for message in catalogue if message.id]


def untranslated_messages(catalogue: Catalog) -> list[Message]:
    """Return the messages without a complete translation, or with one that is marked as fuzzy: a guess."""
    return [message for message in messages_of(catalogue) if message.fuzzy or not all(translations_of(message))]


def translations_of(message: Message) -> tuple[str, ...]:
    """Return the translation of a string, or that of each plural form."""
    return tuple(message.string) if message.pluralizable else (message.string,)
