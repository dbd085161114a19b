"""Taking texts in from outside: published as they are, but never over newer work that was done here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import transaction

from pages.models import Page, Revision, Version
from pages.models.rights import PUBLISH, change_text, publish_text
from pages.models.version_text import Significance
from pages.publishing.actors import Actor
from pages.publishing.drafts import add_revision, set_working_text
from pages.publishing.issuing import issue, standing_base, texts_of
from pages.publishing.records import moment_of_verb
from pages.publishing.version_plan import THIS, Choice, is_changed
from pages.text import source
from pages.text.source import Fields


@dataclass(frozen=True)
class IncomingText:
    """One language's text as it comes from a file; `moment` is when it says that it last changed."""

    content: bytes
    fields: Fields
    file_name: str
    moment: datetime | None = None
    is_draft: bool = False
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of a page's texts: new versions, and languages that were kept as drafts only."""

    versions: tuple[Version, ...] = ()
    drafts: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()


@transaction.atomic
def take_in(
    page: Page, texts: Mapping[str, IncomingText], *, by: Actor, now: datetime, notes: Mapping[str, str] | None = None
) -> Taken:
    """Publish a page's texts where they changed since they were last taken in; texts with different moments become
    successive versions in that order.

    Where the page was edited here since, they become revisions beside the working copy instead, and nothing is
    published.
    """
    by.insist_on(PUBLISH, *map(change_text, texts), *map(publish_text, texts))
    page = Page.objects.select_for_update().get(pk=page.pk)
    base = texts_of(standing_base(page, moment_of_verb(page, now)))
    changed = {name: text for name, text in texts.items() if _differs_from_last(page, name, text, base.get(name))}
    if changed and _was_edited_here(page, base, now):
        for name, text in changed.items():
            _keep(page, name, text, by=by, now=now, set_aside=True)
        return Taken(set_aside=tuple(changed))
    revisions = {name: _keep(page, name, text, by=by, now=now) for name, text in changed.items()}
    drafts = tuple(name for name, text in changed.items() if text.is_draft)
    choices = {
        name: Choice(revisions[name], Significance.MAJOR, THIS, text.pictures)
        for name, text in changed.items()
        if not text.is_draft
    }
    versions = []
    for moment, names in _in_order_of_moments(page, {name: changed[name].moment for name in choices}, now):
        group = {name: choices[name] for name in names}
        moment_now = moment_of_verb(page, moment)
        versions.append(
            issue(page, group, by=by, now=now, notes=notes or {}, published_at=moment_now, effective_at=moment_now)
        )
    return Taken(tuple(versions), drafts)


def _differs_from_last(page: Page, language: str, text: IncomingText, base) -> bool:
    last = _last_taken_in(page, language)
    if last is None or last.digest != source.digest(text.content):
        return True
    # The same bytes can show another picture, if its file was replaced.
    is_in_base = base is not None and base.revision_id == last.pk
    return is_in_base and is_changed(base, Choice(last, pictures=text.pictures))


def _last_taken_in(page: Page, language: str) -> Revision | None:
    return page.revisions.filter(language=language).exclude(file_name="").order_by("-pk").first()


def _was_edited_here(page: Page, base: Mapping, now: datetime) -> bool:
    """Tell whether the page's newest texts, drafts or published, were made here; so was an announcement that waits."""
    heads = page.revisions.working()
    made_here = heads.filter(file_name="").exists() or any(not text.revision.file_name for text in base.values())
    return made_here or page.versions.upcoming(moment_of_verb(page, now)).exists()


def _keep(
    page: Page, language: str, text: IncomingText, *, by: Actor, now: datetime, set_aside: bool = False
) -> Revision:
    if set_aside:
        return add_revision(
            page, language, text.content, text.fields, by=by, now=now, file_name=text.file_name, set_aside=True
        )
    return set_working_text(page, language, text.content, text.fields, by=by, now=now, file_name=text.file_name)


def _in_order_of_moments(
    page: Page, moments: Mapping[str, datetime | None], now: datetime
) -> Iterator[tuple[datetime, list[str]]]:
    """Group languages by the moment that they are published at: never in the future, and after the page's last."""
    last = page.versions.order_by("-number").values_list("published_at", flat=True).first()
    known = {name: min(moment or now, now) for name, moment in moments.items()}
    if last is not None:
        known = {name: now if moment <= last else moment for name, moment in known.items()}
    ordered = sorted(known, key=lambda name: (known[name], name))
    for moment, names in groupby(ordered, key=lambda name: known[name]):
        yield moment, list(names)
