"""The texts of a page for those who only read: every served language as readers would see it, nothing to fill in."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import language_attributes, language_title, tab_labels
from pages.admin.editing.tab_notes import TabNote, tab_notes
from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.languages import served_languages
from pages.models import Page, Revision
from pages.presentation.rendered_bodies import render_body
from pages.publishing.pictures import known_pictures, pictures_of
from pages.text import source
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class ShownText:
    """The working copy of a language."""

    note: TabNote
    revision: Revision | None
    rendered: RenderedBody | None

    @property
    def name(self) -> str:
        """Return what the language calls itself."""
        return language_title(self.note.language)

    @property
    def attributes(self) -> dict[str, str]:
        """Return the attributes of an element that holds the text."""
        return language_attributes(self.note.language)

    @property
    def words(self) -> str:
        """Return the words for the tab's marks."""
        return tab_labels(self.note.language)

    @property
    def markdown(self) -> str:
        """Return the body as it was written."""
        return source.extract_body(bytes(self.revision.source)) if self.revision else ""


def texts_view(model_admin, request, page: Page):
    """Show the working copy in each served language."""
    now = timezone.now()
    heads = page.revisions.working().filter(language__in=served_languages())
    known, by_language = known_pictures(page, now), {head.language: head for head in heads if not head.is_empty}
    notes = tab_notes(page, actor_of(request.user), now)
    texts = [_shown(page, note, by_language.get(language), known) for language, note in notes.items()]
    return render_page_view(
        model_admin, request, page, "admin/pages/page/texts.html", title=_("Texts of this page"), texts=texts
    )


def _shown(page: Page, note: TabNote, head: Revision | None, known) -> ShownText:
    if head is None:
        return ShownText(note, None, None)
    body = source.extract_body(bytes(head.source))
    prefix = f"{note.language}-"
    shown = render_body(body, pictures_of(body, known), base_url=page.get_absolute_url(), id_prefix=prefix)
    return ShownText(note, head, shown)
