"""The sample content: Hugo trees that are imported one after the other, so that the sample has a history."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from modeltranslation.utils import build_localized_fieldname

from pages.hugo.importing.report import ImportReport
from pages.hugo.importing.tree_import import import_tree
from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.publishing.actors import Actor
from pages.publishing.writer import writing

STARTER_FOLDER = Path(__file__).resolve().parent.parent / "starter"


class SiteHasPages(Exception):
    """The sample is loaded on an empty site only: it must not mix with real policies."""


@transaction.atomic
def load_starter(*, by: Actor, now: datetime) -> list[ImportReport]:
    """Import the versions of the sample policy, and the site's settings and links unless there are settings already.

    Raises SiteHasPages.
    """
    if Page.objects.exists():
        raise SiteHasPages
    with transaction.atomic(), writing(by, now) as writer:
        if not writer.counter.last_record:
            writer.start(is_sample=True)
    trees = sorted(path for path in STARTER_FOLDER.iterdir() if path.is_dir())
    reports = [import_tree(tree, by=by, now=now, notes=_read_translations(tree, "note")) for tree in trees]
    if not SiteSettings.objects.exists():
        _load_settings(tomllib.loads((STARTER_FOLDER / "site.toml").read_text(encoding="utf-8")))
    return reports


def _load_settings(site: Mapping) -> None:
    SiteSettings(
        licence_url=site["licence"]["url"],
        documentation_tracker=site["trackers"]["documentation"],
        project_tracker=site["trackers"]["project"],
        **_localized("name", site["name"]),
        **_localized("licence_name", site["licence"]),
        **_localized("notice", _read_translations(STARTER_FOLDER, "notice")),
    ).save()
    for weight, group in enumerate(site["groups"], 1):
        _load_group(group, position=group["place"], parent=None, weight=weight)


def _load_group(group: Mapping, *, position: str, parent: LinkGroup | None, weight: int) -> None:
    row = LinkGroup.objects.create(position=position, parent=parent, weight=weight, **_localized("title", group))
    for link_weight, link in enumerate(group.get("links", ()), 1):
        page = Page.objects.filter(path=link["page"]).first() if "page" in link else None
        labels = _localized("label", link)
        Link.objects.create(group=row, page=page, url=link.get("url", ""), weight=link_weight, **labels)
    for part_weight, part in enumerate(group.get("parts", ()), 1):
        _load_group(part, position=position, parent=row, weight=part_weight)


def _localized(field: str, translations: Mapping) -> dict[str, str]:
    """Return the values of a translated field by column, for the languages that have one."""
    languages = (language for language in settings.MODELTRANSLATION_LANGUAGES if language in translations)
    return {build_localized_fieldname(field, language): translations[language] for language in languages}


def _read_translations(folder: Path, name: str) -> dict[str, str]:
    """Return the contents of the files `NAME.LANGUAGE.txt` by language."""
    files = folder.glob(f"{name}.*.txt")
    return {file.suffixes[-2].lstrip("."): file.read_text(encoding="utf-8").strip() for file in files}
