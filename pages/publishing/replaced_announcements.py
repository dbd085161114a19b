"""A version that is announced instead of another one: it also has what that one would have changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pages.models import Page, VersionText
from pages.models.significance import Significance
from pages.publishing.announcements import base_after_superseding, texts_with_corrections
from pages.publishing.version_plan import THIS_VERSION, Basis, TextToPublish, is_changed
from pages.publishing.version_writer import base_version, version_texts


@dataclass(frozen=True)
class AnnouncedChanges:
    """The texts and change notes of an announcement that are announced again, and the languages that it removes."""

    texts: Mapping[str, TextToPublish] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()


def find_announced_changes(
    page: Page, replaced: Mapping[str, TextToPublish], *, effective_at: datetime, at: datetime
) -> AnnouncedChanges:
    """Return what the newest announcement changes, except for the languages that get another text.

    It is cancelled if a version is announced for `effective_at`. Without this, its other changes would be lost.
    """
    newest, base = base_version(page), base_after_superseding(page, effective_at, at)
    if newest is None or newest == base:
        return AnnouncedChanges()
    old, announced = version_texts(base), texts_with_corrections(newest)
    languages = [language for language in announced if language not in replaced]
    changed = [language for language in languages if _is_changed(old.get(language), announced[language])]
    basis: Basis = THIS_VERSION if _has_same_source(page, announced, replaced) else newest.number
    return AnnouncedChanges(
        texts={language: _text(announced[language], {newest.number: basis}) for language in changed},
        notes={language: note for language in changed if (note := announced[language].counted_change_note)},
        removed=frozenset(old) - set(announced) - set(replaced),
    )


def _is_changed(old: VersionText | None, announced: VersionText) -> bool:
    text = TextToPublish(announced.revision, pictures=announced.pictures)
    return is_changed(old, text) or (old is not None and old.based_on != announced.based_on)


def _has_same_source(page: Page, announced: Mapping[str, VersionText], replaced: Collection[str]) -> bool:
    """Tell whether the source text of the announcement stays: nobody compared its translations with another one."""
    return page.source_language in announced and page.source_language not in replaced


def _text(announced: VersionText, bases: Mapping[int | None, Basis]) -> TextToPublish:
    significance = announced.counted_significance
    # Of several announcements, an earlier one can have changed it: major, because readers must be told.
    significance = Significance.MAJOR if significance == Significance.UNCHANGED else significance
    based_on = bases.get(announced.based_on, announced.based_on)
    return TextToPublish(announced.revision, significance, based_on, announced.pictures)
