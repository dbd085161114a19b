"""The page list: the tree of pages with their versions, drafts and translation statuses, and its filters."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst, smart_split, unescape_string_literal
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pages.admin.permissions import actor_of, writable_languages
from pages.languages import served_languages, translated_name
from pages.models import Page, Version
from pages.models.page import PageQuerySet, text_fields
from pages.presentation.editors.page_states import (
    LanguageState,
    LanguageStatus,
    PageState,
    TreeNode,
    page_states,
    tree_order,
)
from pages.presentation.sized_cache import SizedCache

# The stylesheet has no deeper indents; a screen reader still gets the level of deeper pages.
MAX_INDENT = 8


# The rows of some thousand pages, in characters.
_rows: SizedCache[str] = SizedCache(4_000_000, len)
# What the template puts after each row. No text can have it: titles are escaped.
_ROW_END = "<!-- row -->"

# The filter value for a translation with either status that a newer source leads to: behind or minor differences.
HAS_NEWER_SOURCE = "newer-source"


def languages_own_first(user) -> list[str]:
    """Return the served languages, beginning with those that the user may edit."""
    own = set(writable_languages(actor_of(user)))
    return sorted(served_languages(), key=lambda language: language not in own)


class PageStates:
    """The states of pages by key, as a list and its filters need them: those of all pages are read at most once."""

    def __init__(self, at: datetime):
        self.at = at

    @cached_property
    def all(self) -> dict[int, PageState]:
        return page_states(served_languages(), self.at)

    def of(self, keys: list[int]) -> dict[int, PageState]:
        """Return the states of these pages, and maybe of others."""
        return self.all if "all" in self.__dict__ else page_states(served_languages(), self.at, keys)


class PageStateFilter(admin.SimpleListFilter):
    """A filter by a condition on the state of a page, which no single query can express. The list sets `states`."""

    states: PageStates

    def value(self):
        # An unknown value in the query string is ignored.
        value = super().value()
        return value if value in dict(self.lookup_choices) else None

    def condition(self, request, value: str) -> Callable[[PageState], bool]:
        """Return a function that tells whether the list shows a page."""
        raise NotImplementedError

    def queryset(self, request, queryset):
        if not (value := self.value()):
            return queryset
        is_shown = self.condition(request, value)
        return queryset.filter(pk__in=[key for key, state in self.states.all.items() if is_shown(state)])


class LanguageFilter(PageStateFilter):
    """Restricts the language columns and the other filters to one language. Without them it removes no page."""

    title, parameter_name = _("language"), "language"

    def lookups(self, request, model_admin):
        return [(language, capfirst(translated_name(language))) for language in languages_own_first(request.user)]

    def queryset(self, request, queryset):
        return queryset


class StatusFilter(PageStateFilter):
    """Filters by the status of the published translation in the chosen language, or in any language."""

    title, parameter_name = _("translation"), "status"

    def lookups(self, request, model_admin):
        statuses = (
            LanguageStatus.BEHIND,
            LanguageStatus.MINOR,
            LanguageStatus.MISSING,
            LanguageStatus.UP_TO_DATE,
            LanguageStatus.UNPUBLISHED,
        )
        labels = [(status.value, status.label) for status in statuses]
        return [(HAS_NEWER_SOURCE, _("Behind, or minor differences")), *labels]

    def condition(self, request, value):
        language = request.GET.get(LanguageFilter.parameter_name)
        codes = [language] if language in served_languages() else served_languages()
        if value == HAS_NEWER_SOURCE:
            return lambda page: not page.is_withdrawn and any(page.languages[code].has_newer_source for code in codes)
        return lambda page: not page.is_withdrawn and any(page.languages[code].status == value for code in codes)


class AttentionFilter(PageStateFilter):
    """Filters by what a page needs an editor's attention for."""

    title, parameter_name = _("needs attention"), "attention"
    CONDITIONS = {
        "ready": (_("Ready to publish"), lambda page, at: page.has_handovers(is_ready=True)),
        "sent-back": (_("Sent back"), lambda page, at: page.has_handovers(is_ready=False)),
        "draft": (_("Draft changes"), lambda page, at: bool(page.drafts)),
        "upcoming": (_("Upcoming version"), lambda page, at: bool(page.upcoming)),
        "review": (_("To review"), lambda page, at: page.is_due_for_review(at)),
        "withdrawn": (_("Withdrawn"), lambda page, at: page.is_withdrawn),
    }

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _condition) in self.CONDITIONS.items()]

    def condition(self, request, value):
        is_met, at = self.CONDITIONS[value][1], timezone.now()
        return lambda page: is_met(page, at)


class VersionInForce(NamedTuple):
    number: int
    effective_at: datetime


@dataclass(frozen=True)
class PageRow:
    """A row of the list; `level` counts from 1, or is None if the list is flat. `version` is the one in force."""

    state: PageState
    level: int | None
    version: VersionInForce | None
    languages: tuple[LanguageState, ...]
    is_overdue: bool

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """Return everything that the row shows, and the language that it shows it in."""
        state = self.state
        return (
            *(get_language(), self.level, self.version, self.languages, self.is_overdue, state.key, state.path),
            *(state.title, state.withdrawn_at, state.upcoming, state.drafts, state.review_by),
        )

    @property
    def change_url(self) -> str:
        """Return the URL of the page's form relative to the list: resolving a URL name for each row takes longer."""
        return f"{self.state.key}/change/"

    @property
    def indent(self) -> int:
        return min(self.level - 1, MAX_INDENT) if self.level else 0


def render_rows(rows: Sequence[PageRow]) -> SafeString:
    """Return the rows in HTML. They are kept with what they show: to render a list takes longer than to read it."""
    kept = {row.shown: html for row in rows if (html := _rows.known(row.shown)) is not None}
    if missing := [row for row in rows if row.shown not in kept]:
        # Together, because each use of a template takes time of its own.
        rendered = get_template("admin/pages/page/page_list_rows.html").render({"rows": missing}).split(_ROW_END)
        for row, html in zip(missing, rendered, strict=False):
            kept[row.shown] = _rows.get(row.shown, partial(str, html))
    return SafeString("".join(kept[row.shown] for row in rows))


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
        self.rows_html = render_rows(self.result_list)

    def _rows(self, nodes: list[TreeNode]) -> list[PageRow]:
        keys = [node.key for node in nodes]
        states, today = self.states.of(keys), timezone.localdate(self.states.at)
        shown = Version.objects.filter(pk__in=[states[key].version for key in keys if key in states]).order_by()
        versions = {key: VersionInForce(*values) for key, *values in shown.values_list("pk", "number", "effective_at")}
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
    # Not through the manager: for each row, modeltranslation takes longer than the query.
    rows = PageQuerySet(Page).filter(pk__in=queryset.order_by().values("pk")).order_by()
    rows = rows.values_list("pk", "path", *columns).iterator(chunk_size=100)
    return [key for key, path, *texts in rows if _contain([f"/{path}/", *texts], terms)]


def _contain(texts: list[str | None], terms: list[str]) -> bool:
    searched = [text for text in texts if text]
    # Most often, a text has the word as it was typed. To fold the case of a text takes ten times as long.
    if all(any(term in text for text in searched) for term in terms):
        return True
    # Each text by itself: Python folds an ASCII text a hundred times as fast as one with a single other letter.
    folded = [text.casefold() for text in searched]
    return all(any(term in text for text in folded) for term in terms)
