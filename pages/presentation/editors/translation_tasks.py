"""What a translator has to know: the source text as it is, and what changed in it since the translation was made."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pages.history.translation_status import TranslationStatus
from pages.languages import direction
from pages.models import Page, Version, VersionText
from pages.presentation.comparison.version_comparison import VersionComparison, compare_versions
from pages.presentation.page_presentation import PagePresentation, read_version
from pages.presentation.rendered_bodies import render_body
from pages.text import source
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class TranslationTask:
    """A translation beside the source text of the version that it will be read with."""

    presentation: PagePresentation
    language: str
    source: VersionText | None
    at: datetime

    @property
    def version(self) -> Version:
        """Return the version whose source text is shown."""
        return self.presentation.version

    @property
    def status(self) -> TranslationStatus | None:
        """Return the translation's status; None where there is no source text to measure it by."""
        if self.source is None:
            return None
        return TranslationStatus.MISSING if self.presentation.is_fallback else self.presentation.status

    @property
    def behind_since(self) -> datetime | None:
        """Return the moment at which the source changed in meaning for the first time since the translation."""
        updates = self.presentation.source_updates if self.status == TranslationStatus.BEHIND else ()
        return updates[-1].at if updates else None

    @property
    def source_direction(self) -> str:
        """Return the `dir` of the source text."""
        return direction(self.presentation.page.source_language)

    @cached_property
    def source_body(self) -> str:
        """Return the Markdown of the source text."""
        return source.extract_body(bytes(self.source.revision.source)) if self.source else ""

    @cached_property
    def rendered_source(self) -> RenderedBody:
        """Return the source text as readers see it, its ids out of the way of others on the same page."""
        page = self.presentation.page
        address = page.url_in(page.source_language)
        return render_body(self.source_body, self.source.pictures, base_url=address, id_prefix="source-")

    @cached_property
    def changes(self) -> VersionComparison | None:
        """Return what changed in the source since the version that the translation reflects, None where nothing did."""
        if (
            self.status not in {TranslationStatus.BEHIND, TranslationStatus.MINOR}
            or not self.presentation.reflected_version
        ):
            return None
        page = self.presentation.page
        return compare_versions(page, self.presentation.reflected_version, self.version, page.source_language, self.at)


def translation_task(page: Page, language: str, at: datetime) -> TranslationTask | None:
    """Return the task of a language by the version in force, or that which is announced; None without either."""
    version = page.versions.in_force(at).first() or page.versions.not_cancelled(at).order_by("number").first()
    if version is None:
        return None
    texts = version.texts.select_related("revision").filter(language=page.source_language)
    return TranslationTask(read_version(page, version, language, at), language, texts.first(), at)
