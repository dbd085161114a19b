"""The preview of a page: its draft in the public templates, at an admin URL."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from pages.admin.history.page_comparison import call_or_404
from pages.admin.page_views import PageView
from pages.admin.permissions import actor_of, can_view
from pages.admin.primary_keys import parse_key
from pages.languages import direction, language_link, served_languages, served_or_default
from pages.models import Page
from pages.presentation.draft_presentation import has_draft, read_draft
from pages.presentation.site_presentation import base_context, read_site


@dataclass(frozen=True)
class PreviewPageView(PageView):
    """A view that answers 403 with a short message instead of redirecting to the login.

    An editor could mistake the login page for the previewed page.
    """

    def url_pattern(self, model_admin):
        return path(f"<int:pk>/{self.route}", self._preview_view(model_admin), name=f"pages_page_{self.name}")

    def _preview_view(self, model_admin):
        checked_view = self._checked_view(model_admin)

        @require_safe
        def preview_view(request, pk, **captured):
            if model_admin.admin_site.has_permission(request) and self.is_allowed(actor_of(request.user)):
                response = checked_view(request, pk, **captured)
            else:
                response = _forbidden_response(request)
            patch_cache_control(response, private=True, no_store=True)
            response.headers["X-Robots-Tag"] = "noindex"
            return response

        return preview_view


def preview(model_admin, request, page: Page, language: str):
    """Show the draft in a language, or one revision with `?revision=`, as a page of the public site."""
    if language not in served_languages():
        raise Http404
    at, editors_language = timezone.now(), request.LANGUAGE_CODE
    revision = _requested_revision(request)
    if revision is None and not has_draft(page):
        return _message_response(_("This page has no text yet."), page, status=404)
    # The page is rendered in its own language; only the banner above it is in the editor's.
    with override(language):
        presentation = call_or_404(read_draft, page, language, at, revision)
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


def default_preview(model_admin, request, page: Page):
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


def _message_response(message: str, page: Page, *, status: int) -> HttpResponse:
    url = reverse("admin:pages_page_change", args=[page.pk])
    link = format_html('<a href="{}">{}</a>', url, _("Back to the page"))
    return HttpResponse(format_html("<p>{} {}</p>", message, link), status=status)


def _forbidden_response(request) -> HttpResponse:
    message, link_text = _("You are logged out, or do not have permission to see drafts."), _("Log in")
    login_url = f"{reverse('admin:login')}?next={request.path}"
    return HttpResponse(format_html('<p>{} <a href="{}">{}</a></p>', message, login_url, link_text), status=403)


VIEWS = (
    PreviewPageView("preview/", "default_draft_preview", default_preview, can_view),
    PreviewPageView("preview/<slug:language>/", "draft_preview", preview, can_view),
)
