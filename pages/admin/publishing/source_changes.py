"""The changes of the source text that a translation has to follow, for those who compare the two."""

from collections.abc import Mapping
from dataclasses import dataclass

from pages.admin.publishing.publish_context import PageLanguage
from pages.models import Handover, Revision, VersionText
from pages.presentation.comparison.text_comparison import ComparedText, TextComparison


@dataclass(frozen=True)
class SourceChanges:
    """What changed in the source text since a version, or since a translation was marked as ready for it."""

    comparison: TextComparison
    version: int | None = None
    mark: Handover | None = None


def find_source_changes(text: PageLanguage, newer: Revision | None, pictures: Mapping[str, str]) -> list[SourceChanges]:
    """Return the changes up to a source text since the one that the published translation reflects.

    If the draft was marked as ready for another source text, the changes since that one follow.
    """
    if newer is None or text.is_source:
        return []
    after = _render(text, newer, pictures)
    changes = [_since_reflected_version(text, newer, after), _since_mark(text, newer, after, pictures)]
    return [change for change in changes if change]


def _since_reflected_version(text: PageLanguage, newer: Revision, after: ComparedText) -> SourceChanges | None:
    page, assessment = text.context.page, text.context.base_assessments.get(text.language)
    texts = VersionText.objects.filter(version__page=page, language=page.source_language)
    number = assessment and assessment.reflects
    older = texts.filter(version__number=number).select_related("revision__blob").first() if number else None
    if older is None or older.revision.digest == newer.digest:
        return None
    before = _render(text, older.revision, older.pictures)
    return SourceChanges(TextComparison(before, after, page.source_language), version=number)


def _since_mark(
    text: PageLanguage, newer: Revision, after: ComparedText, pictures: Mapping[str, str]
) -> SourceChanges | None:
    page, mark = text.context.page, text.handover
    if mark is None or not mark.is_ready or mark.source_digest == newer.digest:
        return None
    revisions = page.revisions.filter(language=page.source_language, blob=mark.source_digest)
    older = revisions.select_related("blob").order_by("-pk").first()
    if older is None:
        return None
    return SourceChanges(TextComparison(_render(text, older, pictures), after, page.source_language), mark=mark)


def _render(text: PageLanguage, revision: Revision, pictures: Mapping[str, str]) -> ComparedText:
    return PageLanguage(text.context, text.context.page.source_language).compared(revision, pictures)
