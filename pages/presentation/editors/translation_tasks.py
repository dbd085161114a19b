"""The task of a translator: the current source text, and its changes since the version the translation reflects."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pages.history.page_versions import version_in_force
from pages.history.translation_status import TranslationStatus
from pages.models import Page, Version, VersionText
from pages.presentation.comparison.version_comparison import VersionComparison, compare_versions
from pages.presentation.page_events import read_recorded_events
from pages.presentation.page_presentation import PagePresentation, read_version
from pages.presentation.rendered_bodies import public_picture_urls, render_body
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class TranslationTask:
    """A translation and the source text of the same version. `source` is None if the version has no source text."""

    presentation: PagePresentation
    source: VersionText | None
    at: datetime

    @property
    def version(self) -> Version:
        return self.presentation.version

    @property
    def status(self) -> TranslationStatus | None:
        """Return the status of the translation, or None if there is no source text to compare it with."""
        if self.source is None:
            return None
        return TranslationStatus.MISSING if self.presentation.is_fallback else self.presentation.status

    @property
    def behind_since(self) -> datetime | None:
        """Return when the source first changed in a major way since the version that the translation reflects."""
        updates = self.presentation.source_updates if self.status == TranslationStatus.BEHIND else ()
        return updates[-1].at if updates else None

    @cached_property
    def rendered_source(self) -> RenderedBody | None:
        """Render the source text. The prefix keeps its ids apart from those of the admin page around it."""
        if self.source is None:
            return None
        page, urls = self.presentation.page, public_picture_urls(self.source.pictures)
        base_url = page.url_in(page.source_language)
        body, language = self.source.revision.fields.body, page.source_language
        return render_body(body, urls, language=language, base_url=base_url, id_prefix="source-")

    @cached_property
    def changes(self) -> VersionComparison | None:
        """Return the changes of the source since the version that the translation reflects, or None if up to date."""
        page, reflected = self.presentation.page, self.presentation.reflected_version
        if self.status not in {TranslationStatus.BEHIND, TranslationStatus.MINOR} or not reflected:
            return None
        events = read_recorded_events(page.pk)
        return compare_versions(page, reflected, self.version, page.source_language, self.at, events)


def translation_task(page: Page, language: str, at: datetime) -> TranslationTask | None:
    """Return the task for the version in force, or else for the first announced one; None without either."""
    # Before the first effective date, the announced text is what there is to translate.
    version = version_in_force(page, at) or page.versions.not_cancelled(at).order_by("number").first()
    if version is None:
        return None
    texts = VersionText.objects.filter(version=version, language=page.source_language).select_related("revision__blob")
    return TranslationTask(read_version(page, version, language, at), texts.first(), at)
