"""The filters of the page list."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pages.admin.permissions import actor_of, writable_languages
from pages.languages import served_languages, translated_name
from pages.presentation.editors.page_states import LanguageStatus, PageState, page_states

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
