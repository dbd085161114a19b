"""The draft of a page as readers would see it if it were published now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pages.history.version_spans import Span, VersionState
from pages.languages import LocalizedText, text_for
from pages.models import Page, Revision, Version, VersionText
from pages.models.revision import EMPTY_DIGEST
from pages.models.significance import Significance
from pages.presentation.navigation import Navigation, NavItem, draft_navigation
from pages.presentation.page_events import NO_EVENTS
from pages.presentation.page_presentation import NothingToShow, PagePresentation, first_shown
from pages.presentation.rendered_bodies import editor_picture_urls
from pages.presentation.site_state import SiteState
from pages.presentation.translations import NO_TRANSLATION
from pages.presentation.updates import TextUpdates
from pages.publishing.pictures.storage import published_pictures, revision_pictures
from pages.publishing.version_writer import base_version


@dataclass(frozen=True)
class DraftPresentation(PagePresentation):
    """A page with an unsaved version made of the draft's texts."""

    is_draft = True

    @property
    def revision(self) -> Revision:
        return self.text.revision

    @property
    def picture_urls(self) -> dict[str, str]:
        return editor_picture_urls(self.text.pictures)

    def navigation(self, state: SiteState) -> Navigation:
        """Return the navigation that the page would have, with the title of the draft."""
        title = LocalizedText(self.revision.link_title or self.title, self.text.language)
        description = LocalizedText(self.revision.description, self.text.language)
        item = NavItem(self.page.path, self.page.url_in(self.language), title, description)
        return draft_navigation(self.page.pk, item, self.language, state)


def read_draft(page: Page, language: str, at: datetime, revision_key: int | None = None) -> DraftPresentation:
    """Read the draft of a page; `revision_key` replaces the draft in the language by another revision.

    Raises NothingToShow if there is no text, or if the revision is of another page or language.
    """
    heads = {head.language: head for head in page.revisions.drafts().select_related("blob") if not head.is_empty}
    if revision_key is not None:
        heads[language] = _revision(page, language, revision_key)
    if not heads:
        raise NothingToShow
    revision = text_for(heads, language, page.source_language)
    text = VersionText(
        language=revision.language,
        revision=revision,
        significance=Significance.MAJOR,
        pictures=revision_pictures(revision, published_pictures(page, at)),
    )
    text.modified_at = at
    presentation = DraftPresentation(
        page=page,
        version=_unsaved_version(page, heads, at),
        span=Span(VersionState.UPCOMING, at),
        language=language,
        text=text,
        languages=tuple(heads),
        text_updates=TextUpdates((), at, at, is_complete=True),
        # Which version a translation reflects is decided when it is published.
        translation=NO_TRANSLATION,
        at=at,
        events=NO_EVENTS,
    )
    return presentation.with_links() if presentation.has_file_links else presentation


def has_draft(page: Page) -> bool:
    """Tell whether the draft has a text in any language."""
    # Deleting a text saves a revision without bytes.
    return page.revisions.drafts().exclude(blob=EMPTY_DIGEST).exists()


def _revision(page: Page, language: str, key: int) -> Revision:
    revision = first_shown(page.revisions.filter(pk=key, language=language))
    if revision.is_empty:
        raise NothingToShow
    return revision


def _unsaved_version(page: Page, languages: Collection[str], at: datetime) -> Version:
    """Return the next version of the page. It keeps the binding language of the last one if it has a text in it."""
    last = page.versions.order_by("-number").values_list("number", flat=True).first() or 0
    base = base_version(page)
    binding = base.binding_language if base and base.binding_language in languages else None
    return Version(page=page, number=last + 1, published_at=at, effective_at=at, binding_language=binding)
