"""What is stored of pages, read for many at once, and carried on in memory while a batch is being written."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Max, Q

from pages.models import Page, PublicationRecord, Revision, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.models.version_text import Significance
from pages.publishing.actors import Actor
from pages.text import source

# Commands that publish what lies in files: what they published is no work that was done here.
FILE_COMMANDS = frozenset({"import_hugo", "loadstarter"})


@dataclass
class StoredPage:
    """A page as the next version will be measured against it."""

    page: Page
    base: dict[str, VersionText] = field(default_factory=dict)
    base_number: int = 0
    last_number: int = 0
    # The number of the version since which the source language's text is as it is.
    source_since: int = 0
    last_published: datetime | None = None
    # The moment of the page's last record: no event of the page lies before it.
    last_at: datetime | None = None
    # The digest of each language's newest text that came from a file.
    imported_digests: dict[str, str] = field(default_factory=dict)
    is_edited_here: bool = False
    is_withdrawn: bool = False
    # The bodies of the base's texts, as far as they have been asked for.
    bodies: dict[str, str] = field(default_factory=dict)

    def moment(self, at: datetime) -> datetime:
        """Return the moment of an event: never before the page's last one."""
        return max(at, self.last_at or at)

    def body(self, language: str) -> str:
        """Return the body of the base's text in a language."""
        if language not in self.bodies:
            self.bodies[language] = source.extract_body(bytes(self.base[language].revision.source))
        return self.bodies[language]

    @property
    def has_texts(self) -> bool:
        """Tell whether anything was ever written for the page."""
        return bool(self.last_number or self.imported_digests or self.is_edited_here)

    @property
    def is_public(self) -> bool:
        """Tell whether readers can open the page."""
        return bool(self.base) and not self.is_withdrawn


def read_states(pages: Collection[Page], at: datetime, by: Actor) -> dict[int, StoredPage]:
    """Return the state of each page by its key. The queries do not grow with the pages."""
    states = {page.pk: StoredPage(page) for page in pages}
    _read_versions(states, at)
    _read_records(states, by)
    _read_revisions(states)
    for page in Version.objects.filter(page__in=states).upcoming(at).values_list("page", flat=True):
        states[page].is_edited_here = True
    for page in Page.objects.withdrawn(at).filter(pk__in=states).values_list("pk", flat=True):
        states[page].is_withdrawn = True
    return states


def _read_versions(states: Mapping[int, StoredPage], at: datetime) -> None:
    versions = Version.objects.filter(page__in=states)
    highest = versions.order_by().values_list("page").annotate(Max("number"), Max("published_at"))
    for page, number, published in highest:
        states[page].last_number, states[page].last_published = number, published
    changes = VersionText.objects.filter(version__in=versions, language=F("version__page__source_language"))
    changes = changes.exclude(significance=Significance.UNCHANGED).order_by()
    for page, number in changes.values_list("version__page").annotate(Max("version__number")):
        states[page].source_since = number
    standing = versions.not_cancelled(at).order_by("page_id", "-number").values_list("page_id", "pk")
    base: dict[int, int] = {}
    for page, version in standing:
        base.setdefault(page, version)
    texts = VersionText.objects.filter(version__in=base.values()).select_related("revision", "version")
    for text in texts.defer("revision__source"):
        states[text.version.page_id].base[text.language] = text
        states[text.version.page_id].base_number = text.version.number


def _read_records(states: Mapping[int, StoredPage], by: Actor) -> None:
    records = PublicationRecord.objects.filter(page__in=states).order_by()
    for page, moment in records.values_list("page").annotate(Max("at")):
        states[page].last_at = moment
    standing = {text.version_id for state in states.values() for text in state.base.values()}
    says_what_readers_see = Q(kind=RecordKind.PUBLISH, version__in=standing) | Q(
        kind__in=(RecordKind.WITHDRAW, RecordKind.BRING_BACK)
    )
    seen = records.filter(says_what_readers_see)
    newest = seen.values("page").annotate(newest=Max("number")).values("newest")
    for page, actor_name, commit in records.filter(number__in=newest).values_list("page", "actor_name", "commit"):
        states[page].is_edited_here |= commit is None and actor_name not in {by.name, *FILE_COMMANDS}


def _read_revisions(states: Mapping[int, StoredPage]) -> None:
    revisions = Revision.objects.filter(page__in=states).order_by()
    for page in revisions.drafts().filter(file_name="").values_list("page", flat=True):
        states[page].is_edited_here = True
    for state in states.values():
        state.is_edited_here |= any(not text.revision.file_name for text in state.base.values())
    newest = revisions.exclude(file_name="").values("page", "language").annotate(newest=Max("pk")).values("newest")
    for page, language, digest in revisions.filter(pk__in=newest).values_list("page", "language", "digest"):
        states[page].imported_digests[language] = digest


def without_sources(texts: Iterable[VersionText]) -> None:
    """Let go of the bytes of texts that have been written; they are read again where they are needed."""
    for text in texts:
        text.revision.__dict__.pop("source", None)
