"""How the owner of a source says that it is to be read. Decided once for all commits, and kept for the next run."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pages.hugo.site_structure.file_names import is_known_language
from pages.hugo.site_structure.site_config import language_tag
from pages.text.messages import Message

# Longer expressions are refused.
MAX_EXPRESSION = 500


class InvalidOption(ValueError):
    """An option cannot be used. The message names the option and the reason."""


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """The options of an import. Empty values mean that the source itself decides."""

    # The folders that contain the texts, relative to the source; "" is the source itself.
    content: tuple[str, ...] = ()
    # The language of texts that name none.
    language: str = ""
    # Pairs of a language of the source and the language of this site.
    language_map: tuple[tuple[str, str], ...] = ()
    # A regular expression: commits whose subjects it is found in change nothing that readers must know.
    minor: str = ""
    has_notes: bool = True
    # The language of the commit messages; empty if it is unknown.
    notes_language: str = ""
    ref: str = ""
    # Whether the texts of commits become drafts instead of versions.
    as_drafts: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the options as values that JSON can represent."""
        pairs = [list(pair) for pair in self.language_map]
        return {**asdict(self), "content": list(self.content), "language_map": pairs}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ReadingOptions":
        """Return options from the values that `as_json` returned; others are ignored."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        known["content"] = tuple(known.get("content", ()))
        known["language_map"] = tuple((source, target) for source, target in known.get("language_map", ()))
        return cls(**known)

    def updated(self, given: Mapping[str, Any]) -> "ReadingOptions":
        """Return these options with those replaced that are given."""
        return replace(self, **given)


NO_OPTIONS = ReadingOptions()


# The options that decide which files are texts, of which pages and in which languages.
_STRUCTURAL = {"content": "--content", "language": "--language", "language_map": "--language-map"}


def require_same_reading(before: ReadingOptions, options: ReadingOptions) -> None:
    """Raise InvalidOption if commits would be read in another way than those that were imported before."""
    for name, option in _STRUCTURAL.items():
        old, new = (_written(getattr(values, name)) for values in (before, options))
        if old != new:
            raise InvalidOption(
                Message(
                    "%(option)s differs from the last import of this source: it was %(old)s, and now it is %(new)s. "
                    "Commits that were imported are not read again, so nothing would change. Leave the option out to "
                    "go on as before, or import the source into an empty DATA_DIR.",
                    option=option,
                    old=old or Message("not given"),
                    new=new or Message("not given"),
                )
            )


def _written(value: str | tuple[str, ...] | tuple[tuple[str, str], ...]) -> str:
    """Return the value of an option as it is written on the command line."""
    if isinstance(value, str):
        return value
    return ",".join((item or ".") if isinstance(item, str) else "=".join(item) for item in value)


def parse_content(folders: Iterable[str]) -> tuple[str, ...]:
    """Return the normal form of paths of folders. Raises InvalidOption."""
    return tuple(dict.fromkeys(map(_parse_folder, folders)))


def _parse_folder(folder: str) -> str:
    path = posixpath.normpath(folder.strip().replace("\\", "/")) if folder.strip() else ""
    if not path or path.startswith(("/", "../")) or path == "..":
        raise InvalidOption(Message("--content: %(folder)s is not a folder within the source.", folder=repr(folder)))
    return "" if path == "." else path


def parse_language_option(code: str, option: str = "--language") -> str:
    """Return the normal form of a language code. Raises InvalidOption."""
    tag = language_tag(code.strip())
    if not is_known_language(tag):
        raise InvalidOption(Message("%(option)s: %(code)s is not a language code.", option=option, code=repr(code)))
    return tag


def parse_language_map(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs in a value such as `zh-cn=zh-hans,pt-br=pt`. Raises InvalidOption."""
    pairs: dict[str, str] = {}
    for item in filter(None, map(str.strip, text.split(","))):
        source, equals, target = (language_tag(part.strip()) for part in item.partition("="))
        if not equals or not source or not is_known_language(target):
            raise InvalidOption(
                Message(
                    "--language-map: %(item)s is not of the form zh-cn=zh-hans, with language codes.", item=repr(item)
                )
            )
        if pairs.setdefault(source, target) != target:
            raise InvalidOption(
                Message(
                    "--language-map: %(source)s is there twice, with %(first)s and %(second)s.",
                    source=source,
                    first=pairs[source],
                    second=target,
                )
            )
    return tuple(pairs.items())
