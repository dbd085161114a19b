"""Settings of a site whose admin is also in Arabic letters: no real catalogue of such a language is complete yet.

The words are the English ones, letter by letter. What stays in Latin letters on a page is not translated.
"""

import os
import re
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo

from selfprivacy_site.settings import *  # noqa: F403
from selfprivacy_site.settings import LOCALE_PATHS as OWN_PATHS

FOLDER_NAME = "TEST_CATALOGUES"
LOCALE_PATHS = [*(Path(folder) for folder in [os.environ.get(FOLDER_NAME)] if folder), *OWN_PATHS]
LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابثدعفجهيجكلمنوبقرستوفوخيز")
# Placeholders, tags and character references.
KEPT = re.compile(r"(%%?\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]*>|&\w+;)")


def in_arabic_letters(text: str) -> str:
    parts = KEPT.split(text)
    return "".join(part if index % 2 else part.lower().translate(LETTERS) for index, part in enumerate(parts))


def write_catalogues(folder: Path) -> dict[str, str]:
    """Write the complete catalogues of a site in Arabic letters and in Russian; return the settings that use them."""
    # It needs Django's settings, which are not these ones.
    from pages.management.catalogues import messages_of, read_catalogue  # noqa: PLC0415

    catalogue = Catalog(locale="ar")
    for message in messages_of(read_catalogue("ru")):
        plural = in_arabic_letters(message.id[1] if message.pluralizable else message.id)
        string = (plural,) * catalogue.num_plurals if message.pluralizable else plural
        catalogue.add(message.id, string, context=message.context)
    path = folder / "ar" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    (folder / "ru").symlink_to(OWN_PATHS[0] / "ru")
    return {"DJANGO_SETTINGS_MODULE": __name__, FOLDER_NAME: str(folder)}
