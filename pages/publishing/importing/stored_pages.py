"""The stored state of pages, read for many pages at once and updated in memory while a batch is being written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, F, Max, OuterRef, Q

from pages.models import Page, PublicationRecord, Revision, Version, VersionText
from pages.models.blob import decode_text
from pages.models.publication_record import RecordKind
from pages.models.significance import Significance
from pages.publishing.actors import Actor
from pages.publishing.records import event_time
from pages.text import source

# Commands that publish files, as the log names their actors. Their versions do not count as edited on this site.
FILE_COMMANDS = frozenset({"import_hugo", "loadstarter"})


@dataclass
class StoredPage:
    """A page with everything that its next version depends on."""

    page: Page
    # The texts of the version that the next one is compared with.
    base: dict[str, VersionText] = field(default_factory=dict)
    base_number: int = 0
    last_number: int = 0
    # The number of the version in which the source text last changed.
    source_since: int = 0
    last_published: datetime | None = None
    # The time of the page's last record.
    last_at: datetime | None = None
    # The digest of the newest imported text of each language.
    imported_digests: dict[str, str] = field(default_factory=dict)
    # The digest of the draft in each language whose draft this import has replaced.
    new_heads: dict[str, str] = field(default_factory=dict)
    # When the newest imported text was stored.
    imported_at: dict[str, datetime] = field(default_factory=dict)
    # The languages of which that text was never published.
    never_published: set[str] = field(default_factory=set)
    # Whether the draft, the version in force or an announcement was made on this site rather than imported.
    is_edited_here: bool = False
    is_withdrawn: bool = False
    # The bodies of the base's texts that were read so far, by language.
    bodies: dict[str, str] = field(default_factory=dict)

    def event_time(self, at: datetime, now: datetime) -> datetime:
        """Return the time of an event: the given one, but not in the future, and as `records.event_time` says."""
        return event_time(min(at, now), self.last_at, now)

    def body(self, language: str) -> str:
        """Return the body of the base's text in a language."""
        if language not in self.bodies:
            self.bodies[language] = source.extract_body(self.base[language].revision.source)
        return self.bodies[language]

    def has_imported(self, language: str, digest: str) -> bool:
        """Tell whether a text is the one in a language that was imported last."""
        return self.imported_digests.get(language) == digest

    def shows(self, language: str) -> bool:
        """Tell whether readers see a text in a language."""
        return self.is_public and language in self.base

    @property
    def has_texts(self) -> bool:
        """Tell whether the page ever had a text. A page that never had one is a section."""
        return bool(self.last_number or self.imported_digests or self.is_edited_here)

    @property
    def is_public(self) -> bool:
        return bool(self.base) and not self.is_withdrawn


def read_stored_pages(pages: Collection[Page], at: datetime, by: Actor) -> dict[int, StoredPage]:
    """Return the state of each page by key. The number of queries does not depend on the number of pages."""
    stored = {page.pk: StoredPage(page) for page in pages}
    _read_versions(stored, at)
    _read_records(stored, by)
    _read_revisions(stored)
    for page in Version.objects.filter(page__in=stored).upcoming(at).values_list("page", flat=True):
        stored[page].is_edited_here = True
    for page in Page.objects.withdrawn(at).filter(pk__in=stored).values_list("pk", flat=True):
        stored[page].is_withdrawn = True
    return stored


def _read_versions(stored: Mapping[int, StoredPage], at: datetime) -> None:
    versions = Version.objects.filter(page__in=stored)
    # A version that a clock stamped ahead says nothing about dates.
    published = Max("published_at", filter=Q(published_at__lte=at))
    newest = versions.order_by().values("page").annotate(last_number=Max("number"), last_published=published)
    for page, number, published in newest.values_list("page", "last_number", "last_published"):
        stored[page].last_number, stored[page].last_published = number, published
    source_texts = VersionText.objects.filter(version__in=versions, language=F("version__page__source_language"))
    changes = source_texts.exclude(significance=Significance.UNCHANGED).order_by()
    for page, number in changes.values_list("version__page").annotate(Max("version__number")):
        stored[page].source_since = number
    base: dict[int, int] = {}
    for page, version in versions.not_cancelled(at).order_by("page_id", "-number").values_list("page_id", "pk"):
        base.setdefault(page, version)
    texts = VersionText.objects.filter(version__in=base.values()).select_related("revision", "version")
    for text in texts:
        stored[text.version.page_id].base[text.language] = text
        stored[text.version.page_id].base_number = text.version.number


def _read_records(stored: Mapping[int, StoredPage], by: Actor) -> None:
    records = PublicationRecord.objects.filter(page__in=stored).order_by()
    last = records.values("page").annotate(last=Max("number")).values("last")
    for page, last_at in records.filter(number__in=last).values_list("page", "at"):
        stored[page].last_at = last_at
    # The newest event that decides what readers see. If no commit and no command made it, somebody on this site did.
    base = {text.version_id for state in stored.values() for text in state.base.values()}
    withdrawals = Q(kind__in=(RecordKind.WITHDRAW, RecordKind.BRING_BACK))
    decisive = records.filter(Q(kind=RecordKind.PUBLISH, version__in=base) | withdrawals)
    newest = decisive.values("page").annotate(newest=Max("number")).values("newest")
    columns = ("page", "actor__content", "commit")
    for page, actor_name, commit in records.filter(number__in=newest).values_list(*columns):
        stored[page].is_edited_here |= commit is None and decode_text(actor_name) not in {by.name, *FILE_COMMANDS}


def _read_revisions(stored: Mapping[int, StoredPage]) -> None:
    revisions = Revision.objects.filter(page__in=stored).order_by()
    # Only imported revisions have a file name.
    for page in revisions.drafts().filter(file_name="").values_list("page", flat=True):
        stored[page].is_edited_here = True
    for state in stored.values():
        state.is_edited_here |= any(not text.revision.file_name for text in state.base.values())
    newest = revisions.exclude(file_name="").values("page", "language").annotate(newest=Max("pk")).values("newest")
    texts = VersionText.objects.filter(
        version__page=OuterRef("page"), language=OuterRef("language"), revision__blob=OuterRef("blob")
    )
    imported = revisions.filter(pk__in=newest).annotate(is_published=Exists(texts))
    columns = ("page", "language", "blob", "created_at", "is_published")
    for page, language, digest, created_at, is_published in imported.values_list(*columns):
        stored[page].imported_digests[language], stored[page].imported_at[language] = digest, created_at
        if not is_published:
            stored[page].never_published.add(language)
