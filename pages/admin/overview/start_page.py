"""The start page of the admin: what needs attention, above Django's list of models."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.overview.page_list import HAS_NEWER_SOURCE
from pages.admin.permissions import VIEW, actor_of, can_edit, writable_languages
from pages.languages import served_languages
from pages.models import Page, Revision, Version
from pages.models.permissions import PUBLISH, REVIEW, publish_text_permission
from pages.presentation.editors.handover_states import HandedOver
from pages.presentation.editors.page_states import LanguageStatus, PageState, page_states
from pages.publishing.actors import Actor
from pages.publishing.mail_recipients import find_writers
from pages.publishing.page_events import next_review
from pages.publishing.records import last_record_number
from pages.publishing.sample.changes import is_sample

# Tasks of each kind; the rest are behind a link to the filtered list of pages.
MAX_SHOWN = 10
MODEL_ORDER = (
    *("Page", "LinkGroup", "Redirect", "SiteSettings", "ImportRun"),
    *("PublicationRecord", "Version", "Revision"),
)


class Task(NamedTuple):
    """A page that needs attention; `url` is where an editor deals with it, and `details` depends on the list."""

    page: PageState
    url: str
    details: dict[str, object]


@dataclass(frozen=True)
class TaskList:
    """The first tasks of one kind, the number of all, and the URL of a list of all."""

    shown: list[Task]
    count: int
    list_url: str

    @property
    def has_more(self) -> bool:
        return self.count > len(self.shown)


def app_list(request, app_label: str | None = None) -> list[dict]:
    """Return Django's list of models, with what editors need first at the top."""
    apps = admin.AdminSite.get_app_list(admin.site, request, app_label)
    apps.sort(key=lambda app: app["app_label"] != "pages")
    for app in apps:
        app["models"].sort(key=lambda model: _position(model["object_name"]))
    return apps


def _position(model_name: str) -> int:
    return MODEL_ORDER.index(model_name) if model_name in MODEL_ORDER else len(MODEL_ORDER)


def start_page(request, extra_context=None):
    """Show Django's index page, with the tasks for those who may view or edit pages."""
    actor = actor_of(request.user)
    can_see_pages = actor.has_perm(VIEW) or can_edit(actor)
    tasks = tasks_for(request.user, timezone.now()) if can_see_pages else {}
    heading = {"title": _("Needs attention"), "has_tasks": any(map(_is_task, tasks.values()))} if can_see_pages else {}
    sample = {"is_sample": is_sample(), "can_start_over": actor.is_superuser}
    return admin.AdminSite.index(admin.site, request, {**heading, **tasks, **sample, **(extra_context or {})})


def _is_task(value: object) -> bool:
    return value.count > 0 if isinstance(value, TaskList) else bool(value)


def tasks_for(user, at: datetime) -> dict[str, object]:
    """Return the task lists of the start page, as template context.

    A translator gets only the translations into their own languages; a user without any gets those of all languages.
    """
    actor = actor_of(user)
    own = writable_languages(actor) or served_languages()
    pages = list(page_states(served_languages(), at).values())
    public_pages = [page for page in pages if not page.is_withdrawn]
    return {
        "ready": _ready(public_pages, actor),
        "sent_back": _sent_back(pages, actor),
        "behind": _behind(public_pages, own),
        "missing": _missing(public_pages, own),
        "drafts": _drafts(pages, own),
        "upcoming": _upcoming(pages),
        "review": _review(public_pages, at, can_review=actor_of(user).has_perm(REVIEW)),
        "withdrawn": _withdrawn(pages),
    }


def _page_list_url(**filters: str) -> str:
    return f"{reverse('admin:pages_page_changelist')}?{urlencode(filters)}"


def _task(page: PageState, language: str = "", **details) -> Task:
    """Return a task whose link leads to the page's form, and to the tab of the language if one is given."""
    # `language_tabs.js` selects the tab by this fragment.
    fragment = f"#tab={language}" if language else ""
    return Task(page, reverse("admin:pages_page_change", args=[page.key]) + fragment, details)


