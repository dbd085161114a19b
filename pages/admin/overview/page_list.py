"""The list of pages: the tree as readers get it, with what waits and how far each translation is."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import InvalidPage
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst, smart_split, unescape_string_literal

from pages.admin.overview.list_filters import (
    LANGUAGE_STATUSES,
    LanguageFilter,
    StatusFilter,
    WaitingFilter,
    known_states,
    language_name,
    languages_for,
)
from pages.languages import served_languages
from pages.models import Page, Version
from pages.models.page import TEXT_FIELDS, text_field
from pages.presentation.editors.page_states import LanguageStatus, PageState, TreeNode, page_states, tree_order

# Steps deeper than this are no longer drawn; they are still told.
DEEPEST_DRAWN = 8


@dataclass(frozen=True)
class Mark:
    """How a language of a page stands, in a mark and in words, and where its text is."""

    language: str
    standing: LanguageStatus
    url: str

    @property
    def sign(self) -> str:
        """Return the mark."""
        return LANGUAGE_STATUSES[self.standing][0]

    @property
    def words(self) -> str:
        """Return the words."""
        return LANGUAGE_STATUSES[self.standing][1]


@dataclass(frozen=True)
class ListedPage:
    """A row of the list."""

    state: PageState
    url: str
    depth: int | None
    version: Version | None
    marks: tuple[Mark, ...]
    drafts: tuple[str, ...]
    is_deletable: bool
    is_overdue: bool

    @property
    def drawn_depth(self) -> int:
        """Return how far the row is indented."""
        return min(self.depth or 0, DEEPEST_DRAWN)

    @property
    def level(self) -> int | None:
        """Return the level in the tree as it is read out; None in a flat list."""
        return None if self.depth is None else self.depth + 1


def change_url(key: int, language: str = "") -> str:
    """Return where a page is edited, its tab of a language opened."""
    return reverse("admin:pages_page_change", args=[key]) + (tab(language) if language else "")


def tab(language: str) -> str:
    """Return the part of an address that opens a language's tab."""
    return f"#tab={language}"


class PageList(ChangeList):
    """The tree, a sheet at a time; what a search or a filter finds stands in a flat list, in the same order."""

    def get_results(self, request):
        """Find the rows: all pages are put in order, and only those that are shown are read."""
        order, found = tree_order(), set(self.queryset.order_by().values_list("pk", flat=True))
        self.is_tree = len(found) == len(order)
        places = [place for place in order if place.key in found]
        self.paginator = self.model_admin.get_paginator(request, places, self.list_per_page)
        self.result_count, self.full_result_count = len(places), len(order)
        self.show_full_result_count = True
        self.multi_page = len(places) > self.list_per_page
        self.can_show_all = len(places) <= self.list_max_show_all
        shown = places if self.show_all and self.can_show_all else self._sheet()
        languages = languages_for(request.user)
        chosen = request.GET.get(LanguageFilter.parameter_name)
        self.languages = [chosen] if chosen in languages else languages
        self.headings = [(name, language_name(name)) for name in self.languages]
        self.result_list = self._rows(request, shown, timezone.now())
        self.show_admin_actions = any(row.is_deletable for row in self.result_list)

    def _sheet(self) -> list[TreeNode]:
        try:
            return list(self.paginator.page(self.page_num))
        except InvalidPage as error:
            raise IncorrectLookupParameters from error

    def _rows(self, request, places: list[TreeNode], at: datetime) -> list[ListedPage]:
        keys = [place.key for place in places]
        states = known_states(request) or page_states(served_languages(), at, keys)
        versions = Version.objects.in_bulk([states[key].version for key in keys if key in states])
        published = set(Version.objects.filter(page__in=keys).order_by().values_list("page", flat=True).distinct())
        return [
            ListedPage(
                state=(state := states[place.key]),
                depth=place.depth if self.is_tree else None,
                version=versions.get(state.version),
                url=(url := change_url(place.key)),
                marks=tuple(_mark(state, name, url) for name in self.languages),
                drafts=tuple(draft.language for draft in state.drafts),
                is_deletable=place.key not in published,
                is_overdue=state.review_by is not None and state.review_by <= timezone.localdate(at),
            )
            for place in places
            if place.key in states
        ]


def _mark(state: PageState, language: str, url: str) -> Mark:
    return Mark(language, state.languages[language].status, url + tab(language))


class PageListAdmin(admin.ModelAdmin):
    """The part of the pages' admin that lists them."""

    change_list_template = "admin/pages/page/change_list.html"
    list_filter = (WaitingFilter, StatusFilter, LanguageFilter)
    list_per_page = 100
    ordering = ("path",)
    # Which fields are searched, in all served languages, is said in `get_search_results`.
    search_fields = ("path",)
    show_facets = ShowFacets.NEVER
    sortable_by = ()

    def get_changelist(self, request, **kwargs):
        """Return the class of the list."""
        return PageList

    def changelist_view(self, request, extra_context=None):
        """Name what is listed: Django's own title puts the noun into a sentence that Russian would decline."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_search_results(self, request, queryset, search_term):
        """Find pages that have all the words, or phrases in quotes, in their path or in a working text."""
        wanted = [_unquoted(part).casefold() for part in smart_split(search_term)]
        return (queryset.filter(pk__in=_having(queryset, wanted)) if wanted else queryset), False


def _unquoted(part: str) -> str:
    return unescape_string_literal(part) if part[0] in "\"'" and len(part) > 1 and part[0] == part[-1] else part


def _having(queryset, wanted: list[str]) -> list[int]:
    """Return the keys of pages whose texts contain all that is wanted.

    Compared here and not in the database: SQLite tells capital letters from small ones in all but English.
    """
    columns = [text_field(name, language) for language in served_languages() for name in TEXT_FIELDS]
    rows = Page.objects.filter(pk__in=queryset.order_by().values("pk")).order_by().values_list("pk", "path", *columns)
    return [key for key, path, *texts in rows.iterator(chunk_size=100) if _has([f"/{path}/", *texts], wanted)]


def _has(texts: list[str | None], wanted: list[str]) -> bool:
    whole = "\n".join(text for text in texts if text).casefold()
    return all(one in whole for one in wanted)
