"""Keys of everything that the answers at an address depend on: equal keys mean equal answers.

What a page shows follows from its records in the publication log, whose hashes also cover its texts, from its row in
the page tree, from which of its versions and records have come into effect, and from what all pages show. So a run can
take over the answers of pages whose keys are the same as in the former copy.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import django
from django.conf import settings
from django.db.models import Count, Model, Q

from pages.languages import served_languages
from pages.models import Link, LinkGroup, PublicationRecord, Redirect, SiteSettings, Version
from pages.models.publication_record import RecordKind
from pages.presentation.public_tree import PublicTree, read_tree
from pages.presentation.site_state import SiteState

# Whose files decide how a page is rendered.
SOURCES = ("pages", "selfprivacy_site", "templates")
SUFFIXES = (".py", ".html", ".mo")
ASSETS = "staticfiles.json"
# Everything else that a setting changes is in the database or in files.
SETTINGS = (
    "SITE_URL", "LANGUAGES", "LANGUAGE_CODE", "TIME_ZONE", "MODELTRANSLATION_LANGUAGES", "ALLOWED_HOSTS", "PROXIES",
)  # fmt: skip


def digest(*values: object) -> str:
    return sha256(repr(values).encode()).hexdigest()[:32]


class SiteKeys:
    """The keys of a state of the site. Raises no error and writes nothing; it must be made in one snapshot."""

    def __init__(self, state: SiteState):
        self.state = state
        self.tree: PublicTree = read_tree(state)
        self._own = _own_keys(self.tree, state)
        self._children: dict[int, str] = {}
        self._trees: dict[int, str] = {}

    @cached_property
    def everywhere(self) -> str:
        """Return the key of what every page depends on: the code, settings, what is around texts, and redactions."""
        return digest(environment_key(), self._frame, list(_site_wide_records()))

    @property
    def site(self) -> str:
        """Return the key of the addresses that depend on all pages."""
        return digest(self.everywhere, *self.state.key)

    @cached_property
    def addresses(self) -> str:
        """Return the key of which addresses are those of pages, and which are old."""
        redirects = list(Redirect.objects.order_by("old_path").values_list("old_path", "page"))
        return digest(self.everywhere, redirects, sorted(self.tree.by_path))

    def page(self, key: int) -> str:
        return digest(self.everywhere, self._own[key])

    def navigation(self, key: int) -> str:
        """Return the key of a page with the menus around it."""
        breadcrumb = [(self._titles(parent), self._children_key(parent)) for parent in self.tree.breadcrumb(key)]
        return digest(self.everywhere, self._own[key], breadcrumb)

    def section(self, key: int) -> str:
        """Return the key of a page and all pages below it."""
        return digest(self.everywhere, self._tree_key(key))

    def _titles(self, key: int) -> list:
        rows = self.tree.rows[key]
        return [rows.path, *(self._shown[language].get(key) for language in served_languages())]

    @cached_property
    def _shown(self) -> dict:
        return {language: self.tree.shown_titles(self.tree.keys, language) for language in served_languages()}

    def _children_key(self, key: int) -> str:
        if key not in self._children:
            self._children[key] = digest([self._titles(child) for child in self.tree.children.get(key, ())])
        return self._children[key]

    def _tree_key(self, key: int) -> str:
        if key not in self._trees:
            below = [self._tree_key(child) for child in self.tree.children.get(key, ())]
            self._trees[key] = digest(self._own[key], below)
        return self._trees[key]

    @property
    def _frame(self) -> list:
        """Return the rows that every page shows, and the pages that they can link to."""
        rows = [list(_rows(model)) for model in (SiteSettings, LinkGroup, Link)]
        linked = set(Link.objects.filter(page__isnull=False).values_list("page", flat=True))
        return [rows, sorted((key, self.tree.rows[key].path) for key in linked if key in self.tree.parent)]


def _rows(model: type[Model]) -> Iterator[tuple]:
    yield from model._default_manager.order_by("pk").values_list(
        *(field.attname for field in model._meta.concrete_fields)
    )


def _own_keys(tree: PublicTree, state: SiteState) -> dict[int, str]:
    """Return the keys of published pages, without what all pages depend on."""
    records: dict[int, list] = defaultdict(list)
    of_pages = PublicationRecord.objects.exclude(page=None, version=None).order_by("number")
    for page, version_page, own_hash in of_pages.values_list("page", "version__page", "hash").iterator():
        records[page or version_page].append(own_hash)
    records_passed = _counts(PublicationRecord.objects.filter(at__lte=state.at), "page")
    versions_passed = _counts(Version.objects.filter(effective_at__lte=state.at), "page")
    return {
        key: digest(tree.rows[key], status, records[key], records_passed.get(key), versions_passed.get(key))
        for key, status in tree.statuses.items()
    }


def _counts(rows, column: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))


def _site_wide_records() -> Iterator[str]:
    """Yield the hashes of the records that change texts of any page: the start of the log, and redactions."""
    kinds = Q(kind=RecordKind.START) | Q(kind=RecordKind.REDACT)
    yield from PublicationRecord.objects.filter(kinds).order_by("number").values_list("hash", flat=True)


def environment_key() -> str:
    """Return a key of the code, its libraries, the assets and the settings."""
    libraries = Path(django.__file__).resolve().parent.parent
    assets = Path(settings.STATIC_ROOT, ASSETS)
    values = [repr(getattr(settings, name)) for name in SETTINGS]
    stats = [libraries.stat().st_mtime_ns, assets.read_bytes() if assets.exists() else b""]
    return digest(sys.version, django.__version__, values, stats, sorted(_source_stats()))


def _source_stats() -> Iterator[tuple[str, int, int]]:
    for top in SOURCES:
        for folder, _folders, files in os.walk(settings.BASE_DIR / top):
            for name in files:
                if name.endswith(SUFFIXES):
                    stat = os.stat(f"{folder}/{name}")
                    yield f"{folder}/{name}", stat.st_mtime_ns, stat.st_size
