"""The filters of the list of pages, and the words that it has for what they find."""

from collections.abc import Callable

from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pages.admin.permissions import actor_of, writable_languages
from pages.languages import served_languages, translated_name
from pages.presentation.editors.page_states import LanguageStatus, PageState, page_states

# A mark and a word for each: none is told by colour alone.
LANGUAGE_STATUSES = {
    LanguageStatus.SOURCE: ("●", pgettext_lazy("status of a language", "Source")),
    LanguageStatus.CURRENT: ("✓", pgettext_lazy("status of a language", "Up to date")),
    LanguageStatus.MINOR: ("≈", pgettext_lazy("status of a language", "Small differences")),
    LanguageStatus.OUTDATED: ("⚠", pgettext_lazy("status of a language", "Behind")),
    LanguageStatus.MISSING: ("○", pgettext_lazy("status of a language", "Missing")),
    LanguageStatus.PUBLISHED: ("·", pgettext_lazy("status of a language", "Published")),
    LanguageStatus.UNPUBLISHED: ("–", pgettext_lazy("status of a language", "Not published")),
}
BEHIND = "behind"


def language_name(language: str) -> str:
    """Name a served language in the language of the interface, as a heading."""
    return capfirst(translated_name(language))


def languages_for(user) -> list[str]:
    """Return the served languages, those that the user may write first."""
    own = set(writable_languages(actor_of(user)))
    return sorted(served_languages(), key=lambda language: language not in own)


def known_states(request) -> dict[int, PageState] | None:
    """Return where all pages stand, if a filter has asked for it."""
    return getattr(request, "page_states", None)


def all_states(request) -> dict[int, PageState]:
    """Return where all pages stand, read once a request."""
    if known_states(request) is None:
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
        shown = (
            LanguageStatus.OUTDATED,
            LanguageStatus.MINOR,
            LanguageStatus.MISSING,
            LanguageStatus.CURRENT,
            LanguageStatus.UNPUBLISHED,
        )
        return [(BEHIND, _("Behind, or small differences")), *((str(one), LANGUAGE_STATUSES[one][1]) for one in shown)]

    def holds(self, request, chosen):
        """Return whether a language stands so."""
        language = request.GET.get(LanguageFilter.parameter_name)
        names = [language] if language in served_languages() else served_languages()
        if chosen == BEHIND:
            return lambda page: not page.is_withdrawn and any(page.languages[name].has_newer_source for name in names)
        return lambda page: not page.is_withdrawn and any(page.languages[name].status == chosen for name in names)


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
