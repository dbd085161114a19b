"""A draft as readers would see it: the public templates, at an address that is the editors' own."""

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

from pages.admin.history.page_comparison import found
from pages.admin.page_views import PageView
from pages.admin.permissions import actor_of, can_view
from pages.languages import direction, language_link, served_languages, served_or_default
from pages.models import Page
from pages.presentation.draft_presentation import has_draft, read_draft
from pages.presentation.site_presentation import base_context, read_site


@dataclass(frozen=True)
class OpenPageView(PageView):
    """A view that tells whoever may not see it so, in a sentence: a login page could be taken for the page itself."""

    def pattern(self, model_admin):
        """Return the view's address in the admin."""
        return path(f"<int:pk>/{self.address}", self._guarded(model_admin), name=f"pages_page_{self.name}")

    def _guarded(self, model_admin):
        answering = self._answering(model_admin)

        @require_safe
        def guarded(request, pk, **parts):
            if model_admin.admin_site.has_permission(request) and self.may(actor_of(request.user)):
                response = answering(request, pk, **parts)
            else:
                response = _refusal(request)
            patch_cache_control(response, private=True, no_store=True)
            response.headers["X-Robots-Tag"] = "noindex"
            return response

        return guarded


def preview(model_admin, request, page: Page, language: str):
    """Show the draft of a language, or with `?revision=` a revision of it, in the frame of the site."""
    if language not in served_languages():
        raise Http404
    at, editors_language = timezone.now(), request.LANGUAGE_CODE
    chosen = _chosen(request)
    if chosen is None and not has_draft(page):
        return _sentence(_("This page has no text yet: there is nothing to show."), page, status=404)
    with override(language):
        presentation = found(read_draft, page, language, at, chosen)
        site, origin = read_site(language, at), settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
        context = {
            **base_context(site, language, origin=origin, links=_links(page), noindex=True),
            "presentation": presentation,
            "around": presentation.navigation(at),
            "editors_language": editors_language,
            "editors_direction": direction(editors_language),
        }
        response = render(request, "admin/pages/page/preview.html", context)
    response.headers["Content-Language"] = language
    return response


def first_preview(model_admin, request, page: Page):
    """Lead to the preview in the source language, if it is served."""
    address = reverse("admin:pages_page_draft", args=[page.pk, served_or_default(page.source_language)])
    return HttpResponseRedirect(address)


def _chosen(request) -> int | None:
    key = request.GET.get("revision")
    if key is None:
        return None
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Http404
    return int(key)


def _links(page: Page) -> list[dict]:
    return [
        {**language_link(code), "url": reverse("admin:pages_page_draft", args=[page.pk, code])}
        for code in served_languages()
    ]


def _sentence(sentence: str, page: Page, *, status: int) -> HttpResponse:
    address = reverse("admin:pages_page_change", args=[page.pk])
    link = format_html('<a href="{}">{}</a>', address, _("Back to the page"))
    return HttpResponse(format_html("<p>{} {}</p>", sentence, link), status=status)


def _refusal(request) -> HttpResponse:
    sentence, link = _("You are logged out, or may not see drafts."), _("Log in")
    address = f"{reverse('admin:login')}?next={request.path}"
    return HttpResponse(format_html('<p>{} <a href="{}">{}</a></p>', sentence, address, link), status=403)


VIEWS = (
    OpenPageView("preview/", "drafts", first_preview, can_view),
    OpenPageView("preview/<slug:language>/", "draft", preview, can_view),
)
