"""The page list: the tree of pages with their versions, drafts and translation statuses."""

from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.utils import timezone
from django.utils.text import smart_split, unescape_string_literal

from pages.admin.overview.list_filters import (
    AttentionFilter,
    LanguageFilter,
    PageStates,
    StatusFilter,
    languages_own_first,
)
from pages.languages import served_languages
from pages.models import Page, Version
from pages.models.page import text_fields
from pages.presentation.editors.page_states import LanguageState, PageState, TreeNode, tree_order

# The stylesheet has no deeper indents; a screen reader still gets the level of deeper pages.
MAX_INDENT = 8


@dataclass(frozen=True)
class PageRow:
    """A row of the list; `level` counts from 1, or is None if the list is flat. `version` is the one in force."""

    state: PageState
    level: int | None
    version: Version | None
    languages: tuple[LanguageState, ...]
    is_overdue: bool

    @property
    def indent(self) -> int:
        return min(self.level - 1, MAX_INDENT) if self.level else 0


class PageChangeList(ChangeList):
    """The pages in tree order; the results of a search or a filter are a flat list in the same order."""

    def get_filters(self, request):
        """Give the filters the states of pages that they share with the list."""
        filters, *rest = super().get_filters(request)
        self.states = PageStates(timezone.now())
        for list_filter in filters:
            list_filter.states = self.states
        return filters, *rest

    def get_results(self, request):
        super().get_results(request)
        is_one_page = not self.multi_page or (self.show_all and self.can_show_all)
        shown = self.paginator.object_list if is_one_page else self.result_list
        self.is_tree = self.result_count == self.full_result_count
        languages = languages_own_first(request.user)
        language = request.GET.get(LanguageFilter.parameter_name)
        self.languages = [language] if language in languages else languages
        self.result_list = self._rows(shown)

    def _rows(self, nodes: list[TreeNode]) -> list[PageRow]:
        keys = [node.key for node in nodes]
        states, today = self.states.of(keys), timezone.localdate(self.states.at)
        versions = Version.objects.in_bulk([states[key].version for key in keys if key in states])
        return [
            PageRow(
                state=(state := states[node.key]),
                level=node.depth + 1 if self.is_tree else None,
                version=versions.get(state.version),
                languages=tuple(state.languages[code] for code in self.languages),
                is_overdue=state.review_by is not None and state.review_by <= today,
            )
            for node in nodes
            # A page can be deleted between the queries.
            if node.key in states
        ]


class PageListAdmin(admin.ModelAdmin):
    """The list part of the page admin."""

    change_list_template = "admin/pages/page/change_list.html"
    list_filter = (AttentionFilter, StatusFilter, LanguageFilter)
    list_per_page = 100
    ordering = ("path",)
    # Django shows the search box only if this is set; `get_search_results` decides what is searched.
    search_fields = ("path",)
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    # Deleting several pages at once could not show each page's latest text before.
    actions = None

    def get_changelist(self, request, **kwargs):
        return PageChangeList

    def get_paginator(self, request, queryset, *args, **kwargs):
        # Only keys are read to order and count the pages. Texts and states are loaded for one page of results.
        matches = set(queryset.order_by().values_list("pk", flat=True))
        nodes = [node for node in tree_order() if node.key in matches]
        return super().get_paginator(request, nodes, *args, **kwargs)

    def get_search_results(self, request, queryset, search_term):
        """Return the pages whose path or drafts contain all the words, or the phrases in quotes."""
        terms = [_unquoted(part).casefold() for part in smart_split(search_term)]
        return (queryset.filter(pk__in=_matching_keys(queryset, terms)) if terms else queryset), False


def _unquoted(part: str) -> str:
    return unescape_string_literal(part) if part[0] in "\"'" and len(part) > 1 and part[0] == part[-1] else part


def _matching_keys(queryset, terms: list[str]) -> list[int]:
    """Return the keys of the pages whose path and drafts contain all terms.

    The texts are compared in Python, because SQLite ignores case only for ASCII letters.
    """
    columns = [column for language in served_languages() for column in text_fields(language).values()]
    rows = Page.objects.filter(pk__in=queryset.order_by().values("pk")).order_by().values_list("pk", "path", *columns)
    return [key for key, path, *texts in rows.iterator(chunk_size=100) if _contain([f"/{path}/", *texts], terms)]


def _contain(texts: list[str | None], terms: list[str]) -> bool:
    searched = "\n".join(text for text in texts if text).casefold()
    return all(term in searched for term in terms)