def _ready(pages: list[PageState], actor: Actor) -> TaskList:
    """Return the pages with texts that wait for a publisher, those that wait longest first.

    A publisher gets only the languages that they may publish; others see what they or their colleagues marked.
    """
    publishable = [code for code in served_languages() if actor.has_perm(publish_text_permission(code))]
    can_publish = actor.has_perm(PUBLISH) and bool(publishable)
    languages = publishable if can_publish else writable_languages(actor) or served_languages()
    waiting = []
    for page in pages:
        handovers = [page.handovers[code] for code in languages if code in page.handovers]
        if pending := [handover for handover in handovers if handover.is_pending]:
            waiting.append((page, sorted(pending, key=lambda handover: handover.at)))
    waiting.sort(key=lambda item: item[1][0].at)
    tasks = []
    for page, pending in waiting[:MAX_SHOWN]:
        task = _task(page, pending[0].language, handovers=pending)
        url = reverse("admin:pages_page_publish", args=[page.key]) if can_publish else task.url
        tasks.append(task._replace(url=url))
    return TaskList(tasks, len(waiting), _page_list_url(attention="ready"))


def _sent_back(pages: list[PageState], actor: Actor) -> TaskList:
    """Return the texts that the actor marked as ready and a publisher sent back, the newest first.

    If the account that marked a text was deleted, is inactive or may no longer write the language, everybody who may
    write the text sees it.
    """
    writable = writable_languages(actor)
    returned = [
        (page, handover)
        for page in pages
        for handover in page.handovers.values()
        if not handover.is_ready and handover.language in writable
    ]
    returned = _for_actor(returned, actor)
    returned.sort(key=lambda item: item[1].at, reverse=True)
    tasks = [_task(page, handover.language, handover=handover) for page, handover in returned[:MAX_SHOWN]]
    return TaskList(tasks, len(returned), _page_list_url(attention="sent-back"))


def _for_actor(returned: list[tuple[PageState, HandedOver]], actor: Actor) -> list[tuple[PageState, HandedOver]]:
    """Return what the actor marked, and what nobody is left to change who marked it: `marked_by` is None then."""
    accounts = {handover.marked_by for _page, handover in returned if handover.marked_by is not None}
    others = {handover.language for _page, handover in returned if handover.marked_by not in (None, actor.account)}
    writers = {code: find_writers(code, accounts) for code in others}
    known = [
        (
            page,
            handover if handover.marked_by in writers.get(handover.language, accounts) else _without_account(handover),
        )
        for page, handover in returned
    ]
    return [(page, handover) for page, handover in known if handover.marked_by in (None, actor.account)]


def _without_account(handover: HandedOver) -> HandedOver:
    return handover._replace(marked_by=None)


def _behind(pages: list[PageState], own: list[str]) -> TaskList:
    """Return the translations that have to follow a newer source text, unless they wait for a publisher.

    Those behind come before those with minor differences, the oldest first; then those whose source text is announced,
    or is a draft.
    """
    behind = [
        (page, page.languages[code])
        for page in pages
        for code in own
        if page.languages[code].has_newer_source and not _waits_for_publisher(page, code)
    ]
    # Keys increase in the order in which versions were recorded.
    behind.sort(key=lambda item: (item[1].status != LanguageStatus.BEHIND, item[1].behind_since))
    shown = behind[:MAX_SHOWN]
    versions = Version.objects.in_bulk([state.behind_since for _page, state in shown])
    tasks = [
        _task(page, state.language, state=state, since=versions[state.behind_since].effective_at)
        for page, state in shown
    ]
    listed = {(page.key, state.language) for page, state in behind}
    upcoming = [
        (page, new_source)
        for page in pages
        for new_source in page.new_sources
        if new_source.language in own and (page.key, new_source.language) not in listed
    ]
    upcoming.sort(key=lambda item: (item[1].version is None, item[1].version or (), item[0].path))
    free = MAX_SHOWN - len(tasks)
    tasks += [_task(page, new_source.language, new_source=new_source) for page, new_source in upcoming[:free]]
    language = {"language": own[0]} if len(own) == 1 else {}
    return TaskList(tasks, len(behind) + len(upcoming), _page_list_url(status=HAS_NEWER_SOURCE, **language))


