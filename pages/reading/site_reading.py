"""What every page of the site shows: its name, its notice, and the head of the publication log."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from modeltranslation.utils import build_localized_fieldname

from pages.models import SiteCounter, SiteSettings, Version
from pages.reading.page_reading import direction


@dataclass(frozen=True)
class Phrase:
    """Words, and the language that they are in."""

    text: str
    language: str

    @property
    def direction(self) -> str:
        """Return the `dir` of the words."""
        return direction(self.language)


@dataclass(frozen=True)
class SiteReading:
    """The site as a reader of a language sees it at a moment."""

    name: Phrase
    notice: Phrase
    head: str
    records: int
    changed_at: datetime | None


def read_site(language: str, at: datetime) -> SiteReading:
    """Read what is on every page. `changed_at` is the later of the last change and the last effective moment passed."""
    row = SiteSettings.objects.first() or SiteSettings()
    counter = SiteCounter.objects.first() or SiteCounter()
    effective = Version.objects.filter(effective_at__lte=at).order_by("-effective_at")
    moments = [counter.changed_at, effective.values_list("effective_at", flat=True).first()]
    return SiteReading(
        name=_phrase(row, "name", language),
        notice=_phrase(row, "notice", language),
        head=counter.head,
        records=counter.last_record,
        changed_at=max((moment for moment in moments if moment), default=None),
    )


def _phrase(row: SiteSettings, field: str, language: str) -> Phrase:
    """Return a field in the language, else in the first served language that has it."""
    for candidate in (language, *dict(settings.LANGUAGES)):
        if words := getattr(row, build_localized_fieldname(field, candidate), None):
            return Phrase(words, candidate)
    return Phrase("", language)
