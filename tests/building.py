"""Pages, texts and versions for tests, built through the verbs as an editor would."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from pages.models import Page, Revision, Version, immutability
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.version_plan import SAME_BASIS, THIS_VERSION, TextToPublish
from pages.publishing.versions import publish
from pages.text.source import Fields

EDITOR = system_actor("Ann")


def make_page(slug: str = "privacy-policy", *, parent: Page | None = None, source_language: str = "en") -> Page:
    """Make an empty page."""
    return create_page(slug=slug, parent=parent, source_language=source_language, by=EDITOR)


def make_fields(body: str, title: str = "Privacy policy") -> Fields:
    """Return a text with a body; an empty body makes it empty."""
    return Fields(title=title if body else "", body=body)


def save_bodies(page: Page, now: datetime, **bodies: str) -> dict[str, Revision]:
    """Save the working copy in the languages that are named."""
    return save_draft(page, {language: make_fields(body) for language, body in bodies.items()}, by=EDITOR, now=now)


def draft_revision(page: Page, language: str) -> Revision:
    """Return the revision that editors work on."""
    return page.revisions.drafts().get(language=language)


def texts_to_publish(
    page: Page, languages: Iterable[str], *, significance: str | None = "major", confirmed: Iterable[str] = ()
) -> dict[str, TextToPublish]:
    """Choose the working copy of languages to go out; confirmed ones reflect the version that is being made."""
    return {
        language: TextToPublish(
            draft_revision(page, language), significance, THIS_VERSION if language in confirmed else SAME_BASIS
        )
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
    save_bodies(page, now, **bodies)
    choices = texts_to_publish(page, bodies, significance=significance, confirmed=confirmed)
    notes = dict.fromkeys(bodies, note)
    return publish(page, choices, by=EDITOR, now=now, **{"notes": notes, **options})


def texts_by_language(version: Version) -> dict:
    """Return what a version says, by language."""
    return {row.language: row for row in version.texts.select_related("revision")}


@contextmanager
def without_triggers() -> Iterator[None]:
    """Lift the guards, and put everything back in the end: what was broken here must not meet other checks."""
    with transaction.atomic(), connection.cursor() as cursor:
        # PostgreSQL drops no trigger while it still has to look at foreign keys.
        connection.check_constraints()
        for statement in immutability.drop_trigger_statements("default"):
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)
