"""What an import did, and each thing that it did not take, with the reason."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from pages.hugo.commits.commit_changes import SkippedFile


@dataclass
class ImportReport:
    """Counts first, then whatever did not go the plain way, in the order in which it was met."""

    is_history: bool = False
    commits: int = 0
    pages: int = 0
    versions: int = 0
    unchanged: int = 0
    drafts: list[str] = field(default_factory=list)
    draft_revisions: list[str] = field(default_factory=list)
    not_applied: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    brought_back: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    redirects_dropped: list[str] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    # Pieces of Hugo's own code in texts, and the files with them, by kind.
    code: dict[str, int] = field(default_factory=dict)
    files_with_code: dict[str, set[str]] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    not_served: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """Tell whether everything that was read is now published."""
        return not (self.draft_revisions or self.not_applied or self.skipped)

    def count_hugo_code(self, file_name: str, found: Mapping[str, int]) -> None:
        """Count what stands in a text as code, which is kept as it is."""
        for kind, count in found.items():
            if count:
                self.code[kind] = self.code.get(kind, 0) + count
                self.files_with_code.setdefault(kind, set()).add(file_name)

    def lines(self) -> Iterator[str]:
        """Yield the lines of a summary."""
        if self.is_history and not (self.commits or self.skipped):
            yield "Nothing new: all commits were taken in before."
            return
        commits = f"Commits taken in: {self.commits}. " if self.commits else ""
        unchanged = f" Pages unchanged: {self.unchanged}." if not commits else ""
        yield f"{commits}Pages made: {self.pages}. Versions published: {self.versions}.{unchanged}"
        for words, names in (
            ("Moved", self.moved),
            ("Withdrawn, for its last text was deleted", self.withdrawn),
            ("Brought back", self.brought_back),
            ("Renamed", self.renamed),
            ("A page has the address of a redirect, which was dropped", self.redirects_dropped),
            ("Kept as a draft, as its front matter says", self.drafts),
            ("Kept as a draft revision, for the page was edited here since", self.draft_revisions),
            ("Left as it is, for the page was edited here since", self.not_applied),
        ):
            yield from (f"{words}: {name}{_times(count)}" for name, count in Counter(names).items())
        yield from (f"Note: {name}{_times(count)}" for name, count in self.remarks.items())
        for kind, count in self.code.items():
            files = sorted(self.files_with_code[kind])
            several = f" and {len(files) - 1} other file(s)" if len(files) > 1 else ""
            yield f"Note: Hugo's {kind} stay as they are written, {count} in all: {files[0]}{several}"
        could_be = self.not_served & set(settings.MODELTRANSLATION_LANGUAGES)
        for how, languages in (
            ("SITE_LANGUAGES would serve them", could_be),
            ("MODELTRANSLATION_LANGUAGES would have to name them first, with a migration", self.not_served - could_be),
        ):
            if languages:
                yield f"Stored, but not served ({how}): {', '.join(sorted(languages))}"
        yield from self._lines_of_what_was_left_out()

    def _lines_of_what_was_left_out(self) -> Iterator[str]:
        commits: dict[tuple[str, str], list[str]] = {}
        for left in self.skipped:
            commits.setdefault((left.file_name, left.reason), []).append(left.commit)
        for (name, why), where in commits.items():
            several = f" to {where[-1][:12]} ({len(where)} commits)" if len(where) > 1 and where[0] else ""
            at = f" (commit {where[0][:12]}{several})" if where[0] else ""
            yield f"Not taken: {name}: {why}{at}"


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""
