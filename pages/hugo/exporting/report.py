"""What an export wrote, what it left here because readers cannot see it, and what it could not write."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from pages.models import Page, Revision, Version, VersionText


@dataclass
class ExportReport:
    """Counts, and each thing that could not be written."""

    drafts: int = 0
    upcoming: int = 0
    withdrawn: int = 0
    never_in_force: int = 0
    texts: int = 0
    pictures: int = 0
    commits: int | None = None
    existing_commits: int = 0
    remarks: Counter[str] = field(default_factory=Counter)
    not_written: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Tell whether all that readers can see was written."""
        return not self.not_written

    def lines(self) -> Iterator[str]:
        """Yield the lines of a summary."""
        if self.commits is not None:
            yield f"Commits written: {self.commits}. Commits that were there already: {self.existing_commits}."
        yield f"Texts written: {self.texts}. Pictures written: {self.pictures}."
        yield (
            f"Not exported: {self.drafts} draft(s), {self.upcoming} upcoming version(s), "
            f"{self.withdrawn} withdrawn page(s), {self.never_in_force} version(s) that never came into force."
        )
        for words, counted in (("Note", self.remarks), ("Not written", self.not_written)):
            yield from (
                f"{words}: {one}" + (f" ({count} times)" if count > 1 else "") for one, count in counted.items()
            )


def new_report(moment: datetime) -> ExportReport:
    """Return a report that counts what nobody may see yet, or any more."""
    published = VersionText.objects.filter(revision=OuterRef("pk"))
    drafts = Revision.objects.working().filter(~Exists(published)).exclude(source=b"")
    upcoming = Version.objects.upcoming(moment).count()
    waiting = Version.objects.published(moment).exclude(pk__in=Version.objects.came_into_force(moment).values("pk"))
    return ExportReport(
        drafts=drafts.count(),
        upcoming=upcoming,
        withdrawn=Page.objects.withdrawn(moment).count(),
        never_in_force=waiting.count() - upcoming,
    )
