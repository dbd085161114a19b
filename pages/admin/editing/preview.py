"""The live preview of the Markdown editor: what the public page would show."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pages.admin.picture_upload import with_pictures_for_editors
from pages.models import Page
from pages.presentation.rendered_bodies import render_body
from pages.publishing.pictures import known_pictures, pictures_of
from pages.text.rendering import BodyTooLong


@never_cache
@require_POST
def preview(request):
    """Answer with HTML in any case: the editor puts whatever comes back into the page."""
    user = request.user
    if not (user.is_active and user.is_staff and user.has_perm("pages.view_page")):
        return _short(
            _("You are logged out, or may not do this. Log in again in another tab; your text stays here."), 403
        )
    number = request.GET.get("page", "")
    page = Page.objects.only("pk", "path").filter(pk=int(number)).first() if _is_key(number) else None
    content = request.POST.get("content", "")
    try:
        pictures = pictures_of(content, known_pictures(page, timezone.now()) if page else {})
        body = render_body(content, pictures, base_url=page.get_absolute_url() if page else "")
    except BodyTooLong as error:
        sizes = {"size": -(-error.size // 1024), "limit": error.limit // 1024}
        return _short(_("The text has %(size)d KB; the most that a page may have is %(limit)d KB.") % sizes)
    return HttpResponse(with_pictures_for_editors(body.html))


def _is_key(number: str) -> bool:
    # Nineteen digits could pass what a database takes for a key.
    return number.isascii() and number.isdigit() and len(number) < 19


def _short(sentence: str, status: int = 200) -> HttpResponse:
    return HttpResponse(format_html("<p><strong>{}</strong></p>", sentence), status=status)
