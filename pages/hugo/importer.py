"""Bringing a Hugo tree in: pages are made where they are missing, and their texts are handed to the verb."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from pages.hugo.tree_reading import NotTaken, TextFile, default_language, read_tree
from pages.models import Page
from pages.models.picture import CONTENT_TYPES
from pages.publishing.actors import Actor
from pages.publishing.imports import IncomingText, take_in
from pages.publishing.pictures import keep_picture
from pages.publishing.places import create_page, is_reserved, set_place


@dataclass
class Report:
    """What an import did, and each thing that it did not take, with the reason."""

    pages: int = 0
    versions: int = 0
    unchanged: int = 0
    drafts: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)
    not_served: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """Tell whether everything that was read is now published."""
        return not (self.set_aside or self.not_taken)


def import_tree(root: Path, *, by: Actor, now: datetime, notes: Mapping[str, str] | None = None) -> Report:
    """Publish every text of a tree that changed since the last import. Raises NoTree.

    A page is taken in whole or not at all; one that fails is named in the report and does not stop the others.
    """
    report, source_language = Report(), default_language(root)
    for path, texts in sorted(_by_page(root, report).items()):
        try:
            with transaction.atomic():
                _take_page(path, texts, source_language, report, by=by, now=now, notes=notes)
        except (OSError, ValidationError) as error:
            why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            report.not_taken += [NotTaken(text.file_name, why) for text in texts.values()]
    return report


def _by_page(root: Path, report: Report) -> dict[str, dict[str, TextFile]]:
    pages: dict[str, dict[str, TextFile]] = {}
    for found in read_tree(root, ZoneInfo(settings.TIME_ZONE)):
        if isinstance(found, NotTaken):
            report.not_taken.append(found)
            continue
        path = _free_path(found, report)
        if first := pages.setdefault(path, {}).get(found.language):
            report.not_taken.append(NotTaken(found.file_name, f"{first.file_name} is the same page's text."))
        else:
            pages[path][found.language] = found
    return pages


def _free_path(found: TextFile, report: Report) -> str:
    """Return the page's path; a name that the site itself uses gets a suffix, and hyphens for its dots."""
    parts = found.path.split("/") if found.path else []
    free = [
        f"{part.replace('.', '-')}-page" if is_reserved(part, at_root=position == 0) else part
        for position, part in enumerate(parts)
    ]
    if free != parts:
        report.renamed.append(f"{found.file_name} → /{'/'.join(free)}/")
    return "/".join(free)


def _take_page(path: str, texts: dict[str, TextFile], default: str | None, report: Report, *, by, now, notes) -> None:
    page, is_new = _page_at(path, _source_language(texts, default), by)
    incoming = {language: _incoming(text, report, now) for language, text in texts.items()}
    taken = take_in(page, incoming, by=by, now=now, notes=notes)
    weight = texts.get(page.source_language, next(iter(texts.values()))).weight
    # Files that have not changed leave the weight that an editor has given since.
    if weight != page.weight and (taken.versions or taken.drafts):
        set_place(page, weight=weight, by=by, now=now)
    report.pages += is_new
    report.versions += len(taken.versions)
    report.unchanged += not (taken.versions or taken.drafts or taken.set_aside)
    report.drafts += [texts[language].file_name for language in taken.drafts]
    report.set_aside += [texts[language].file_name for language in taken.set_aside]
    report.not_served |= set(texts) - set(dict(settings.LANGUAGES))


def _source_language(texts: Mapping[str, TextFile], default: str | None) -> str:
    """Return the site config's default language, else the first served, if the page has it; else the page's first."""
    candidates = [default, settings.LANGUAGE_CODE, *sorted(texts)]
    return next(language for language in candidates if language in texts)


def _page_at(path: str, source_language: str, by: Actor) -> tuple[Page, bool]:
    """Return the page at a path, made with the sections above it if it is missing."""
    if page := Page.objects.filter(path=path).first():
        return page, False
    above, _, slug = path.rpartition("/")
    parent = _page_at(above, source_language, by)[0] if above else None
    return create_page(slug=slug, parent=parent, source_language=source_language, by=by), True


def _incoming(text: TextFile, report: Report, now: datetime) -> IncomingText:
    pictures = {}
    for reference, file in text.pictures.items():
        extension = file.suffix.lower().lstrip(".") if file else ""
        if file and extension in CONTENT_TYPES:
            pictures[reference] = keep_picture(file.read_bytes(), extension, now=now)
        else:
            why = "it is no picture that browsers show." if file else "there is no such file in the tree."
            report.not_taken.append(NotTaken(f"{text.file_name}: picture {reference}", why))
    return IncomingText(text.content, text.fields, text.file_name, text.moment, text.is_draft, pictures)
