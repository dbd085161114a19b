"""The list of pages: the tree as readers get it, with what waits and how far each translation is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import InvalidPage
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst, smart_split, unescape_string_literal
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pages.admin.language_tabs import served_languages
from pages.admin.rights import actor_of, writable_languages
from pages.models import Page, Version
from pages.models.page import TEXT_FIELDS, text_field
from pages.reading.overview import PageState, Place, Standing, page_states, tree_order

# A mark and a word for each: none is told by colour alone.
STANDINGS = {
    Standing.SOURCE: ("●", pgettext_lazy("status of a language", "Source")),
    Standing.CURRENT: ("✓", pgettext_lazy("status of a language", "Up to date")),
    Standing.MINOR: ("≈", pgettext_lazy("status of a language", "Small differences")),
    Standing.OUTDATED: ("⚠", pgettext_lazy("status of a language", "Behind")),
    Standing.MISSING: ("○", pgettext_lazy("status of a language", "Missing")),
    Standing.PUBLISHED: ("·", pgettext_lazy("status of a language", "Published")),
    Standing.UNPUBLISHED: ("–", pgettext_lazy("status of a language", "Not published")),
}
# Steps deeper than this are no longer drawn; they are still told.
DEEPEST_DRAWN = 8
BEHIND = "behind"


@dataclass(frozen=True)
class Mark:
    """How a language of a page stands, in a mark and in words, and where its text is."""

    language: str
    standing: Standing
    url: str

    @property
    def sign(self) -> str:
        """Return the mark."""
        return STANDINGS[self.standing][0]

    @property
    def words(self) -> str:
        """Return the words."""
        return STANDINGS[self.standing][1]


@dataclass(frozen=True)
class ListedPage:
    """A row of the list."""

    state: PageState
    depth: int | None
    version: Version | None
    marks: tuple[Mark, ...]
    drafts: tuple[str, ...]
    may_go: bool
    is_overdue: bool

    @property
    def url(self) -> str:
        """Return where the page is edited."""
        return change_url(self.state.key)

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
    return reverse("admin:pages_page_change", args=[key]) + (f"#tab={language}" if language else "")


def language_name(language: str) -> str:
    """Name a served language in the language of the interface, as a heading."""
    return capfirst(get_language_info(language)["name_translated"])


def languages_for(user) -> list[str]:
    """Return the served languages, those that the user may write first."""
    own = set(writable_languages(actor_of(user)))
    return sorted(served_languages(), key=lambda language: language not in own)


def all_states(request) -> dict[int, PageState]:
    """Return where all pages stand, read once a request."""
    if not hasattr(request, "page_states"):
        request.page_states = page_states(served_languages(), timezone.now())
    return request.page_states


class ChoiceFilter(admin.SimpleListFilter):
    """A filter that asks the overview; a value that it does not know counts as none."""

    def value(self):
        """Return the chosen value."""
        chosen = super().value()
        return chosen if chosen in dict(self.lookup_choices) else None

    def holds(self, request, chosen: str) -> Callable[[PageState], bool]:
        """Return the question that a page of the list answers with yes."""
        raise NotImplementedError

    def queryset(self, request, queryset):
        """Leave the pages that the question is true of."""
        if not (chosen := self.value()):
            return queryset
        holds = self.holds(request, chosen)
        return queryset.filter(pk__in=[key for key, state in all_states(request).items() if holds(state)])


class LanguageFilter(ChoiceFilter):
    """Which language the list and the other filters speak of; alone, it takes no page away."""

    title, parameter_name = _("language"), "language"

    def lookups(self, request, model_admin):
        """Return the served languages, the user's own first."""
        return [(language, language_name(language)) for language in languages_for(request.user)]

    def queryset(self, request, queryset):
        """Leave all pages."""
        return queryset


class StatusFilter(ChoiceFilter):
    """How a translation that readers get stands: that of the chosen language, or any."""

    title, parameter_name = _("translation"), "status"

    def lookups(self, request, model_admin):
        """Return what is looked for."""
        shown = (Standing.OUTDATED, Standing.MINOR, Standing.MISSING, Standing.CURRENT, Standing.UNPUBLISHED)
        return [(BEHIND, _("Behind, or small differences")), *((str(one), STANDINGS[one][1]) for one in shown)]

    def holds(self, request, chosen):
        """Return whether a language stands so."""
        language = request.GET.get(LanguageFilter.parameter_name)
        names = [language] if language in served_languages() else served_languages()
        if chosen == BEHIND:
            return lambda page: not page.is_withdrawn and any(page.languages[name].is_behind for name in names)
        return lambda page: not page.is_withdrawn and any(page.languages[name].standing == chosen for name in names)


class WaitingFilter(ChoiceFilter):
    """What waits at a page."""

    title, parameter_name = _("what waits"), "waits"
    QUESTIONS = {
        "draft": (_("Draft changes"), lambda page, at: bool(page.drafts)),
        "upcoming": (_("Upcoming version"), lambda page, at: bool(page.upcoming)),
        "review": (_("To review again"), lambda page, at: page.is_to_review(at)),
        "withdrawn": (_("Withdrawn"), lambda page, at: page.is_withdrawn),
    }

    def lookups(self, request, model_admin):
        """Return what is looked for."""
        return [(name, words) for name, (words, _question) in self.QUESTIONS.items()]

    def holds(self, request, chosen):
        """Return whether it waits."""
        question, at = self.QUESTIONS[chosen][1], timezone.now()
        return lambda page: question(page, at)


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
        self.result_list = self._rows(shown, timezone.now())
        self.show_admin_actions = any(row.may_go for row in self.result_list)

    def _sheet(self) -> list[Place]:
        try:
            return list(self.paginator.page(self.page_num))
        except InvalidPage as error:
            raise IncorrectLookupParameters from error

    def _rows(self, places: list[Place], at: datetime) -> list[ListedPage]:
        keys = [place.key for place in places]
        states = page_states(served_languages(), at, keys)
        versions = Version.objects.in_bulk([state.version for state in states.values() if state.version])
        published = set(Version.objects.filter(page__in=keys).order_by().values_list("page", flat=True).distinct())
        return [
            ListedPage(
                state=(state := states[place.key]),
                depth=place.depth if self.is_tree else None,
                version=versions.get(state.version),
                marks=tuple(_mark(state, name) for name in self.languages),
                drafts=tuple(draft.language for draft in state.drafts),
                may_go=place.key not in published,
                is_overdue=state.review_by is not None and state.review_by <= timezone.localdate(at),
            )
            for place in places
            if place.key in states
        ]


def _mark(state: PageState, language: str) -> Mark:
    return Mark(language, state.languages[language].standing, change_url(state.key, language))


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
