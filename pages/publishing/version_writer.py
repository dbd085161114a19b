"""The next version of a page, planned from its stored versions."""

from datetime import datetime

from pages.history.translation_status import assess_version
from pages.models import Page, Version, VersionText
from pages.models.publication_record import END_OF_TIME
from pages.publishing.actors import Actor
from pages.publishing.version_plan import NewVersion, VersionPlan, plan_texts
from pages.publishing.writer import writing


def base_version(page: Page) -> Version | None:
    """Return the version that a new one is compared with: the highest number that is not cancelled."""
    return page.versions.not_cancelled(END_OF_TIME).order_by("-number").first()


def version_before(version: Version) -> Version | None:
    """Return the version that another one was compared with."""
    versions = version.page.versions.not_cancelled(version.published_at)
    return versions.filter(number__lt=version.number).order_by("-number").first()


def version_texts(version: Version | None) -> dict[str, VersionText]:
    """Return the texts of a version with their revisions, by language; {} without a version."""
    return {text.language: text for text in version.texts.select_related("revision__blob", "note")} if version else {}


def write_version(
    page: Page, new: NewVersion, *, published_at: datetime, effective_at: datetime, by: Actor, now: datetime
) -> Version:
    """Write the next version, its texts and its record. The caller has locked the page and checked the rules."""
    base = base_version(page)
    last = page.versions.order_by("-number").values_list("number", flat=True).first() or 0
    texts = version_texts(base)
    # With later confirmations.
    assessments = assess_version(base, texts, published_at) if base else {}
    reflected = {language: assessment.reflects for language, assessment in assessments.items()}
    base_number = base.number if base else 0
    plan = VersionPlan(last + 1, effective_at, page.source_language, texts, base_number, new.notes, reflected)
    rows = plan_texts(plan, new.texts, new.removed)
    with writing(by, now) as writer:
        return writer.add_version(page, plan, rows, published_at=published_at, binding_language=new.binding_language)
