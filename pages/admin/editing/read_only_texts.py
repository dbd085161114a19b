"""The drafts of a page for users who may not edit it: each served language as readers would see it, without a form."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import language_attributes, language_title, tab_labels
from pages.admin.editing.tab_statuses import TabStatus, tab_statuses
from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.languages import served_languages
from pages.models import Page, Revision
from pages.presentation.rendered_bodies import render_draft_body
from pages.publishing.pictures.storage import published_pictures
from pages.text import source
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class ReadOnlyText:
    """The draft in one language; without a text, `revision` and `rendered` are None."""

    tab: TabStatus
    revision: Revision | None
    rendered: RenderedBody | None

    @property
    def name(self) -> str:
        return language_title(self.tab.language)

    @property
    def attributes(self) -> dict[str, str]:
        return language_attributes(self.tab.language)

    @property
    def tab_labels(self) -> str:
        return tab_labels(self.tab.language)

    @property
    def markdown(self) -> str:
        return source.extract_body(self.revision.source) if self.revision else ""


def texts_view(model_admin, request, page: Page):
    now = timezone.now()
    heads = page.revisions.drafts().filter(language__in=served_languages())
    pictures = published_pictures(page, now)
    head_of = {head.language: head for head in heads if not head.is_empty}
    tabs = tab_statuses(page, actor_of(request.user), now)
    texts = [_read_only_text(page, tab, head_of.get(language), pictures) for language, tab in tabs.items()]
    return render_page_view(
        model_admin, request, page, "admin/pages/page/texts.html", title=_("Texts of this page"), texts=texts
    )


def _read_only_text(page: Page, tab: TabStatus, head: Revision | None, pictures) -> ReadOnlyText:
    if head is None:
        return ReadOnlyText(tab, None, None)
    body = source.extract_body(head.source)
    # All languages are on one page, where their headings must not share ids.
    prefix = f"{tab.language}-"
    rendered = render_draft_body(body, pictures, base_url=page.get_absolute_url(), id_prefix=prefix)
    return ReadOnlyText(tab, head, rendered)
