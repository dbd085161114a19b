"""The report of an import."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from pages.hugo.commits.commit_changes import SkippedFile


@dataclass
class ImportReport:
    """Counts of what was imported, and lists of everything out of the ordinary, in the order of the import."""

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
    redirects_removed: list[str] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    # Shortcodes and template code of Hugo in texts: counts by kind and file.
    hugo_code: dict[str, Counter[str]] = field(default_factory=dict)
    skipped: list[SkippedFile] = field(default_factory=list)
    not_served: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing was skipped, and nothing was held back for edits on this site."""
        return not (self.draft_revisions or self.not_applied or self.skipped)

    def count_hugo_code(self, file_name: str, counts: Mapping[str, int]) -> None:
        for kind, count in counts.items():
            if count:
                self.hugo_code.setdefault(kind, Counter())[file_name] += count

    def lines(self) -> Iterator[str]:
        if self.is_history and not (self.commits or self.skipped):
            yield "Nothing new: all commits were imported before."
            return
        commits = f"Commits imported: {self.commits}. " if self.commits else ""
        unchanged = f" Pages unchanged: {self.unchanged}." if not commits else ""
        yield f"{commits}Pages created: {self.pages}. Versions published: {self.versions}.{unchanged}"
        for label, names in (
            ("Moved", self.moved),
            ("Withdrawn because its last text was deleted", self.withdrawn),
            ("Brought back", self.brought_back),
            ("Renamed", self.renamed),
            ("Redirect removed because a page has its address now", self.redirects_removed),
            ("Imported as a draft, as its front matter says", self.drafts),
            ("Kept as a draft revision because the page was edited on this site", self.draft_revisions),
            ("Not applied because the page was edited on this site", self.not_applied),
        ):
            yield from (f"{label}: {name}{_times(count)}" for name, count in Counter(names).items())
        yield from (f"Note: {remark}{_times(count)}" for remark, count in self.remarks.items())
        yield from self._hugo_code_lines()
        yield from self._language_lines()
        yield from self._skipped_lines()

    def _hugo_code_lines(self) -> Iterator[str]:
        for kind, counts in self.hugo_code.items():
            others = f" and {len(counts) - 1} other file(s)" if len(counts) > 1 else ""
            yield f"Note: Hugo {kind} shown as written, {counts.total()} in total: {min(counts)}{others}"

    def _language_lines(self) -> Iterator[str]:
        available = self.not_served & set(settings.MODELTRANSLATION_LANGUAGES)
        for setting, languages in (
            ("SITE_LANGUAGES", available),
            ("MODELTRANSLATION_LANGUAGES, with a migration, and to SITE_LANGUAGES", self.not_served - available),
        ):
            if languages:
                yield f"Imported but not served: {', '.join(sorted(languages))} (add them to {setting})"

    def _skipped_lines(self) -> Iterator[str]:
        """Yield one line for each file and reason, even if several commits have it."""
        commits_by_file: dict[tuple[str, str], list[str]] = {}
        for file in self.skipped:
            commits_by_file.setdefault((file.file_name, file.reason), []).append(file.commit)
        for (name, reason), commits in commits_by_file.items():
            others = f" to {commits[-1][:12]} ({len(commits)} commits)" if len(commits) > 1 and commits[0] else ""
            where = f" (commit {commits[0][:12]}{others})" if commits[0] else ""
            yield f"Skipped: {name}: {reason}{where}"


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""
