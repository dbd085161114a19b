"""The documentation as data: its links, headings and code, and what of it does not exist in the project.

Each `find_…` function returns a sentence for each thing that a document names and that does not exist.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.urls import Resolver404, resolve
from django.utils.translation import override
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pages.languages import served_or_default
from pages.text.heading_ids import HeadingIds
from tests.settings import ENV_NAMES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
# Names of files in the documents that the repository does not have.
NOT_IN_REPOSITORY = frozenset(
    {
        # Made by a command.
        ".venv",
        ".venv/bin/python",
        ".venv/bin/pytest",
        ".venv/installed-run",
        ".env",
        "var/",
        "DATA_DIR/secret_key",
        "pages/locale/de/LC_MESSAGES/django.po",
        # Below the address of a page, and in its bundle.
        "current.json",
        "fragment.html",
        "history.json",
        "LANGUAGE.md",
        "LANGUAGE.html",
        # In the source or destination of an import or export.
        "content/ru/policy.md",
        "_articles/privacy.md",
        "_config.yml",
        "_index.html",
        "index.md",
        "config.toml",
        "config/_default",
        "config/production",
        "_articles/de/privacy.md",
        "admin.md",
        "admin_fr.md",
        "policy.ru.md",
        "policy/ru.md",
        "static/",
        "hugo.toml",
    }
)
# Where files of the system are: no addresses of the site.
SYSTEM_FOLDERS = ("/etc/", "/opt/", "/run/", "/var/")
# Environment variables that neither the settings nor the Makefile read.
TEST_VARIABLES = frozenset({"THOROUGH", "TEST_DATABASE_URL"})
# The page that stands for any page in an address.
EXAMPLE_PATH = "privacy-policy"

_MAKE = re.compile(r"(?:^|\s)make((?:\s+[A-Z_]+=\S+)*)\s+([a-z][a-z-]*)")
_MANAGE = re.compile(r"manage\.py\s+([a-z_]+)(.*)")
_OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
_VARIABLE = re.compile(r"(?<!\S)([A-Z][A-Z_]+)=|^([A-Z]+_[A-Z_]*)(…?)$")
_FILE = re.compile(
    r"(?!\.\.)(?:[\w.-]+/)+[\w.-]*|\.?[\w-]+(?:\.[\w-]+)*\.(?:css|html|js|json|md|po|py|svg|toml|txt)|\.\w+"
)


@dataclass(frozen=True)
class Document:
    """A Markdown file."""

    path: Path
    text: str

    @cached_property
    def tokens(self) -> list[Token]:
        tokens = MarkdownIt("commonmark").enable("table").parse(self.text)
        return [part for token in tokens for part in (token, *(token.children or ()))]

    @property
    def code(self) -> list[str]:
        """Return the code spans, and the lines of code blocks without comments."""
        spans = [token.content for token in self.tokens if token.type == "code_inline"]
        blocks = [token.content for token in self.tokens if token.type in {"code_block", "fence"}]
        return spans + [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]

    @property
    def links(self) -> list[str]:
        names = {"link_open": "href", "image": "src"}
        return [str(token.attrGet(names[token.type])) for token in self.tokens if token.type in names]

    @property
    def labels(self) -> list[str]:
        """Return the texts in bold."""
        return re.findall(r"\*\*(.+?)\*\*", " ".join(self.text.split()))

    @property
    def anchors(self) -> set[str]:
        ids = HeadingIds()
        headings = zip(self.tokens, self.tokens[1:], strict=False)
        return {ids.generate(after.content) for token, after in headings if token.type == "heading_open"}


def read(path: Path) -> Document:
    return Document(path, path.read_text(encoding="utf-8"))


@cache
def repository_files() -> frozenset[str]:
    """Return the paths of all files and folders in the repository, folders with a slash at their end."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [path for path in listing.stdout.splitlines() if (ROOT / path).exists()]
    folders = {f"{parent}/" for path in files for parent in Path(path).parents if parent.name}
    return frozenset(files) | folders


@cache
def makefile_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the targets and the variables of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    return frozenset(targets), frozenset(re.findall(r"\$\(([A-Z_]+)\)", text))


@cache
def command_options(command: str) -> frozenset[str]:
    parser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    return frozenset(name for action in parser._actions for name in action.option_strings) - _shared_options()


@cache
def _shared_options() -> frozenset[str]:
    """Return the options that every command has."""
    parser = BaseCommand().create_parser("manage.py", "command")
    return frozenset(name for action in parser._actions for name in action.option_strings) - {"--help"}


