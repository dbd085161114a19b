"""The starter content: small Hugo trees that are imported one after the other, so that there is a history to see."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from modeltranslation.utils import build_localized_fieldname

from pages.hugo.importer import Report, import_tree
from pages.models import Page, SiteSettings

STARTER = Path(__file__).resolve().parent.parent / "starter"
SITE_NAME = "SelfPrivacy"


class SiteHasPages(Exception):
    """The sample belongs on an empty site only: it must not mix with anybody's own policies."""


def load_starter(*, by: str, now: datetime) -> list[Report]:
    """Import the sample policy's states in their order, and put up the notice that says what it is.

    Raises SiteHasPages.
    """
    if Page.objects.exists():
        raise SiteHasPages
    trees = sorted(path for path in STARTER.iterdir() if path.is_dir())
    reports = [import_tree(tree, by=by, now=now, notes=_phrases(tree, "note")) for tree in trees]
    if not SiteSettings.objects.exists():
        words = {build_localized_fieldname("notice", code): text for code, text in _phrases(STARTER, "notice").items()}
        # A name is written alike in every language; only the default's column is read where others are empty.
        name = {build_localized_fieldname("name", settings.LANGUAGE_CODE): SITE_NAME}
        SiteSettings(**words, **name).save()
    return reports


def _phrases(folder: Path, name: str) -> dict[str, str]:
    """Return the words of `NAME.LANGUAGE.txt` by language."""
    files = folder.glob(f"{name}.*.txt")
    return {file.suffixes[-2].lstrip("."): file.read_text(encoding="utf-8").strip() for file in files}
