"""A draft as readers would get it if it were published now."""

from dataclasses import dataclass
from datetime import datetime

from pages.history.version_spans import Span, VersionState
from pages.languages import LocalizedText, text_for
from pages.models import Page, Revision, Version, VersionText
from pages.models.version_text import Significance
from pages.presentation.navigation import Navigation, NavItem, draft_navigation
from pages.presentation.page_presentation import NothingToShow, PagePresentation
from pages.publishing.pictures.storage import published_pictures, revision_pictures
from pages.publishing.version_writer import base_version
from pages.text import source


@dataclass(frozen=True)
class DraftPresentation(PagePresentation):
    """What a page would show: a version that there is not, made of the texts that editors work on."""

    is_draft = True

    @property
    def revision(self) -> Revision:
        """Return the revision that is shown."""
        return self.text.revision

    def navigation(self, at: datetime) -> Navigation:
        """Return what would be around the page, and the page under the title of the draft."""
        title = LocalizedText(self.revision.link_title or self.title, self.text.language)
        description = LocalizedText(self.revision.description, self.text.language)
        item = NavItem(self.page.path, self.page.url_in(self.language), title, description)
        return draft_navigation(self.page, item, self.language, at)


def read_draft(page: Page, language: str, at: datetime, chosen: int | None = None) -> DraftPresentation:
    """Read the working copy; in the language itself, the revision that is chosen by its key stands in for it.

    Raises NothingToShow where there is no text at all, or where the revision is not the page's, or of another language.
    """
    heads = {head.language: head for head in page.revisions.drafts() if not head.is_empty}
    if chosen is not None:
        revision = page.revisions.filter(pk=chosen, language=language).first()
        heads[language] = _insisted(revision)
    if not heads:
        raise NothingToShow
    revision, base = text_for(heads, language, page.source_language), base_version(page, at)
    return DraftPresentation(
        page=page,
        version=_version(page, base, heads, at),
        span=Span(VersionState.UPCOMING, at),
        language=language,
        text=VersionText(
            language=revision.language,
            revision=revision,
            significance=Significance.MAJOR,
            modified_at=at,
            pictures=revision_pictures(revision, published_pictures(page, at)),
        ),
        languages=tuple(heads),
        first_published_at=at,
        # What a translation reflects is said when it is published.
        status=None,
        reflected_version=None,
    )


def has_draft(page: Page) -> bool:
    """Tell whether the working copy says anything in any language."""
    return page.revisions.drafts().exclude(digest=source.digest(b"")).exists()


def _insisted(revision: Revision | None) -> Revision:
    if revision is None or revision.is_empty:
        raise NothingToShow
    return revision


def _version(page: Page, base: Version | None, languages, at: datetime) -> Version:
    last = page.versions.order_by("-number").values_list("number", flat=True).first() or 0
    binding = base.binding_language if base and base.binding_language in languages else None
    return Version(page=page, number=last + 1, published_at=at, effective_at=at, binding_language=binding)
