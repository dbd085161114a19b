"""The sample content: Hugo trees that are imported one after the other, so that the sample has a history."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from pages.hugo.importing.tree_import import import_tree
from pages.models import Page, PublicationRecord, SiteSettings
from pages.publishing.actors import Actor
from pages.publishing.importing.runs import RunLog
from pages.publishing.sample.site_rows import STARTER_FOLDER, load_site_rows
from pages.publishing.writer import writing


class SiteHasPages(Exception):
    """The sample is loaded on a new site only: it must not mix with real policies."""


@transaction.atomic
def load_starter(*, by: Actor, now: datetime) -> list[RunLog]:
    """Import the versions of the sample policy, and the site's settings and links unless there are settings already.

    Raises SiteHasPages.
    """
    with writing(by, now) as writer:
        if not is_new_site():
            raise SiteHasPages
        writer.start(is_sample=True)
    trees = sorted(path for path in STARTER_FOLDER.iterdir() if path.is_dir())
    logs = [import_tree(tree, by=by, now=now, notes=_read_translations(tree, "note")) for tree in trees]
    if not SiteSettings.objects.exists():
        load_site_rows()
    return logs


def is_new_site() -> bool:
    """Tell whether the sample can be loaded: there are neither pages nor records, as after starting over."""
    return not (Page.objects.exists() or PublicationRecord.objects.exists())


def _read_translations(folder: Path, name: str) -> dict[str, str]:
    """Return the contents of the files `NAME.LANGUAGE.txt` by language."""
    files = folder.glob(f"{name}.*.txt")
    return {file.suffixes[-2].lstrip("."): file.read_text(encoding="utf-8").strip() for file in files}
