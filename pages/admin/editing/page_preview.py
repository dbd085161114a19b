"""Previews: the draft of a page in the public templates, and the live preview of the Markdown editor."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pages.admin.editing.preview_queue import PreviewQueue, Replaced
from pages.admin.page_views import no_preview
from pages.admin.primary_keys import parse_key
from pages.languages import direction, served_languages, served_or_default
from pages.models import Page
from pages.presentation.draft_presentation import has_draft, read_draft
from pages.presentation.rendered_bodies import render_new_body
from pages.presentation.site_presentation import base_context, read_site
from pages.presentation.site_state import read_site_state, read_snapshot
from pages.publishing.body_errors import describe_body_error
from pages.publishing.pictures.storage import published_pictures
from pages.text.markup_work import TooMuchMarkup
from pages.text.parsing import BodyTooLong

PREVIEWS = PreviewQueue()


def preview_view(model_admin, request, page: Page, language: str):
    """Show the draft in a language, or one revision with `?revision=`, as a page of the public site."""
    if language not in served_languages():
        raise Http404
    at, editors_language = timezone.now(), request.LANGUAGE_CODE
    revision = parse_key(request.GET.get("revision", ""))
    if revision is None and "revision" in request.GET:
        raise Http404
    if revision is None and not has_draft(page):
        change_url = reverse("admin:pages_page_change", args=[page.pk])
        return no_preview(request, _("This page has no text yet."), change_url, _("Back to the page"), status=404)
    # The page is rendered in its own language; only the banner above it is in the editor's.
    with override(language):
        presentation = read_draft(page, language, at, revision)
        # What is read of the public site is shared with readers, so it must be from one state of the database.
        with read_snapshot():
            state = read_site_state(at)
            site, navigation = read_site(language, state), presentation.navigation(state)
        origin = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        context = {
            **base_context(site, language, origin=origin, links=_language_links(page), noindex=True),
            "presentation": presentation,
            "navigation": navigation,
            "editors_language": editors_language,
            "editors_direction": direction(editors_language),
        }
        response = render(request, "admin/pages/page/preview.html", context)
    response.headers["Content-Language"] = language
    return response


def default_preview_view(model_admin, request, page: Page):
    """Redirect to the preview in the source language, or in the default language if the source is not served."""
    url = reverse("admin:pages_page_draft_preview", args=[page.pk, served_or_default(page.source_language)])
    return HttpResponseRedirect(url)


def _language_links(page: Page) -> list[dict]:
    return [
        {"code": code, "url": reverse("admin:pages_page_draft_preview", args=[page.pk, code])}
        for code in served_languages()
    ]


@never_cache
@require_POST
def live_preview(request):
    """Return the posted Markdown as readers would see it, with the pictures and links of `?page=`.

    Errors are short HTML too: markdownx puts every response into the form, whatever its status.
    """
    user = request.user
    if not (user.is_active and user.is_staff and user.has_perm("pages.view_page")):
        return _preview_message(
            _("You are logged out, or do not have permission. Log in again in another tab; your text stays here."), 403
        )
    page = Page.objects.only("pk", "path").filter(pk=parse_key(request.GET.get("page", ""))).first()
    pictures = published_pictures(page, timezone.now()) if page else {}
    try:
        with PREVIEWS.turn():
            base_url, language = page.get_absolute_url() if page else "", get_language() or ""
            body = render_new_body(request.POST.get("content", ""), pictures, language=language, base_url=base_url)
    except Replaced:
        # The script of the form asks again when it sees this mark.
        message = _("Another preview is being rendered. This one follows.")
        return HttpResponse(format_html("<p data-replaced><strong>{}</strong></p>", message))
    except (BodyTooLong, TooMuchMarkup) as error:
        return _preview_message(describe_body_error(error))
    return HttpResponse(body.html)


def _preview_message(message: str, status: int = 200) -> HttpResponse:
    return HttpResponse(format_html("<p><strong>{}</strong></p>", message), status=status)
