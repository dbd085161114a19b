"""Which commits translations name as the ones whose source text they reflect, and where those are in the history."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.hugo.git.repository import Repository
from pages.models import PublicationRecord
from pages.models.publication_record import RecordKind
from pages.text.front_matter.nested_values import Value


def named_source_commit(keys: Mapping[str, Value]) -> str:
    """Return the commit in the front matter of a translation, or "".

    `keys` are those of a ParsedText. The key is `default_lang_commit` (OpenTelemetry, Helm) or `l10n.sourceCommit`
    (MDN).
    """
    nested = keys.get("l10n")
    names = [keys.get("default_lang_commit"), nested.get("sourcecommit") if isinstance(nested, dict) else None]
    return next((name.strip().lower() for name in names if isinstance(name, str) and name.strip()), "")


class SourceCommits:
    """The commits of a history along first parents, oldest first."""

    def __init__(self, repository: Repository, ids: Sequence[str]):
        self._repository, self._ids = repository, ids
        self._positions = {commit: position for position, commit in enumerate(ids)}
        self._found: dict[tuple[str, str], int | None] = {}

    def position(self, name: str, path: str) -> int | None:
        """Return the position of the commit that has the file as it was in the named commit.

        That of a merged commit is its merge's, if it changed the file no more; otherwise the one before it branched
        off. None if the history does not contain the commit.
        """
        if (position := self._positions.get(name)) is not None:
            return position
        if (name, path) not in self._found:
            self._found[name, path] = self._find(name, path)
        return self._found[name, path]

    def index(self, commit: str) -> int | None:
        """Return the position of a commit by its whole id."""
        return self._positions.get(commit)

    def _find(self, name: str, path: str) -> int | None:
        with suppress(InvalidRepository, GitFailed):
            commit = self._repository.resolve(name)
            merge = self._positions.get(commit)
            return merge if merge is not None else self._find_merged(commit, path)
        return None

    def _find_merged(self, commit: str, path: str) -> int | None:
        if not self._contains(len(self._ids) - 1, commit):
            return None
        before, merge = -1, len(self._ids) - 1
        while merge - before > 1:
            middle = (before + merge) // 2
            before, merge = (before, middle) if self._contains(middle, commit) else (middle, merge)
        if self._repository.blob_at(commit, path) == self._repository.blob_at(self._ids[merge], path):
            return merge
        base = self._repository.merge_base(commit, self._ids[before]) if before >= 0 else None
        return self._positions.get(base or "")

    def _contains(self, position: int, commit: str) -> bool:
        return self._repository.merge_base(commit, self._ids[position]) == commit


class VersionPositions:
    """The versions that commits made, by page. Those of earlier imports are read when they are needed."""

    def __init__(self, commits: SourceCommits):
        self._commits = commits
        self._added: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._stored: dict[int, list[tuple[int, int]]] = {}

    def add(self, page: int, position: int, number: int) -> None:
        self._added[page].append((position, number))

    def number_at(self, page: int, position: int | None) -> int | None:
        """Return the number of the page's version after the commit at a position; None if it had none."""
        if position is None:
            return None
        if page not in self._stored:
            self._stored[page] = list(self._read(page))
        made = [number for at, number in (*self._stored[page], *self._added[page]) if at <= position]
        return max(made, default=None)

    def _read(self, page: int) -> Iterator[tuple[int, int]]:
        records = PublicationRecord.objects.filter(page=page, kind=RecordKind.PUBLISH, commit__isnull=False)
        for commit, number in records.values_list("commit__commit_id", "version__number"):
            if (position := self._commits.index(commit)) is not None:
                yield position, number
