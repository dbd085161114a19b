"""Views of one page: their routes, their permission checks and the template context that they share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pages.admin.page_header import header_context
from pages.admin.permissions import actor_of, writable_languages
from pages.admin.repeated_submissions import FORM_KEY, answer_once
from pages.languages import direction
from pages.models import Page
from pages.presentation.page_presentation import NothingToShow
from pages.publishing.page_tree import POSITION

# What every view of a page shows. The page also has four text columns for each of about thirty languages.
PAGE_COLUMNS = ("path", "uuid", "slug", "parent", "source_language", *POSITION)


@dataclass(frozen=True)
class PageView:
    """A view of one page: its route below that of the page, its URL name, and the permission that it requires.

    The view is called as `view(model_admin, request, page, **captured)` with what the route captures. Raising
    NothingToShow is answered with 404. Without permission, a preview is answered with a short message instead of the
    login page, which an editor could mistake for the previewed page.
    """

    route: str
    name: str
    view: Callable
    permission: str
    is_preview: bool = False

    def url_pattern(self, model_admin):
        """Return the URL pattern in the admin, named `admin:pages_page_NAME`."""

        def view(request, pk, **captured):
            is_staff = model_admin.admin_site.has_permission(request)
            if is_staff and actor_of(request.user).has_perm(self.permission):
                response = answer_once(request, partial(self._call, model_admin, request, pk, **captured))
            elif self.is_preview:
                message = _("You are logged out, or do not have permission to see drafts.")
                login_url = f"{reverse('admin:login')}?next={request.path}"
                response = no_preview(request, message, login_url, _("Log in"), status=403)
            else:
                raise PermissionDenied
            # Drafts must not remain in the cache of a shared computer or a proxy.
            patch_cache_control(response, private=True, no_store=True)
            if self.is_preview:
                response.headers["X-Robots-Tag"] = "noindex"
            return response

        wrapped = require_safe(view) if self.is_preview else model_admin.admin_site.admin_view(view)
        return path(f"<int:pk>/{self.route}", wrapped, name=f"pages_page_{self.name}")

    def _call(self, model_admin, request, pk, **captured):
        page = get_object_or_404(Page.objects.only(*PAGE_COLUMNS), pk=pk)
        try:
            return self.view(model_admin, request, page, **captured)
        except NothingToShow as error:
            raise Http404 from error


def no_preview(request, message: str, url: str, link_text: str, *, status: int) -> HttpResponse:
    """Return a page that says why there is no preview, with a link."""
    context = {"message": message, "url": url, "link_text": link_text}
    return render(request, "admin/pages/page/no_preview.html", context, status=status)


def render_page_view(model_admin, request, page: Page, template: str, *, title: str, status: int = 200, **context):
    """Render a view of a page with the admin's header and that of the page.

    The context can say which tab of the page the view is (`current_tab`) or belongs to (`parent_tab`).
    """
    actor = actor_of(request.user)
    shared_context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "original": page,
        "media": model_admin.media,
        # Comparisons use these for their labels; the compared texts have a language of their own.
        "language": get_language(),
        "direction": direction(get_language()),
        "writable_languages": writable_languages(actor),
        # A form that is shown again keeps its key.
        "form_key": request.POST.get(FORM_KEY) or uuid4(),
        **header_context(page, actor, timezone.now()),
    }
    return TemplateResponse(request, template, {**shared_context, **context}, status=status)
