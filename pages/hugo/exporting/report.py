"""The report of an export."""

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef

from pages.hugo.exporting.site_files import FileReference
from pages.models import Page, Revision, Version, VersionText
from pages.models.revision import EMPTY_DIGEST


@dataclass
class ExportReport:
    """Counts of what was written and what is not public, and the files that could not be written."""

    drafts: int = 0
    upcoming: int = 0
    withdrawn: int = 0
    never_in_force: int = 0
    texts: int = 0
    pictures: int = 0
    is_history: bool = False
    commits: int = 0
    existing_commits: int = 0
    remarks: Counter[str] = field(default_factory=Counter)
    not_written: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Tell whether everything that readers can see was written."""
        return not self.not_written

    def count_file(self, path: str, file: FileReference | None, contents: Container[FileReference]) -> bool:
        """Count a file to write. Return False, and report it, if it is a picture whose content is not stored."""
        if isinstance(file, str) and file not in contents:
            self.not_written[f"{path}: the picture {file} is not stored."] += 1
            return False
        self.texts += isinstance(file, int)
        self.pictures += isinstance(file, str)
        return True

    def lines(self) -> Iterator[str]:
        if self.is_history:
            yield f"Commits written: {self.commits}. Commits that existed already: {self.existing_commits}."
        yield f"Texts written: {self.texts}. Pictures written: {self.pictures}."
        yield (
            f"Not exported: {self.drafts} draft(s), {self.upcoming} upcoming version(s), "
            f"{self.withdrawn} withdrawn page(s), {self.never_in_force} version(s) that never came into force."
        )
        for label, counted in (("Note", self.remarks), ("Not written", self.not_written)):
            for message, count in counted.items():
                yield f"{label}: {message}" + (f" ({count} times)" if count > 1 else "")


def new_report(at: datetime, *, is_history: bool = False) -> ExportReport:
    """Return a report with the counts of what is not public at a time."""
    published = VersionText.objects.filter(revision=OuterRef("pk"))
    drafts = Revision.objects.drafts().filter(~Exists(published)).exclude(blob=EMPTY_DIGEST)
    upcoming = Version.objects.upcoming(at).count()
    not_effective = Version.objects.published(at).exclude(pk__in=Version.objects.came_into_force(at).values("pk"))
    return ExportReport(
        drafts=drafts.count(),
        upcoming=upcoming,
        withdrawn=Page.objects.withdrawn(at).count(),
        never_in_force=not_effective.count() - upcoming,
        is_history=is_history,
    )
