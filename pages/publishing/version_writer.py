"""The next version of a page, planned from its stored versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pages.history.page_versions import newest_version
from pages.history.translation_status import assess_version
from pages.models import Page, PublicationRecord, Version, VersionText
from pages.models.compiled_query import CompiledQuery
from pages.models.publication_record import END_OF_TIME
from pages.publishing.actors import Actor
from pages.publishing.version_plan import NewVersion, VersionPlan, needs_reflected, plan_texts
from pages.publishing.writer import writing


@dataclass(frozen=True)
class Base:
    """The version that a new one is compared with, if there is one, its texts, and the number of the newest version."""

    version: Version | None = None
    texts: Mapping[str, VersionText] = field(default_factory=dict)
    last_number: int = 0


_cancellations = CompiledQuery(
    lambda version: PublicationRecord.objects.cancellations(END_OF_TIME).filter(version=version).values_list("number")
)


def read_base(page: Page, known: Base | None = None) -> Base:
    """Return the base of the next version. The texts of a known base, which never change, are not read again."""
    newest = page.versions.order_by("-number").first()
    if newest is None:
        return Base()
    version = base_version(page) if _cancellations.rows(newest.pk) else newest
    is_known = known is not None and known.version == version
    return Base(version, known.texts if known and is_known else version_texts(version), newest.number)


def base_version(page: Page) -> Version | None:
    """Return the version that a new one is compared with: the highest number that is not cancelled."""
    return newest_version(page)


def version_before(version: Version) -> Version | None:
    """Return the version that another one was compared with."""
    versions = version.page.versions.not_cancelled(version.published_at)
    return versions.filter(number__lt=version.number).order_by("-number").first()


def version_texts(version: Version | None) -> dict[str, VersionText]:
    """Return the texts of a version with their revisions, by language; {} without a version."""
    return {text.language: text for text in version.texts.select_related("revision__blob", "note")} if version else {}


def write_version(
    page: Page, new: NewVersion, base: Base, *, published_at: datetime, effective_at: datetime, by: Actor, now: datetime
) -> Version:
    """Write the next version, its texts and its record. The caller has locked the page and checked the rules."""
    reflected: dict[str, int | None] = {}
    if base.version and needs_reflected(page, base.texts, new.texts):
        # With later confirmations.
        assessments = assess_version(base.version, base.texts, published_at)
        reflected = {language: assessment.reflects for language, assessment in assessments.items()}
    plan = VersionPlan(
        base.last_number + 1,
        effective_at,
        page.source_language,
        base.texts,
        base.version.number if base.version else 0,
        new.notes,
        reflected,
    )
    rows = plan_texts(plan, new.texts, new.removed)
    with writing(by, now) as writer:
        return writer.add_version(page, plan, rows, published_at=published_at, binding_language=new.binding_language)
