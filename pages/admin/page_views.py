"""How the views of one page are put together: found, permitted, and render_page_view like the rest of the admin."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from pages.admin.permissions import actor_of, can_edit, can_move, can_publish, can_withdraw
from pages.admin.picture_upload import use_editor_picture_urls
from pages.languages import direction
from pages.models import Page
from pages.publishing.actors import Actor

# What the frame of a page needs; the texts in thirty languages stay where they are.
COLUMNS = ("path", "uuid", "slug", "weight", "parent", "source_language", "review_by")


@dataclass(frozen=True)
class PageView:
    """A view of one page: its address below the page's own, and who may see it at all.

    The view is called as `view(model_admin, request, page, **the address's other parts)`.
    """

    address: str
    name: str
    view: Callable
    may: Callable[[Actor], bool]

    def pattern(self, model_admin):
        """Return the view's address in the admin, named `admin:pages_page_NAME`."""
        wrapped = model_admin.admin_site.admin_view(self._answering(model_admin))
        return path(f"<int:pk>/{self.address}", wrapped, name=f"pages_page_{self.name}")

    def _answering(self, model_admin):
        def answering(request, pk, **parts):
            if not self.may(actor_of(request.user)):
                raise PermissionDenied
            page = get_object_or_404(Page.objects.only(*COLUMNS), pk=pk)
            response = self.view(model_admin, request, page, **parts)
            patch_cache_control(response, private=True, no_store=True)
            if isinstance(response, TemplateResponse):
                response.add_post_render_callback(use_editor_picture_urls)
            else:
                use_editor_picture_urls(response)
            return response

        return answering


def render_page_view(model_admin, request, page: Page, template: str, *, title: str, status: int = 200, **context):
    """Render a view of a page in the admin's frame, with the tools that lead to the page's other views."""
    actor = actor_of(request.user)
    frame = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "original": page,
        "media": model_admin.media,
        # The comparison's own words are in the language of the admin, the texts in theirs.
        "language": get_language(),
        "direction": direction(get_language()),
        **tool_permissions(page, actor),
    }
    return TemplateResponse(request, template, {**frame, **context}, status=status)


def tool_permissions(page: Page, actor: Actor) -> dict[str, bool]:
    """Return which of a page's tools the actor is shown."""
    is_public, is_withdrawn = _state(page) if can_withdraw(actor) else (False, False)
    return {
        "can_edit": can_edit(actor),
        "can_publish": can_publish(actor),
        "can_move": can_move(actor) and bool(page.path),
        "can_withdraw": is_public,
        "can_bring_back": is_withdrawn,
        "can_add": actor.may("add_page"),
    }


def _state(page: Page) -> tuple[bool, bool]:
    """Tell whether readers can open the page, and whether it is withdrawn: two plain queries, for every view asks."""
    now = timezone.now()
    if page.records.withdrawing(now).exists():
        return False, True
    # Where any version stands whose moment has come, one is in force.
    return page.versions.filter(effective_at__lte=now).standing(now).exists(), False
