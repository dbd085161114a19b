"""What the form of a page says after a save."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pages.languages import name_in_sentence
from pages.models import Page, Revision
from pages.publishing.version_writer import base_version


@dataclass(frozen=True, kw_only=True)
class SaveResult:
    """What was saved: whether the page is new or has new settings, and the languages of kept and removed drafts."""

    is_created: bool = False
    has_new_settings: bool = False
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_anything(self) -> bool:
        return bool(self.is_created or self.has_new_settings or self.kept or self.removed)

    @property
    def summary(self) -> str:
        sentences = {
            _("The page was created."): self.is_created,
            _("The settings of the page are saved."): self.has_new_settings,
            _("Saved as a draft. Readers do not see it yet: %(languages)s.") % _names(self.kept): self.kept,
            self._removed: self.removed,
        }
        return _join(sentences) or _("Nothing was changed, so nothing was saved.")

    def summary_at(self, time: str) -> str:
        """Return the summary with the time of the save: the form stays open, and can be saved again."""
        values = {"time": time, **_names(self.kept)}
        drafts, settings = bool(self.kept), self.has_new_settings
        sentences = {
            _("Saved %(time)s as a draft. Readers do not see it yet: %(languages)s."): drafts and not settings,
            _("Saved %(time)s, with the settings of the page. Readers do not see the draft yet: %(languages)s."): (
                drafts and settings
            ),
            _("Saved %(time)s: the settings of the page."): settings and not drafts,
            _("Saved %(time)s."): not settings and not drafts,
        }
        return _join({_join(sentences) % values: True, self._removed: self.removed})

    @property
    def _removed(self) -> str:
        return _("The draft was removed: %(languages)s. Its texts stay in the history.") % _names(self.removed)


def saved_drafts(page: Page, saved: Mapping[str, Revision]) -> dict[str, tuple[str, ...]]:
    """Return the languages of kept and removed drafts. An emptied one that is not published is no draft any more."""
    base = base_version(page)
    published = set(base.texts.values_list("language", flat=True)) if base else set()
    removed = {code for code, revision in saved.items() if revision.is_empty and code not in published}
    return {"kept": tuple(sorted(saved.keys() - removed)), "removed": tuple(sorted(removed))}


def _names(languages: tuple[str, ...]) -> dict[str, str]:
    return {"languages": ", ".join(map(name_in_sentence, languages))}


def _join(sentences: Mapping[str, object]) -> str:
    """Return the sentences whose value is true."""
    return " ".join(sentence for sentence, is_true in sentences.items() if is_true)
