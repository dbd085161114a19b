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


# The files whose strings readers can see, and those among them that only editors see.
PUBLIC_SOURCES = (
    "templates/", "pages/public/", "pages/presentation/", "pages/templatetags/", "pages/models/significance.py",
    "pages/text/fields.py", "pages/text/extensions/",
)  # fmt: skip
EDITORS_SOURCES = (
    "templates/admin/", "templates/403.html", "pages/presentation/editors/", "pages/presentation/import_plan.py",
    "pages/presentation/import_report.py",
)  # fmt: skip


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language is, or would be: that of zh-hans is in the folder zh_Hans.

    A public catalogue counts if there is no complete one.
    """
    complete, public = complete_path(language), public_path(language)
    return public if public.exists() and not complete.exists() else complete


def complete_path(language: str) -> Path:
    """Return where the catalogue of a language with all strings is, or would be."""
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"


def public_path(language: str) -> Path:
    """Return where the catalogue of a language with the strings for readers only is, or would be."""
    return Path(settings.LOCALE_PATHS[1]) / to_locale(language) / "LC_MESSAGES" / "django.po"


def is_public_only(language: str) -> bool:
    """Tell whether the catalogue of a language has the strings for readers only."""
    return catalogue_path(language) == public_path(language)


def extract_messages(*, public_only: bool = False) -> Catalog:
    """Return the strings in the sources and templates, with the files that contain them, and no translations.

    With `public_only` these are the strings that readers can see.
    """
    catalogue = Catalog()
    for path, code in _sources():
        file = path.relative_to(settings.BASE_DIR).as_posix()
        if public_only and not (file.startswith(PUBLIC_SOURCES) and not file.startswith(EDITORS_SOURCES)):
            continue
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


_PUBLIC_HEADER = """# What readers see of the interface in {language}.
# Not reviewed yet by anyone who speaks the language."""


def updated_catalogue(old: Catalog, *, public_only: bool = False) -> Catalog:
    """Return a catalogue with exactly the strings in the sources, and their translations from the old one.

    Its plural forms are those that Babel or the CLDR knows for the language.
    """
    header = _PUBLIC_HEADER if public_only else "# The interface in {language}."
    new = Catalog(locale=old.locale, fuzzy=False, header_comment=header.format(language=old.locale.english_name))
    if forms := _PLURAL_FORMS.get(old.locale.language):
        new.mime_headers = [("Plural-Forms", forms)]
    for message in messages_of(extract_messages(public_only=public_only)):
        if known := old.get(message.id, message.context):
            message.string, message.user_comments = known.string, known.user_comments
            message.flags |= {"fuzzy"} & known.flags
        new[message.id] = message
    return new


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue, in an order and with headers that differ only when strings do."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, include_lineno=False, sort_output=True)
    header, gap, entries = buffer.getvalue().decode().partition("\n\n")
    omitted = tuple(f'"{name}' for name in OMITTED_HEADERS)
    lines = [line for line in header.splitlines() if not line.startswith(omitted)]
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
