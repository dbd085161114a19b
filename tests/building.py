"""Pages, texts and versions for tests, built by the same operations that editors use."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection, transaction

from pages.models import Blob, Page, PublicationRecord, Revision, Version, immutability
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor, system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_tree import create_page
from pages.publishing.records import append_record
from pages.publishing.version_plan import SAME_BASIS, THIS_VERSION, TextToPublish
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from pages.text import source
from pages.text.fields import Fields

EDITOR = system_actor("Ann")
# Two tables with 65,000 cells each, more than a new text may have.
HEAVY_BODY = ("|" * 257 + "\n" + "|-" * 256 + "|\n" + "|\n" * 256 + "\n") * 2
HEAVY_BODY_ERROR = (
    r"The Markdown of this text takes too long to render: the limit is reached in line \d+\. Simplify the text, or "
    r"split it into several pages\."
)
FAR = datetime.max.replace(tzinfo=UTC)


def make_page(slug: str = "privacy-policy", *, parent: Page | None = None, source_language: str = "en") -> Page:
    """Create a page; an empty slug makes it the home page."""
    return create_page(slug=slug, parent=parent, source_language=source_language, by=EDITOR, is_home=not slug)


def make_fields(body: str, title: str = "Privacy policy") -> Fields:
    """Return the fields of a text; with an empty body the text is blank."""
    return Fields(title=title if body else "", body=body)


def save_bodies(page: Page, now: datetime, **bodies: str) -> dict[str, Revision]:
    """Save the draft in the given languages: `en="Body."`."""
    return save_draft(page, {language: make_fields(body) for language, body in bodies.items()}, by=EDITOR, now=now)


def add_revision(
    page: Page, language: str, content: bytes, fields: Fields, *, by: Actor, now: datetime, **options
) -> Revision:
    """Store exact bytes as a revision, with the options of `Writer.add_revision`."""
    with writing(by, now) as writer:
        fields = source.resolve_fields(content, fields)
        return writer.add_revision(page, language, Blob.of(content), fields, **options)


def draft_revision(page: Page, language: str) -> Revision:
    return page.revisions.drafts().get(language=language)


def texts_to_publish(
    page: Page, languages: Iterable[str], *, significance: str | None = "major", confirmed: Iterable[str] = ()
) -> dict[str, TextToPublish]:
    """Return the drafts of languages as texts to publish; confirmed ones reflect the source of the new version."""
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
    """Save and publish bodies by language, with the same change note in each."""
    save_bodies(page, now, **bodies)
    texts = texts_to_publish(page, bodies, significance=significance, confirmed=confirmed)
    notes = dict.fromkeys(bodies, note)
    return publish(page, texts, by=EDITOR, now=now, **{"notes": notes, **options})


def texts_by_language(version: Version, at: datetime = FAR) -> dict:
    """Return the texts of a version with the corrections up to a time."""
    texts = version.texts.with_counted_significance(at).with_modified_at(at)
    return {row.language: row for row in texts.select_related("revision")}


def correct_significance(version: Version, language: str, significance: str, now: datetime) -> PublicationRecord:
    return append_record(
        RecordKind.CORRECT,
        page=version.page,
        version=version,
        at=now,
        now=now,
        by=EDITOR,
        language=language,
        significance=significance,
    )


@contextmanager
def without_triggers() -> Iterator[None]:
    """Drop the triggers of insert-only tables, and roll back at the end: broken rows must not be committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        # PostgreSQL refuses to drop a trigger while the table has pending foreign key checks.
        connection.check_constraints()
        for statement in immutability.drop_trigger_statements("default"):
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)