def _waits_for_publisher(page: PageState, language: str) -> bool:
    return language in page.handovers and page.handovers[language].waits_for_publisher


def _missing(pages: list[PageState], own: list[str]) -> list[tuple[str, int, str]]:
    """Return the code of each language that is missing somewhere, in how many pages, and the URL of their list."""
    counts = {code: sum(page.languages[code].status == LanguageStatus.MISSING for page in pages) for code in own}
    return [
        (code, count, _page_list_url(status=LanguageStatus.MISSING, language=code))
        for code, count in counts.items()
        if count
    ]


def _drafts(pages: list[PageState], own: list[str]) -> TaskList:
    """Return the pages with unpublished drafts: those in the user's languages first, and the newest first."""
    with_drafts = [page for page in pages if page.drafts]

    def newest(page: PageState) -> int:
        return max(draft.revision for draft in page.drafts)

    with_drafts.sort(key=lambda page: (not any(draft.language in own for draft in page.drafts), -newest(page)))
    shown = with_drafts[:MAX_SHOWN]
    revisions = Revision.objects.only("author", "created_at").in_bulk(map(newest, shown))
    tasks = []
    for page in shown:
        languages = [draft.language for draft in page.drafts]
        # The link selects the tab of a language that the user may edit, if there is one.
        selected = next((code for code in languages if code in own), languages[0])
        tasks.append(_task(page, selected, languages=languages, newest=revisions[newest(page)]))
    return TaskList(tasks, len(with_drafts), _page_list_url(attention="draft"))


def _upcoming(pages: list[PageState]) -> TaskList:
    """Return the upcoming versions, the next one first."""
    upcoming = [(version, page) for page in pages for version in page.upcoming]
    upcoming.sort(key=lambda item: item[0].effective_at)
    tasks = [
        Task(page, reverse("admin:pages_page_history", args=[page.key]), {"version": version})
        for version, page in upcoming[:MAX_SHOWN]
    ]
    return TaskList(tasks, len(upcoming), _page_list_url(attention="upcoming"))


def _review(pages: list[PageState], at: datetime, *, can_review: bool) -> TaskList:
    """Return the pages to review, the most urgent first."""
    due = sorted((page for page in pages if page.is_due_for_review(at)), key=lambda page: page.review_by)
    today = timezone.localdate(at)
    shown = due[:MAX_SHOWN]
    rows = Page.objects.only("review_months").in_bulk([page.key for page in shown if can_review and page.version])
    tasks = [_task(page, is_overdue=page.review_by <= today, **_review_links(rows.get(page.key), at)) for page in shown]
    return TaskList(tasks, len(due), _page_list_url(attention="review"))


def _review_links(page: Page | None, at: datetime) -> dict[str, object]:
    """Return where to record a review, and, if the page has a review period, what one click there sends."""
    if page is None:
        return {}
    url, due = reverse("admin:pages_page_review", args=[page.pk]), next_review(page, at)
    one_click = {"url": url, "record": last_record_number(page), "next": due} if due else None
    return {"review_url": url, "review": one_click}


def _withdrawn(pages: list[PageState]) -> TaskList:
    """Return the withdrawn pages, the most recently withdrawn first."""
    withdrawn = sorted((page for page in pages if page.is_withdrawn), key=lambda page: page.withdrawn_at, reverse=True)
    tasks = [_task(page) for page in withdrawn[:MAX_SHOWN]]
    return TaskList(tasks, len(withdrawn), _page_list_url(attention="withdrawn"))
