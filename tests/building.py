"""Pages, texts and versions for tests, built through the verbs as an editor would."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from pages.models import Page, Revision, Version, immutability
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.version_plan import KEPT, THIS, Choice
from pages.publishing.versions import publish
from pages.text.source import Fields

EDITOR = system_actor("Ann")


def make_page(slug: str = "privacy-policy", *, parent: Page | None = None, source_language: str = "en") -> Page:
    """Make an empty page."""
    return create_page(slug=slug, parent=parent, source_language=source_language, by=EDITOR)


def text(body: str, title: str = "Privacy policy") -> Fields:
    """Return a text with a body; an empty body makes it empty."""
    return Fields(title=title if body else "", body=body)


def save(page: Page, now: datetime, **bodies: str) -> dict[str, Revision]:
    """Save the working copy in the languages that are named."""
    return save_draft(page, {language: text(body) for language, body in bodies.items()}, by=EDITOR, now=now)


def working(page: Page, language: str) -> Revision:
    """Return the revision that editors work on."""
    return page.revisions.working().get(language=language)


def choose(
    page: Page, languages: Iterable[str], *, significance: str | None = "major", confirmed: Iterable[str] = ()
) -> dict[str, Choice]:
    """Choose the working copy of languages to go out; confirmed ones reflect the version that is being made."""
    return {
        language: Choice(working(page, language), significance, THIS if language in confirmed else KEPT)
        for language in languages
    }


def publish_bodies(
    page: Page,
    bodies: Mapping[str, str],
    now: datetime,
    *,
    significance: str | None = "major",
    confirmed: Iterable[str] = (),
    note: str = "What changed.",
    **options,
) -> Version:
    """Save bodies by language and publish them, with the same change note in each."""
    save(page, now, **bodies)
    choices = choose(page, bodies, significance=significance, confirmed=confirmed)
    notes = dict.fromkeys(bodies, note)
    return publish(page, choices, by=EDITOR, now=now, **{"notes": notes, **options})


def texts(version: Version) -> dict:
    """Return what a version says, by language."""
    return {row.language: row for row in version.texts.select_related("revision")}


@contextmanager
def lifted_guards() -> Iterator[None]:
    """Lift the guards, and put everything back in the end: what was broken here must not meet other checks."""
    with transaction.atomic(), connection.cursor() as cursor:
        # PostgreSQL drops no trigger while it still has to look at foreign keys.
        connection.check_constraints()
        for statement in immutability.lift_guards("default"):
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)
