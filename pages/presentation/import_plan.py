"""The plan of an import as a person reads it, from its stored form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.text.messages import Message

# Of the files that are named, so many are listed; the report of the import names all.
MAX_FILES = 50


@dataclass(frozen=True)
class ImportPlanPresentation:
    """The lines of a plan for a terminal. It is complete if everything in the source is understood."""

    texts: tuple[str, ...]
    is_complete: bool

    def lines(self) -> Iterator[str]:
        yield from self.texts


def present_plan(plan: Mapping[str, Any]) -> ImportPlanPresentation:
    """Present a plan, as `ImportRun.plan` has it."""
    texts = [*_source_lines(plan), *_total_lines(plan), *_file_lines(plan), *_proposal_lines(plan)]
    return ImportPlanPresentation(tuple(texts), is_complete=not plan["not_understood"])


def _source_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    yield _("Import plan")
    if site := " ".join(filter(None, [plan.get("title"), *plan.get("addresses", ())])):
        yield _("Site: %(site)s") % {"site": site}
    folders = ", ".join(folder or "." for folder in plan["folders"])
    yield _("Content: %(folders)s") % {"folders": folders}
    languages = (f"{code} ({number})" for code, number in plan["languages"].items())
    yield _("Texts by language: %(languages)s") % {"languages": ", ".join(languages)}
    if plan["without_language"]:
        yield _nameless_line(plan)
    if number := plan.get("other_pages", 0):
        yield ngettext(
            "This site already has %(count)d page that does not come from this source.",
            "This site already has %(count)d pages that do not come from this source.",
            number,
        ) % {"count": number}
    if paths := plan.get("collisions", ()):
        addresses = ", ".join(f"/{path}/" if path else "/" for path in paths[:MAX_FILES])
        yield _("Addresses that such pages have, and texts of this source too: %(addresses)s.") % {
            "addresses": addresses + (", …" if len(paths) > MAX_FILES else "")
        }
    for source, target in plan["language_map"]:
        yield _("Texts in %(source)s are imported as %(target)s.") % {"source": source, "target": target}


def _nameless_line(plan: Mapping[str, Any]) -> str:
    """Return the line about the texts that name no language. How to change it is left out if an option says so."""
    number, files = plan["without_language"], list(plan["first_without_language"])
    if rest := number - len(files):
        files.append(_("and %(count)d more") % {"count": rest})
    values = {"count": number, "language": plan["default_language"], "files": ", ".join(files)}
    if plan["is_language_given"]:
        text = ngettext(
            "%(count)d text names no language and is read as %(language)s: %(files)s.",
            "%(count)d texts name no language and are read as %(language)s: %(files)s.",
            number,
        )
    else:
        text = ngettext(
            "%(count)d text names no language and is read as %(language)s (to change it: --language): %(files)s.",
            "%(count)d texts name no language and are read as %(language)s (to change it: --language): %(files)s.",
            number,
        )
    return text % values


def _total_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    parts = [_("Pages: %(count)d.") % {"count": plan["pages"]}]
    if plan["commits"]:
        values = {"count": plan["commits"], "with_texts": plan.get("text_commits", 0)}
        parts.append(_("Commits to import: %(count)d, of which %(with_texts)d with texts.") % values)
    if plan["minor_commits"]:
        parts.append(_("Minor by the rule: %(count)d.") % {"count": plan["minor_commits"]})
    if plan["first"]:
        parts.append(_("Dates: %(first)s to %(last)s.") % {name: _date(plan[name]) for name in ("first", "last")})
    yield " ".join(parts)


def _date(value: str) -> str:
    return timezone.localtime(datetime.fromisoformat(value)).date().isoformat()


def _file_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    for title, files in (
        (_("Will stay unpublished"), plan["unpublished"]),
        (_("Not understood"), plan["not_understood"]),
    ):
        yield from _listed(title, files)


def _listed(title: str, files: Sequence[Any]) -> Iterator[str]:
    for subject, stored in files[:MAX_FILES]:
        yield f"{title}: {subject}: {Message.from_stored(stored).translated}"
    if len(files) > MAX_FILES:
        rest = len(files) - MAX_FILES
        yield _("%(title)s: %(count)d more, which the report will name.") % {"title": title, "count": rest}


def _proposal_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    for stored in plan["proposals"]:
        yield _("Proposal: %(proposal)s") % {"proposal": Message.from_stored(stored).translated}
    for stored in plan["questions"]:
        yield _("To be decided: %(question)s") % {"question": Message.from_stored(stored).translated}
