"""The starter content: small Hugo trees that are imported one after the other, so that there is a history to see."""

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

STARTER = Path(__file__).resolve().parent.parent / "starter"


class SiteHasPages(Exception):
    """The sample belongs on an empty site only: it must not mix with anybody's own policies."""


@transaction.atomic
def load_starter(*, by: Actor, now: datetime) -> list[ImportReport]:
    """Import the sample policy's states in their order, and the site's names and links, which say what it is.

    Raises SiteHasPages.
    """
    if Page.objects.exists():
        raise SiteHasPages
    trees = sorted(path for path in STARTER.iterdir() if path.is_dir())
    reports = [import_tree(tree, by=by, now=now, notes=_phrases(tree, "note")) for tree in trees]
    if not SiteSettings.objects.exists():
        _load_site(tomllib.loads((STARTER / "site.toml").read_text(encoding="utf-8")))
    return reports


def _load_site(site: Mapping) -> None:
    SiteSettings(
        licence_url=site["licence"]["url"],
        documentation_tracker=site["trackers"]["documentation"],
        project_tracker=site["trackers"]["project"],
        **_localized("name", site["name"]),
        **_localized("licence_name", site["licence"]),
        **_localized("notice", _phrases(STARTER, "notice")),
    ).save()
    for weight, group in enumerate(site["groups"], 1):
        _load_group(group, place=group["place"], parent=None, weight=weight)


def _load_group(group: Mapping, *, place: str, parent: LinkGroup | None, weight: int) -> None:
    row = LinkGroup.objects.create(position=place, parent=parent, weight=weight, **_localized("title", group))
    for position, link in enumerate(group.get("links", ()), 1):
        page = Page.objects.filter(path=link["page"]).first() if "page" in link else None
        labels = _localized("label", link)
        Link.objects.create(group=row, page=page, url=link.get("url", ""), weight=position, **labels)
    for position, part in enumerate(group.get("parts", ()), 1):
        _load_group(part, place=place, parent=row, weight=position)


def _localized(field: str, words: Mapping) -> dict[str, str]:
    """Return the columns of a field in each language that can be stored and that there are words in."""
    stored = (language for language in settings.MODELTRANSLATION_LANGUAGES if language in words)
    return {build_localized_fieldname(field, language): words[language] for language in stored}


def _phrases(folder: Path, name: str) -> dict[str, str]:
    """Return the words of `NAME.LANGUAGE.txt` by language."""
    files = folder.glob(f"{name}.*.txt")
    return {file.suffixes[-2].lstrip("."): file.read_text(encoding="utf-8").strip() for file in files}
