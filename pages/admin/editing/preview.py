"""The live preview of the Markdown editor."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pages.admin.primary_keys import parse_key
from pages.models import Page
from pages.presentation.rendered_bodies import render_draft_body
from pages.publishing.pictures.storage import published_pictures
from pages.text.rendering import BodyTooLong


@never_cache
@require_POST
def live_preview(request):
    """Return the posted Markdown as readers would see it, with the pictures and links of `?page=`.

    Errors are short HTML too: markdownx puts every response into the form, whatever its status.
    """
    user = request.user
    if not (user.is_active and user.is_staff and user.has_perm("pages.view_page")):
        return _message_response(
            _("You are logged out, or do not have permission. Log in again in another tab; your text stays here."), 403
        )
    page = Page.objects.only("pk", "path").filter(pk=parse_key(request.GET.get("page", ""))).first()
    content = request.POST.get("content", "")
    try:
        pictures = published_pictures(page, timezone.now()) if page else {}
        body = render_draft_body(content, pictures, base_url=page.get_absolute_url() if page else "")
    except BodyTooLong as error:
        # The size is rounded up, so that a text just over the limit does not show the limit itself.
        sizes = {"size": -(-error.size // 1024), "limit": error.limit // 1024}
        return _message_response(_("The text has %(size)d KB; a page may have at most %(limit)d KB.") % sizes)
    return HttpResponse(body.html)


def _message_response(message: str, status: int = 200) -> HttpResponse:
    return HttpResponse(format_html("<p><strong>{}</strong></p>", message), status=status)
