"""The report of an export."""

from collections import Counter
from collections.abc import Container, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from pages.hugo.exporting.site_files import FileReference
from pages.models import Page, Revision, Version, VersionText
from pages.models.revision import EMPTY_DIGEST


class ExportReport:
    """Counts of what was written and of what is not public at a time, and the files that could not be written."""

    def __init__(self, at: datetime, *, is_history: bool = False):
        published = VersionText.objects.filter(revision=OuterRef("pk"))
        drafts = Revision.objects.drafts().filter(~Exists(published)).exclude(blob=EMPTY_DIGEST)
        not_effective = Version.objects.exclude(pk__in=Version.objects.came_into_force(at).values("pk"))
        self.drafts = drafts.count()
        self.upcoming = Version.objects.upcoming(at).count()
        self.withdrawn = Page.objects.withdrawn(at).count()
        self.never_in_force = not_effective.count() - self.upcoming
        self.is_history = is_history
        self.texts = self.pictures = self.commits = self.existing_commits = 0
        self.remarks: Counter[str] = Counter()
        self.not_written: Counter[str] = Counter()

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
