"""Keys of everything that the answers at an address depend on: equal keys mean equal answers.

What a page shows follows from its records in the publication log, whose hashes also cover its texts, from its row in
the page tree, from which of its versions and records have come into effect, and from what all pages show. So a run can
take over the answers of pages whose keys are the same as in the former copy.
"""

import os
import sys
from collections.abc import Collection, Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import django
from django.conf import settings
from django.db.models import Model, Q

from pages.baking.planning.page_facts import PageFacts, read_facts
from pages.languages import served_languages
from pages.models import Link, LinkGroup, PublicationRecord, Redirect, Revision, SiteSettings
from pages.models.publication_record import RecordKind
from pages.presentation.public_tree import PublicTree, read_tree
from pages.presentation.site_state import SiteState
from pages.public.verification_views import read_script

# Whose files decide how a page is rendered.
SOURCES = ("pages", "selfprivacy_site", "templates")
SUFFIXES = (".py", ".html", ".mo")
ASSETS = "staticfiles.json"
# Everything else that a setting changes is in the database or in files.
SETTINGS = (
    "SITE_URL", "LANGUAGES", "LANGUAGE_CODE", "TIME_ZONE", "MODELTRANSLATION_LANGUAGES", "ALLOWED_HOSTS", "PROXIES",
    "PUBLIC_CATALOGUES",
)  # fmt: skip


def digest(*values: object) -> str:
    return sha256(repr(values).encode()).hexdigest()[:32]


class SiteKeys:
    """The keys of a state of the site. It must be made, and asked for keys, in one snapshot. It writes nothing.

    The records of a page are read when its key is first asked for, or with those of others by `read`.
    """

    def __init__(self, state: SiteState):
        self.state = state
        self.tree: PublicTree = read_tree(state)
        self._facts: dict[int, PageFacts] = {}
        self._children: dict[int, str] = {}
        self._trees: dict[int, str] = {}

    def read(self, pages: Collection[int]) -> None:
        """Read the records of published pages with a few queries."""
        if missing := set(pages) - self._facts.keys():
            self._facts |= read_facts(missing, self.state, is_all=len(missing) == len(self.tree.statuses))

    def facts(self, key: int) -> PageFacts:
        if key not in self._facts:
            self.read({key})
        return self._facts[key]

    @cached_property
    def everywhere(self) -> str:
        """Return the key of what every page depends on: the code, settings, what is around texts, and redactions."""
        return digest(environment_key(), self._frame, list(_site_wide_records()))

    @cached_property
    def site(self) -> str:
        """Return the key of the addresses that depend on all pages."""
        return digest(self.everywhere, *self.state.key)

    @cached_property
    def addresses(self) -> str:
        """Return the key of which addresses are those of pages, and which are old."""
        redirects = list(Redirect.objects.order_by("old_path").values_list("old_path", "page"))
        return digest(self.everywhere, redirects, sorted(self.tree.by_path))

    def page(self, key: int) -> str:
        return digest(self.everywhere, self._own(key))

    def version(self, key: int, number: int) -> str:
        """Return the key of a version at its own address and of its comparison with the version before."""
        row, status = self.tree.rows[key], self.tree.statuses[key]
        public = status.is_public, status.is_withdrawn
        return digest(self.everywhere, row, public, self.facts(key).of_version(number), self._file_links(key))

    def listed(self, pages: Collection[int]) -> str:
        """Return the key of a list of pages."""
        self.read(pages)
        return digest(self.everywhere, len(self.tree.keys), [self._own(key) for key in pages])

    def navigation(self, key: int) -> str:
        """Return the key of a page with the menus around it."""
        breadcrumb = [(self._titles(parent), self._children_key(parent)) for parent in self.tree.breadcrumb(key)]
        return digest(self.everywhere, self._own(key), breadcrumb)

    def section(self, key: int) -> str:
        """Return the key of a page and all pages below it."""
        return digest(self.everywhere, self._tree_key(key))

    def _own(self, key: int) -> str:
        """Return the key of a page without what all pages depend on."""
        return digest(self.tree.rows[key], self.tree.statuses[key], self.facts(key).of_page, self._file_links(key))

    @cached_property
    def files(self) -> str:
        """Return the key of where links of imported texts to files lead."""
        targets = [
            (self.tree.rows[key].path, status.version is None, status.is_withdrawn)
            for key, status in self.tree.statuses.items()
        ]
        return digest(sorted(self._imported), sorted(targets))

    @cached_property
    def _imported(self) -> set[tuple[int, str]]:
        rows = Revision.objects.exclude(file_name="").order_by().distinct()
        return set(rows.values_list("page", "file_name"))

    @cached_property
    def _imported_pages(self) -> set[int]:
        return {page for page, _file_name in self._imported}

    def _file_links(self, key: int) -> str:
        """Return what the links of a page to files depend on; an edited text keeps those of the imported one."""
        return self.files if key in self._imported_pages else ""

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
            self._trees[key] = digest(self._own(key), below)
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


def _site_wide_records() -> Iterator[str]:
    """Yield the hashes of the records that change texts of any page: the start of the log, and redactions."""
    kinds = Q(kind=RecordKind.START) | Q(kind=RecordKind.REDACT)
    yield from PublicationRecord.objects.filter(kinds).order_by("number").values_list("hash", flat=True)


def environment_key() -> str:
    """Return a key of the code, its libraries, the assets and the settings."""
    libraries = Path(django.__file__).resolve().parent.parent
    assets = Path(settings.STATIC_ROOT, ASSETS)
    values = [repr(getattr(settings, name)) for name in SETTINGS]
    stats = [libraries.stat().st_mtime_ns, assets.read_bytes() if assets.exists() else b"", read_script()]
    return digest(sys.version, django.__version__, values, stats, sorted(_source_stats()))


def _source_stats() -> Iterator[tuple[str, int, int]]:
    for top in SOURCES:
        for folder, _folders, files in os.walk(settings.BASE_DIR / top):
            for name in files:
                if name.endswith(SUFFIXES):
                    stat = os.stat(f"{folder}/{name}")
                    yield f"{folder}/{name}", stat.st_mtime_ns, stat.st_size
