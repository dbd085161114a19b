"""The plan of an import: what the source has and how it is read, known before anything is written."""

import posixpath
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from shlex import quote
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.commits.text_files import ReadText
from pages.hugo.git.commits import Commit
from pages.hugo.importing.language_questions import ask_for_languages, language_map_option, propose_translations
from pages.hugo.importing.other_pages import find_other_pages
from pages.hugo.importing.site_import import read_site
from pages.hugo.site_structure.detection import NoContentFound
from pages.hugo.site_structure.file_names import CONTENT, IGNORED_FOLDERS, is_repository_file, is_text
from pages.hugo.site_structure.servable_languages import find_relative
from pages.hugo.site_structure.structure import bare_structure, content_folder
from pages.languages import served_languages
from pages.publishing.importing.report_lines import LineKind, ReportLine
from pages.publishing.importing.runs import RunLog
from pages.publishing.sample.changes import is_sample
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message, join_messages, message_of, plural_message

# Of the folders that could be the content, so many are proposed.
_MAX_PROPOSALS = 5
# Of the addresses that pages of this site have as well, so many are named.
_MAX_COLLISIONS = 20
# Of the texts that name no language, so many are named.
_MAX_NAMELESS = 5


class AmbiguousSource(ValueError):
    """The source can be read in several ways. The message names the options that say how."""


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """What an import will do. `languages` has the number of texts in each language after the last commit."""

    # Whether there is nothing new.
    is_empty: bool = False
    # The number of pages that have a text which is not from this source, and the addresses of those among them that
    # pages of the source have as well.
    other_pages: int = 0
    collisions: tuple[str, ...] = ()
    # The site's name and addresses, as its config has them.
    title: str = ""
    addresses: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    pages: int = 0
    # Those that have an effect, and of these the ones that change a text.
    commits: int = 0
    text_commits: int = 0
    minor_commits: int = 0
    first: datetime | None = None
    last: datetime | None = None
    # The language of texts that name none, whether an option says so, their number, and the first of them.
    default_language: str = ""
    is_language_given: bool = False
    without_language: int = 0
    first_without_language: tuple[str, ...] = ()
    language_map: tuple[tuple[str, str], ...] = ()
    # The settings and links of the site, as JSON, and what in them is not understood.
    site: Mapping[str, Any] = field(default_factory=dict)
    # Files, each with the reason.
    unpublished: tuple[tuple[str, Message], ...] = ()
    not_understood: tuple[tuple[str, Message], ...] = ()
    proposals: tuple[Message, ...] = ()
    # What the owner has to decide before anything is imported.
    questions: tuple[Message, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the plan as values that JSON can represent."""
        values = asdict(self)
        values |= {name: value.isoformat() for name, value in values.items() if isinstance(value, datetime)}
        for name in ("unpublished", "not_understood"):
            values[name] = [[subject, message.as_stored()] for subject, message in getattr(self, name)]
        for name in ("proposals", "questions"):
            values[name] = [message.as_stored() for message in getattr(self, name)]
        return values

    def require_unambiguous(self) -> None:
        """Raise AmbiguousSource if there is something to decide."""
        if self.questions:
            raise AmbiguousSource(join_messages(self.questions))

    def require_no_collisions(self) -> None:
        """Raise AmbiguousSource if texts of the source would become those of pages that are not from it."""
        if self.collisions:
            addresses = ", ".join(f"/{path}/" if path else "/" for path in self.collisions[:_MAX_COLLISIONS])
            raise AmbiguousSource(
                Message(
                    "This site already has pages that do not come from this source at these addresses: %(addresses)s. "
                    "To add the texts of the source to them: --yes. Otherwise move these pages first, or "
                    "use an empty DATA_DIR.",
                    addresses=addresses + (", …" if len(self.collisions) > _MAX_COLLISIONS else ""),
                )
            )


class PlanBuilder:
    """Collects what a plan is made of while the source is read."""

    def __init__(self, zone: ZoneInfo, now: datetime):
        self._zone, self._now = zone, now
        self.minor_commits = 0
        # Whether the commits before the first one are missing.
        self.is_cut = False
        self._commits = self._text_commits = 0
        self._times: list[datetime] = []
        # Why texts are not published, by file; and what was found, as far as it is still so after the last commit.
        self._unpublished: dict[str, Message] = {}
        self._log = RunLog()
        self._languages: set[str] = set()

    def add_texts(self, page_changes: Iterable[PageChanges]) -> None:
        """Add the texts of a folder, which are dated by their front matter."""
        for text in self._add(page_changes):
            if at := text.modified_at(self._zone):
                self._add_time(at)

    def add_commit(
        self,
        page_changes: Iterable[PageChanges],
        found: Iterable[ReportLine],
        touched: Iterable[str],
        commit: Commit,
        *,
        is_effective: bool = True,
    ) -> None:
        """Add a commit, which dates its texts. It `is_effective` if it is to be stored."""
        self._commits += is_effective
        if list(self._add(page_changes)):
            self._text_commits += 1
            self._add_time(commit.committed_at)
        self._log.close(found, touched=touched, commit=commit.id)

    def add_lines(self, found: Iterable[ReportLine]) -> None:
        self._log.close(found)

    def _add(self, page_changes: Iterable[PageChanges]) -> Iterator[ReadText]:
        for changes in page_changes:
            self._languages |= changes.texts.keys()
            for text in changes.texts.values():
                self._unpublished.pop(text.file_name, None)
                if reason := text.withholding.reason_at(self._now):
                    self._unpublished[text.file_name] = reason
                yield text

    def _add_time(self, at: datetime) -> None:
        self._times = [min(at, *self._times), max(at, *self._times)] if self._times else [at, at]

    def build(
        self, tracker: PageTracker, *, is_empty: bool = False, is_first: bool = True, is_known: bool
    ) -> ImportPlan:
        """Return the plan, with the state of the tracker after the last commit.

        A source that `is_known` was imported into this site before. Of a history, only the first import is compared
        with the pages of the site.
        """
        structure, texts = tracker.structure, sorted(tracker.owners)
        if structure is None:
            raise no_content_found(tracker)
        nameless = [path for path in texts if not tracker.names_language(path)]
        other_pages = find_other_pages(tracker, is_known=is_known) if is_first and not is_sample() else {}
        collisions = {page.address for page in tracker.owners.values() if page.address is not None} & set(other_pages)
        lines = [line for line in self._log.lines if line.kind == LineKind.SKIPPED and not line.ended_by]
        return ImportPlan(
            is_empty=is_empty,
            other_pages=len(other_pages),
            collisions=tuple(sorted(collisions)),
            title=_title(tracker.config_values),
            addresses=tuple(_addresses(tracker.config_values)),
            folders=tuple(folder for folder, _ in structure.folders),
            languages=dict(sorted(Counter(tracker.locations[path].language for path in texts).items())),
            pages=len({id(page) for page in tracker.owners.values()}),
            commits=self._commits,
            text_commits=self._text_commits,
            minor_commits=self.minor_commits,
            first=self._times[0] if self._times else None,
            last=self._times[-1] if self._times else None,
            default_language=structure.default_language or structure.fallback_language,
            is_language_given=bool(tracker.options.language),
            without_language=len(nameless),
            first_without_language=tuple(nameless[:_MAX_NAMELESS]),
            language_map=structure.language_map,
            site=read_site(tracker, self._now).details.as_json(),
            unpublished=tuple(sorted((path, why) for path, why in self._unpublished.items() if path in tracker.owners)),
            not_understood=tuple((line.subject, line.message) for line in lines),
            proposals=tuple(self._propose(tracker, nameless)),
            questions=tuple(self._ask(tracker, () if is_known else nameless)),
        )

    def _propose(self, tracker: PageTracker, nameless: Sequence[str]) -> Iterator[Message]:
        yield from _propose_languages(self._languages - set(served_languages()), tracker)
        yield from propose_translations(nameless)

    def _ask(self, tracker: PageTracker, nameless: Sequence[str]) -> Iterator[Message]:
        yield from _cut_questions(is_cut=self.is_cut)
        yield from _find_questions(self._languages, tracker)
        yield from ask_for_languages(nameless, tracker)


def _title(config: Mapping[str, Value]) -> str:
    return title if isinstance(title := config.get("title"), str) else ""


def _addresses(config: Mapping[str, Value]) -> Iterator[str]:
    """Yield the address of a site, and those of its languages that have their own."""
    languages = config.get("languages")
    tables = [config, *(languages.values() if isinstance(languages, Mapping) else ())]
    values = (table.get("baseurl") for table in tables if isinstance(table, Mapping))
    yield from dict.fromkeys(value for value in values if isinstance(value, str) and value)


# --- What has to be decided -------------------------------------------------------------------------------------------


def _cut_questions(*, is_cut: bool) -> Iterator[Message]:
    if is_cut:
        yield Message(
            "The repository is a shallow clone: its older commits are missing, and so are their versions and dates. "
            "Fetch them with “git fetch --unshallow”, or import only the texts of today, without --history."
        )


def _find_questions(languages: Collection[str], tracker: PageTracker) -> Iterator[Message]:
    if pairs := ",".join(f"{source}={target}" for source, target in _unservable_languages(languages, tracker)):
        yield Message(
            "This site cannot serve some languages of the source under their codes. Say which languages they are: "
            "--language-map %(pairs)s (or the same code twice to keep it).",
            pairs=pairs,
        )
    folders = _content_folders(tracker)
    if len(folders) > 1:
        yield Message(
            "There are several folders with content. Say which one to import: %(options)s.",
            options=_alternatives([f"--content {quote(folder)}" for folder in folders]),
        )
    nameless = _texts_without_language(tracker)
    if len(nameless) > len(tracker.owners):
        yield plural_message(
            "%(count)d text names no language in its path or front matter: %(file)s. Say in which language it is, and "
            "which folders to import: %(options)s.",
            "%(count)d texts name no language in their path or front matter, such as %(file)s. Say in which language "
            "they are, and which folders to import: %(options)s.",
            count=len(nameless),
            file=nameless[0],
            options=_content_options(nameless),
        )


def _alternatives(options: Sequence[str]) -> Message:
    first, *others = options
    if not others:
        return message_of(first)
    return Message("%(option)s or %(others)s", option=first, others=_alternatives(others))


def _unservable_languages(languages: Collection[str], tracker: PageTracker) -> Iterator[tuple[str, str]]:
    servable, mapped = set(settings.MODELTRANSLATION_LANGUAGES), {target for _, target in tracker.options.language_map}
    for language in sorted(set(languages) - servable - mapped):
        if relative := find_relative(language, servable):
            yield language, relative


def _propose_languages(not_served: Iterable[str], tracker: PageTracker) -> Iterator[Message]:
    """Propose a served language for each that can be served but is not."""
    for language in sorted(not_served):
        relative = find_relative(language, served_languages())
        if relative and language in settings.MODELTRANSLATION_LANGUAGES:
            yield Message(
                "%(language)s is not served; to import it as %(relative)s: --language-map %(language)s=%(relative)s",
                language=language,
                relative=relative,
            )


def _content_folders(tracker: PageTracker) -> list[str]:
    """Return the folders “content” that are as close to the root as the one that is read."""
    structure = tracker.structure
    if tracker.options.content or structure is None or structure.folders[0][0].rpartition("/")[2] != CONTENT:
        return []
    bare, depth = bare_structure(structure), structure.folders[0][0].count("/")
    folders = {folder for path in tracker.blobs if is_text(path) and (folder := content_folder(path, bare))}
    return sorted(folder for folder in folders if folder.count("/") == depth)


def _texts_without_language(tracker: PageTracker) -> list[str]:
    structure = tracker.structure
    if structure is None or not structure.requires_language:
        return []
    return sorted(path for path in tracker.blobs if is_text(path) and tracker.has_unknown_language(path))


def no_content_found(tracker: PageTracker) -> NoContentFound:
    """Return the error for a source without content, with the options that may help."""
    texts = [path for path in tracker.blobs if is_text(path) and _is_possible_content(path)]
    if not texts or tracker.options.content:
        return NoContentFound(tracker.structure_error)
    if option := language_map_option(texts, settings.LANGUAGE_CODE):
        reason = Message("Folders have the names of languages. Say which ones they are: %(option)s.", option=option)
        return NoContentFound(reason)
    return NoContentFound(
        Message(
            "%(reason)s If the texts are elsewhere, say where and in which language: %(options)s.",
            reason=tracker.structure_error,
            options=_content_options(texts),
        )
    )


def _is_possible_content(path: str) -> bool:
    *folders, name = path.split("/")
    is_hidden = any(folder.startswith(".") for folder in folders)
    return not is_hidden and not IGNORED_FOLDERS.intersection(folders) and not is_repository_file(name)


def _content_options(paths: Iterable[str]) -> str:
    folders = Counter(path.partition("/")[0] if "/" in path else "." for path in paths if _is_possible_content(path))
    names = [_common_folder(folder, paths) for folder, _ in folders.most_common(_MAX_PROPOSALS)]
    return " ".join([*(f"--content {quote(name)}" for name in names), f"--language {settings.LANGUAGE_CODE}"])


def _common_folder(top: str, paths: Iterable[str]) -> str:
    """Return the deepest folder that has all texts below a folder at the top."""
    below = [posixpath.dirname(path) for path in paths if path.startswith(f"{top}/")]
    return posixpath.commonpath(below) if below else top
