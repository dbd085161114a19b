"""`import_hugo SOURCE`: import the texts of a Hugo site, or its whole git history."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.hugo.commits.page_changes import SourceChanged
from pages.hugo.git.processes import GitFailed, InvalidRepository
from pages.hugo.git.repository import Repository
from pages.hugo.importing.history_import import ConcurrentImport, HistoryImport
from pages.hugo.importing.import_plan import AmbiguousSource
from pages.hugo.importing.imported_trees import ImportedWithoutHistory
from pages.hugo.importing.minor_commits import check_expression
from pages.hugo.importing.published_checks import report_published
from pages.hugo.importing.second_process import SecondProcess
from pages.hugo.importing.site_import import import_site
from pages.hugo.importing.source_files import FolderFiles, blob_reader, git_file_changes
from pages.hugo.importing.source_import import SourceImport
from pages.hugo.importing.tree_import import TreeImport
from pages.hugo.site_details.reading import ReadSite
from pages.hugo.site_structure.detection import NoContentFound
from pages.hugo.site_structure.file_names import is_known_language
from pages.hugo.site_structure.reading_options import (
    InvalidOption,
    ReadingOptions,
    parse_content,
    parse_language_map,
    parse_language_option,
    require_same_reading,
)
from pages.hugo.site_structure.site_config import language_tag
from pages.management.reports import TransferCommand
from pages.models import ImportedCommit
from pages.presentation.import_plan import ImportPlanPresentation, present_plan
from pages.presentation.import_report import present_log
from pages.publishing.actors import system_actor
from pages.publishing.importing.runs import PLACES, RunLog, begin_run, discard_run, end_run, last_options
from pages.publishing.records import ClockBehind
from pages.publishing.sample.changes import is_sample
from pages.publishing.sample.starting_over import SampleWasChanged, require_untouched_sample
from pages.text.messages import Message
from pages.text.source import digest


class Command(TransferCommand):
    creates_tables = is_translated = True
    refusals = (
        *(NoContentFound, AmbiguousSource, InvalidOption, InvalidRepository, GitFailed),
        *(ConcurrentImport, SourceChanged, ClockBehind, SampleWasChanged, ImportedWithoutHistory),
    )
    help = (
        "Import the texts of a Hugo site, a Jekyll site or folders of Markdown: new and changed texts are published, "
        "dated by lastmod or date. With --history, every commit of a git repository that changes a page becomes a "
        "version of it; another run imports what is new. The plan is printed before anything is written. How the "
        "source is read is kept for the next run. Exit status: 0; 1 if something was skipped; 2 if the source cannot "
        "be read, or only with further options, or if the clock is wrong."
    )

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, help="a Hugo site, a content folder, or a git repository")
        parser.add_argument("--history", action="store_true", help="import every commit along first parents")
        parser.add_argument("--ref", help="the branch, tag or commit to read (default: HEAD)")
        parser.add_argument("--dry-run", action="store_true", help="print the plan and import nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask whether to import what the plan says")
        parser.add_argument("--languages", metavar="en,ru", default="", help="import texts in these languages only")
        parser.add_argument(
            "--content", metavar="DIR", action="append", help="a folder that contains the texts (can be repeated)"
        )
        parser.add_argument("--language", metavar="CODE", help="the language of texts that name none")
        parser.add_argument(
            "--language-map", metavar="zh-cn=zh-hans,pt-br=pt", help="languages of the source as languages of this site"
        )
        parser.add_argument(
            "--minor", metavar="REGEX", help="commits whose subject it is found in are minor changes for readers"
        )
        parser.add_argument(
            "--notes",
            choices=["subject", "none"],
            help="the change note of a version: the commit's subject (default) or none",
        )
        parser.add_argument(
            "--notes-language", metavar="CODE", help="the language of the commits' messages (default: unknown)"
        )
        parser.add_argument(
            "--as",
            dest="import_as",
            choices=["versions", "drafts"],
            help="with --history: whether the texts of new commits are published (default) or become drafts",
        )

    def transfer(self, *, source, history, dry_run, yes, languages, progress, **arguments):
        by, now, name = system_actor("import_hugo"), timezone.now(), source.resolve().name
        if is_sample():
            require_untouched_sample()
            self.stdout.write(_("This site has sample content. The import removes it and starts over."))
        if not source.exists():
            raise InvalidOption(Message("%(path)s does not exist.", path=str(source)))
        places = find_places(source)
        last = last_options(name, places)
        options = decide_options(last, arguments, is_history=history)
        limits = parse_languages(languages)
        keywords = {
            "by": by,
            "now": now,
            "languages": limits,
            "progress": progress,
            "options": options,
            "is_known": bool(last),
        }
        with ExitStack() as stack:
            keywords["process"] = stack.enter_context(SecondProcess())
            source_import = _open_source(source, stack, is_history=history, options=options, keywords=keywords)
            plan = source_import.plan()
            report = present_plan(plan.as_json())
            if dry_run and not plan.questions:
                return report
            if not plan.is_empty:
                self.stdout.write("\n".join([*report.lines(), "", ""]))
            plan.require_unambiguous()
            if not (yes or is_interactive()):
                plan.require_no_collisions()
            site = source_import.read_site()
            if not (yes or plan.is_empty or self._is_confirmed()):
                return ImportPlanPresentation((_("Nothing was imported."),), is_complete=True)
            read_as = {"history": history, "languages": sorted(limits), **options.as_json(), PLACES: places}
            log = begin_run(source=name, options=read_as, plan=plan.as_json(), by=by, now=now)
            self._write(source_import, None if options.as_drafts else site, log, at=now)
            report_published(log, at=timezone.now(), surveys=source_import.surveys)
            end_run(log, by=by, now=timezone.now())
            return present_log(log)

    def _write(self, source_import: SourceImport, site: ReadSite | None, log: RunLog, *, at: datetime) -> None:
        """Write the texts, and the site if there is one. A run that is refused leaves no report."""
        try:
            source_import.write(log)
            if site is not None:
                import_site(site, log, at=at, exported=source_import.exported_site)
        except self.refusals:
            discard_run(log)
            raise

    @staticmethod
    def _is_confirmed() -> bool:
        """Ask whether to import; without a terminal the answer is yes."""
        if not is_interactive():
            return True
        return input(_("Import this? [y/N] ")).strip().lower() in {"y", "yes"}


def is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _open_source(
    source: Path, stack: ExitStack, *, is_history: bool, options: ReadingOptions, keywords: dict[str, Any]
) -> SourceImport:
    if not (is_history or options.ref or is_bare_repository(source)):
        files = FolderFiles(source)
        return TreeImport(files.changes(), files.read, **keywords)
    repository = stack.enter_context(Repository(source))
    if is_history:
        return HistoryImport(repository, **keywords)
    return TreeImport(git_file_changes(repository.tree(options.ref or None)), blob_reader(repository), **keywords)


def decide_options(last: Mapping[str, Any], arguments: Mapping[str, Any], *, is_history: bool) -> ReadingOptions:
    """Return the options of an import, which are those of the last one where none is given. Raises InvalidOption."""
    options = read_options(last, arguments)
    if is_history and last.get("history") and ImportedCommit.objects.exists():
        require_same_reading(ReadingOptions.from_json(last), options)
    if options.as_drafts and not is_history:
        raise InvalidOption(Message("--as drafts needs --history; with --as versions the files are published."))
    return options


def read_options(last: Mapping[str, Any], arguments: Mapping[str, Any]) -> ReadingOptions:
    """Return the options of the last import of the source, replaced by those that are given. Raises InvalidOption."""
    parsers: dict[str, Callable[[Any], Any]] = {
        "content": parse_content,
        "language": parse_language_option,
        "language_map": parse_language_map,
        "minor": check_expression,
        "notes_language": partial(parse_language_option, option="--notes-language"),
        "ref": str,
    }
    given = {name: parse(arguments[name]) for name, parse in parsers.items() if arguments.get(name) is not None}
    if arguments.get("notes") is not None:
        given["has_notes"] = arguments["notes"] == "subject"
    if arguments.get("import_as") is not None:
        given["as_drafts"] = arguments["import_as"] == "drafts"
    return ReadingOptions.from_json(last).updated(given)


def find_places(source: Path) -> list[str]:
    """Return digests of what identifies a source: its path and, of a repository, its first commit and folder."""
    places = [digest(os.fsencode(source.resolve()))]
    with suppress(InvalidRepository, GitFailed), Repository(source) as repository:
        places.append(digest(repository.ids()[0].encode() + repository.location.prefix))
    return places


def is_bare_repository(source: Path) -> bool:
    # It has no files to read, only commits.
    return (source / "HEAD").is_file() and (source / "objects").is_dir()


def parse_languages(text: str) -> frozenset[str]:
    """Return the language codes in a value such as `en,ru`. Raises InvalidOption."""
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if unknown := [code for code in codes if not is_known_language(language_tag(code))]:
        raise InvalidOption(
            Message(
                "--languages: %(code)s is not a language code. These are the codes of languages that this site can "
                "serve: %(codes)s.",
                code=repr(unknown[0]),
                codes=", ".join(settings.MODELTRANSLATION_LANGUAGES),
            )
        )
    return frozenset(map(language_tag, codes))
