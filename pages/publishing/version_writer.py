"""Writing a version down: its row, its texts and its record. The verbs above have checked the rules."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pages.history.hash_chain import BaseVersion
from pages.history.translation_basis import status_with_basis
from pages.models import Page, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.publishing.actors import Actor
from pages.publishing.records import append_record
from pages.publishing.version_plan import TextToPublish, VersionPlan, plan_texts


def base_version(page: Page, at: datetime, *, below: int | None = None) -> Version | None:
    """Return what a new version is measured against: the highest-numbered version that is not cancelled.

    Below a number, it is what the version of that number was measured against.
    """
    standing = page.versions.not_cancelled(at)
    return (standing if below is None else standing.filter(number__lt=below)).order_by("-number").first()


def version_texts(version: Version | None) -> dict[str, VersionText]:
    """Return a version's texts by language, their revisions at hand."""
    return {text.language: text for text in version.texts.select_related("revision")} if version else {}


def write_version(
    page: Page,
    choices: Mapping[str, TextToPublish],
    *,
    by: Actor,
    now: datetime,
    notes: Mapping[str, str],
    published_at: datetime,
    effective_at: datetime,
    binding_language: str | None = None,
    removed: Iterable[str] = (),
) -> Version:
    """Write the next version, its texts and its record. The caller holds the page's lock and has checked the rules."""
    base = base_version(page, published_at)
    last = page.versions.order_by("-number").values_list("number", flat=True).first() or 0
    plan = VersionPlan(
        last + 1, effective_at, page.source_language, version_texts(base), notes, text_bases(page, base, published_at)
    )
    texts = plan_texts(plan, choices, frozenset(removed))
    version = Version.objects.create(
        page=page,
        number=plan.number,
        published_at=published_at,
        effective_at=effective_at,
        binding_language=binding_language,
    )
    for text in texts.values():
        text.version = version
    VersionText.objects.bulk_create(texts.values())
    said = {"texts": list(texts.values()), "base": base and BaseVersion(base.number, plan.base)}
    append_record(RecordKind.PUBLISH, page=page, version=version, at=published_at, now=now, by=by, **said)
    return version


def text_bases(page: Page, base: Version | None, at: datetime) -> dict[str, int | None]:
    """Return the version whose source each text of the base reflects, confirmations counted."""
    texts = version_texts(base)
    return {
        language: status_with_basis(page, base, text, texts, at)[1] or text.based_on for language, text in texts.items()
    }
