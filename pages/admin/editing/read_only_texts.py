"""The drafts of a page for users who may not edit it: each served language as readers would see it, without a form."""

from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.tab_statuses import tab_statuses
from pages.admin.page_views import render_page_view
from pages.admin.permissions import actor_of
from pages.models import Page, Revision
from pages.presentation.rendered_bodies import render_draft_body
from pages.publishing.pictures.storage import published_pictures


def texts_view(model_admin, request, page: Page):
    now = timezone.now()
    pictures = published_pictures(page, now)
    heads = {head.language: head for head in page.revisions.drafts().select_related("blob")}
    texts = [
        {"tab": tab, **_shown_text(page, heads.get(language), pictures)}
        for language, tab in tab_statuses(page, actor_of(request.user), now).items()
    ]
    template = "admin/pages/page/texts.html"
    return render_page_view(model_admin, request, page, template, title=_("Texts"), current_tab="edit", texts=texts)


def _shown_text(page: Page, head: Revision | None, pictures) -> dict:
    """Return the fields and the rendered body of a draft, if it has a text."""
    if head is None or head.is_empty:
        return {}
    fields = head.fields
    # All languages are on one page, where their headings must not share ids.
    prefix, base_url = f"{head.language}-", page.get_absolute_url()
    rendered = render_draft_body(fields.body, pictures, language=head.language, base_url=base_url, id_prefix=prefix)
    return {"fields": fields, "rendered": rendered}
