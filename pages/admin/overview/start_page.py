"""The start page of the admin: what waits for the person who looks, above what Django lists there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from pages.admin.overview.list_filters import BEHIND, language_name
from pages.admin.overview.page_list import Mark, change_url
from pages.admin.permissions import actor_of, can_edit, can_view, writable_languages
from pages.languages import served_languages
from pages.models import Revision, Version
from pages.presentation.editors.page_states import LanguageStatus, PageState, page_states

SHOWN = 10


class Task(NamedTuple):
    """A page that waits for something, and where it is done; `details` depends on the list."""

    page: PageState
    url: str
    details: object


@dataclass(frozen=True)
class Tasks:
    """The first of a list, how many there are, and where the others are."""

    shown: list[Task]
    count: int
    more: str

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more than are shown."""
        return self.count > len(self.shown)


class Behind(NamedTuple):
    """A translation that the source went ahead of."""

    mark: Mark
    since: datetime


class Drafts(NamedTuple):
    """What differs from what was published, who saved it last, and when."""

    languages: tuple[str, ...]
    author: str
    saved_at: datetime


class Review(NamedTuple):
    """By when a page should be read again."""

    day: date
    is_overdue: bool


def start_page(request, extra_context=None):
    """Show what waits to whoever may look at pages."""
    actor = actor_of(request.user)
    waiting = what_waits(request.user, timezone.now()) if can_view(actor) or can_edit(actor) else {}
    return admin.AdminSite.index(admin.site, request, {**waiting, **(extra_context or {})})


def what_waits(user, at: datetime) -> dict[str, object]:
    """Return the lists of the start page, for a user: a translator's own languages alone, if there are any."""
    own = writable_languages(actor_of(user)) or served_languages()
    pages = list(page_states(served_languages(), at).values())
    open_pages = [page for page in pages if not page.is_withdrawn]
    return {
        "behind": _behind(open_pages, own),
        "missing": _missing(open_pages, own),
        "drafts": _drafts(pages, own),
        "upcoming": _upcoming(pages),
        "review": _review(open_pages, timezone.localdate(at), at),
        "withdrawn": _withdrawn(pages),
    }


def list_url(**filters: str) -> str:
    """Return where the list of pages shows those that the filters leave."""
    return f"{reverse('admin:pages_page_changelist')}?{urlencode(filters)}"


def _behind(pages: Iterable[PageState], own: list[str]) -> Tasks:
    """Return translations that fell behind: those that readers must be warned of first, the oldest first."""
    found = [(page, page.languages[name]) for page in pages for name in own if page.languages[name].has_newer_source]
    found.sort(key=lambda one: (one[1].status != LanguageStatus.OUTDATED, one[1].superseded_by))
    moments = Version.objects.in_bulk([state.superseded_by for _page, state in found[:SHOWN]])
    tasks = []
    for page, state in found[:SHOWN]:
        mark = Mark(state.language, state.status, change_url(page.key, state.language))
        tasks.append(Task(page, mark.url, Behind(mark, moments[state.superseded_by].effective_at)))
    language = {"language": own[0]} if len(own) == 1 else {}
    return Tasks(tasks, len(found), list_url(status=BEHIND, **language))


def _missing(pages: list[PageState], own: list[str]) -> list[tuple[str, int, str]]:
    """Return in how many pages a language is missing, and which those are."""
    counts = {name: sum(page.languages[name].status == LanguageStatus.MISSING for page in pages) for name in own}
    return [
        (language_name(name), count, list_url(status=LanguageStatus.MISSING, language=name))
        for name, count in counts.items()
        if count
    ]


def _drafts(pages: Iterable[PageState], own: list[str]) -> Tasks:
    """Return drafts that differ from what was published: those in the user's languages first, the newest first."""
    found = [page for page in pages if page.drafts]

    def newest(page: PageState) -> int:
        return max(draft.revision for draft in page.drafts)

    found.sort(key=lambda page: (not any(draft.language in own for draft in page.drafts), -newest(page)))
    columns = ("author", "created_at")
    saved = Revision.objects.only(*columns).in_bulk([newest(page) for page in found[:SHOWN]])
    tasks = []
    for page in found[:SHOWN]:
        languages, revision = tuple(draft.language for draft in page.drafts), saved[newest(page)]
        opened = next((name for name in languages if name in own), languages[0])
        details = Drafts(languages, revision.author, revision.created_at)
        tasks.append(Task(page, change_url(page.key, opened), details))
    return Tasks(tasks, len(found), list_url(waits="draft"))


def _upcoming(pages: Iterable[PageState]) -> Tasks:
    """Return announced versions, the next one first."""
    found = [(version, page) for page in pages for version in page.upcoming]
    found.sort(key=lambda one: one[0].effective_at)
    tasks = [
        Task(page, reverse("admin:pages_page_history", args=[page.key]), version) for version, page in found[:SHOWN]
    ]
    return Tasks(tasks, len(found), list_url(waits="upcoming"))


def _review(pages: Iterable[PageState], today: date, at: datetime) -> Tasks:
    """Return pages that should be read again, the most urgent first."""
    found = sorted((page for page in pages if page.is_to_review(at)), key=lambda page: page.review_by)
    tasks = [
        Task(page, change_url(page.key), Review(page.review_by, page.review_by <= today)) for page in found[:SHOWN]
    ]
    return Tasks(tasks, len(found), list_url(waits="review"))


def _withdrawn(pages: Iterable[PageState]) -> Tasks:
    """Return withdrawn pages, the last one first."""
    found = sorted((page for page in pages if page.is_withdrawn), key=lambda page: page.withdrawn_at, reverse=True)
    tasks = [Task(page, change_url(page.key), page.withdrawn_at) for page in found[:SHOWN]]
    return Tasks(tasks, len(found), list_url(waits="withdrawn"))
