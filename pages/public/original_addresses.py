"""The forms that an address can have had on the site whose texts were imported.

Hugo and Jekyll answer at `/privacy/index.html`, `/privacy.html`, and, with a language in every address, `/en/privacy/`.
A site can be below a path (`/legal/privacy/`), its files can have capitals, and file systems decompose letters.
"""

import re
import unicodedata
from collections.abc import Iterator

from django.conf import settings

_FILE_NAME = re.compile(r"(?:(?<=/)index|(?<=[^/]))\.html?\Z", re.IGNORECASE)


def original_forms(path: str, base_path: str = "") -> Iterator[str]:
    """Yield the paths of requests that a path can stand for, the closest first, without the path itself.

    `base_path` is that of the original site's address, without slashes at its ends.
    """
    steps = (_compose, lambda form: _drop_first(form, base_path), _drop_default_language, _drop_file_name, str.lower)
    form = path
    for step in steps:
        if (changed := step(form)) != form:
            yield changed
        form = changed


def _compose(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _drop_file_name(path: str) -> str:
    return _FILE_NAME.sub("", path)


def _drop_default_language(path: str) -> str:
    return _drop_first(path, settings.LANGUAGE_CODE)


def _drop_first(path: str, start: str) -> str:
    """Return a path without its first part or parts, compared without case."""
    rest = path[len(start) + 1 :]
    is_first = start and path[1 : len(start) + 1].lower() == start.lower() and rest[:1] in ("", "/")
    return (rest or "/") if is_first else path
