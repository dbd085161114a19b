"""Small sites, which an import must show as Hugo builds them."""

from collections.abc import Mapping
from dataclasses import dataclass

ENGLISH = "defaultContentLanguage = 'en'\n"
LANGUAGES = f"{ENGLISH}[languages.en]\n[languages.ru]\n"
FOLDERS = f"{ENGLISH}[languages.en]\ncontentDir = 'content/en'\n[languages.ru]\ncontentDir = 'content/ru'\n"


@dataclass(frozen=True)
class Site:
    """The files of a site, and its address if that is known to the import.

    `deviations` are the differences from Hugo, which have one `reason`.
    """

    name: str
    files: Mapping[str, str]
    deviations: tuple[str, ...] = ()
    reason: str = ""
    address: str = ""


def unknown(*addresses: str) -> tuple[str, ...]:
    """Return the deviations of addresses of Hugo that are not known here."""
    return tuple(f"{address}{name}: 404" for address in addresses for name in ("", "index.html"))


def text(front: str = "", body: str = "Text.") -> str:
    """Return a text with YAML front matter."""
    return f"---\ntitle: A title\n{front}\n---\n{body}\n"


def toml(front: str, body: str = "Text.") -> str:
    return f"+++\ntitle = 'A title'\n{front}\n+++\n{body}\n"