@cache
def constants() -> frozenset[str]:
    """Return the names of upper case that the sources assign."""
    sources = [path for top in ("pages", "selfprivacy_site") for path in (ROOT / top).rglob("*.py")]
    pattern = re.compile(r"^([A-Z][A-Z_]+)\b.*? = ", re.MULTILINE)
    return frozenset(name for path in sources for name in pattern.findall(path.read_text(encoding="utf-8")))


def find_missing_targets(document: Document) -> Iterator[str]:
    for name in named_targets(document) - makefile_names()[0]:
        yield f"make {name}: the Makefile has no such target."


def named_targets(document: Document) -> set[str]:
    return {match[2] for code in document.code for match in _MAKE.finditer(code)}


def find_missing_commands(document: Document) -> Iterator[str]:
    for command, options in named_commands(document):
        if command not in get_commands():
            yield f"manage.py {command}: there is no such command."
        else:
            yield from (f"manage.py {command} has no {name}." for name in options - command_options(command))
    known = {name for command in get_commands() if command in our_commands() for name in command_options(command)}
    for code in document.code:
        if code.startswith("--") and code.split()[0] not in known:
            yield f"{code}: no command has this option."


def named_commands(document: Document) -> list[tuple[str, set[str]]]:
    matches = [match for code in document.code for match in _MANAGE.finditer(code)]
    return [(match[1], set(_OPTION.findall(match[2]))) for match in matches]


def our_commands() -> set[str]:
    # Django documents its own command, which this site only changes a little.
    return {name for name, app in get_commands().items() if app == "pages"} - {"migrate"}


def find_missing_variables(document: Document) -> Iterator[str]:
    known = {*ENV_NAMES, *makefile_names()[1], *TEST_VARIABLES, *constants()}
    for match in (match for code in document.code for match in _VARIABLE.finditer(code)):
        name, is_prefix = match[1] or match[2], bool(match[3])
        if name not in known and not (is_prefix and any(other.startswith(name) for other in known)):
            yield f"{name}: there is no such setting, variable or constant."


def find_missing_files(document: Document) -> Iterator[str]:
    for code in document.code:
        for word in code.split():
            if _FILE.fullmatch(word) and not (is_file(word) or is_file(_relative_path(document, word))):
                yield f"{word}: there is no such file."


def is_file(name: str) -> bool:
    return name in NOT_IN_REPOSITORY or not {name, f"{name}/"}.isdisjoint(repository_files())


def find_missing_addresses(document: Document) -> Iterator[str]:
    for address in addresses(document):
        if url_name(address) is None:
            yield f"{address}: the site has no such address."


def addresses(document: Document) -> set[str]:
    """Return the site's addresses in code and links, those of the local site included."""
    local = {urlsplit(link).path for link in document.links if urlsplit(link).hostname == "127.0.0.1"}
    in_code = {code for code in document.code if re.match(r"…?/\S*$", code) and not code.startswith(SYSTEM_FOLDERS)}
    return in_code | local - {""}


def url_name(address: str) -> str | None:
    """Return the name of the URL pattern for a documented address, or None if the site has none.

    Any path could be that of a page, so only the example page counts as one.
    """
    path = address.partition("?")[0].replace("…", f"/{EXAMPLE_PATH}")
    path = path.replace("after-N", "after-1").replace("DIGEST", "0" * 64)
    prefix = path.strip("/").partition("/")[0]
    if prefix in settings.MODELTRANSLATION_LANGUAGES and prefix not in dict(settings.LANGUAGES):
        path = path.replace(f"/{prefix}", "/ru", 1)
    with override(served_or_default(path.strip("/").partition("/")[0])):
        return _resolve(path) or _resolve(f"{path}/")


def _resolve(path: str) -> str | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    is_other_page = match.url_name == "page" and match.kwargs["path"] != EXAMPLE_PATH
    return None if is_other_page else match.url_name


def find_broken_links(document: Document) -> Iterator[str]:
    for link in document.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = _relative_path(document, parts.path)
        if parts.path and not is_file(target):
            yield f"{link}: there is no such file."
        elif parts.fragment and parts.fragment not in (read(ROOT / target) if parts.path else document).anchors:
            yield f"{link}: there is no such heading."


def _relative_path(document: Document, path: str) -> str:
    """Return the path from the root of the repository of a path that a document names relative to itself."""
    return Path(os.path.relpath(document.path.parent / path, ROOT)).as_posix()
