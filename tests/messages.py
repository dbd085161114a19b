"""The strings that the interface can show, taken out of the sources without gettext's tools.

`make messages` brings the Russian catalogue in step with them; what is new waits there for its translation.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "pages" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "npgettext": ((1, "c"), 2, 3),
}
NOISE = (
    "Project-Id",
    "Report-Msgid",
    "POT-Creation",
    "PO-Revision",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)
# Django writes plain calls for a template's strings; these are the names it uses.
_OWN_FOLDERS = ("pages", "selfprivacy_site", "templates")


def sources() -> Iterator[tuple[Path, str]]:
    """Yield every source that can hold a string, templates turned into Python as Django does for its own extraction."""
    for folder in _OWN_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
            elif path.suffix == ".html":
                calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
                # What stands between the calls is no Python: its indentation would be an error.
                yield path, "\n".join(line.strip() for line in calls.splitlines())


def found_messages() -> dict[tuple[str | None, str], tuple[str | None, list[str]]]:
    """Return each string, with its context, as a key; its plural form and the places where it stands as the value."""
    found: dict[tuple[str | None, str], tuple[str | None, list[str]]] = {}
    for path, text in sources():
        for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            singular, plural = message if isinstance(message, tuple) else (message, None)
            place = f"{path.relative_to(ROOT)}:{line}"
            found.setdefault((context, singular), (plural, []))[1].append(place)
    return found


def placeholders(text: str) -> set[str]:
    """Return the names that a string puts values in for."""
    return set(re.findall(r"%\((\w+)\)", text))


def read_catalogue() -> Catalog:
    """Return the Russian catalogue."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ru")


def updated(old: Catalog) -> Catalog:
    """Return a catalogue of the strings that there are now, with the old one's translations."""
    new = Catalog(locale="ru", fuzzy=False, header_comment="# The interface in Russian.")
    for (context, singular), (plural, places) in found_messages().items():
        known = old.get(singular, context)
        locations = [(place.rpartition(":")[0], None) for place in dict.fromkeys(places)]
        new.add((singular, plural) if plural else singular, known.string if known else "", locations, context=context)
    return new


def write_catalogue(catalogue: Catalog) -> None:
    """Write a catalogue, its header without names and without dates that would change with every run."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, include_lineno=False, sort_output=True)
    header, gap, entries = buffer.getvalue().decode().partition("\n\n")
    kept = [line for line in header.splitlines() if not line.startswith(tuple(f'"{name}' for name in NOISE))]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text("\n".join(kept) + gap + entries, encoding="utf-8")


def main() -> None:
    """Write the catalogue anew."""
    write_catalogue(updated(read_catalogue() if CATALOGUE.exists() else Catalog(locale="ru")))


if __name__ == "__main__":
    main()
