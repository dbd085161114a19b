"""The sample content: Hugo trees that are imported one after the other, so that the sample has a history."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from pages.hugo.importing.tree_import import import_tree
from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.publishing.actors import Actor
from pages.publishing.importing.runs import RunLog
from pages.publishing.writer import writing

STARTER_FOLDER = Path(__file__).resolve().parent.parent / "starter"


class SiteHasPages(Exception):
    """The sample is loaded on an empty site only: it must not mix with real policies."""


@transaction.atomic
def load_starter(*, by: Actor, now: datetime) -> list[RunLog]:
    """Import the versions of the sample policy, and the site's settings and links unless there are settings already.

    Raises SiteHasPages.
    """
    if Page.objects.exists():
        raise SiteHasPages
    with writing(by, now) as writer:
        if not writer.counter.last_record:
            writer.start(is_sample=True)
    trees = sorted(path for path in STARTER_FOLDER.iterdir() if path.is_dir())
    logs = [import_tree(tree, by=by, now=now, notes=_read_translations(tree, "note")) for tree in trees]
    if not SiteSettings.objects.exists():
        _load_settings(tomllib.loads((STARTER_FOLDER / "site.toml").read_text(encoding="utf-8")))
    return logs


def _load_settings(site: Mapping) -> None:
    notices = {f"notice_{language}": text for language, text in _read_translations(STARTER_FOLDER, "notice").items()}
    SiteSettings(**site["settings"], **notices).save()
    _load_groups(site["groups"])


def _load_groups(groups: Iterable[Mapping], **columns: Any) -> None:
    for weight, group in enumerate(groups, 1):
        own_columns = {name: value for name, value in group.items() if name not in {"links", "parts"}}
        row = LinkGroup.objects.create(weight=weight, **columns, **own_columns)
        for link_weight, link in enumerate(group.get("links", ()), 1):
            page = Page.objects.filter(path=link["page"]).first() if "page" in link else None
            Link.objects.create(group=row, weight=link_weight, **{**link, "page": page})
        _load_groups(group.get("parts", ()), parent=row, position=row.position)


def _read_translations(folder: Path, name: str) -> dict[str, str]:
    """Return the contents of the files `NAME.LANGUAGE.txt` by language."""
    files = folder.glob(f"{name}.*.txt")
    return {file.suffixes[-2].lstrip("."): file.read_text(encoding="utf-8").strip() for file in files}
