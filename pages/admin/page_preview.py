"""The preview of a page: its draft in the public templates, at an admin URL."""

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pages.admin.page_views import message_response
from pages.admin.primary_keys import parse_key
from pages.languages import direction, language_link, served_languages, served_or_default
from pages.models import Page
from pages.presentation.draft_presentation import has_draft, read_draft
from pages.presentation.site_presentation import base_context, read_site


def preview_view(model_admin, request, page: Page, language: str):
    """Show the draft in a language, or one revision with `?revision=`, as a page of the public site."""
    if language not in served_languages():
        raise Http404
    at, editors_language = timezone.now(), request.LANGUAGE_CODE
    revision = _requested_revision(request)
    if revision is None and not has_draft(page):
        change_url = reverse("admin:pages_page_change", args=[page.pk])
        return message_response(_("This page has no text yet."), change_url, _("Back to the page"), status=404)
    # The page is rendered in its own language; only the banner above it is in the editor's.
    with override(language):
        presentation = read_draft(page, language, at, revision)
        site, origin = read_site(language, at), settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        context = {
            **base_context(site, language, origin=origin, links=_language_links(page), noindex=True),
            "presentation": presentation,
            "navigation": presentation.navigation(at),
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


def _requested_revision(request) -> int | None:
    if "revision" not in request.GET:
        return None
    key = parse_key(request.GET["revision"])
    if key is None:
        raise Http404
    return key


def _language_links(page: Page) -> list[dict]:
    return [
        {**language_link(code), "url": reverse("admin:pages_page_draft_preview", args=[page.pk, code])}
        for code in served_languages()
    ]
