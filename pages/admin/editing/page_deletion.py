"""Deleting a page in the admin: one at a time, by the verb, and not what somebody wrote in the meantime."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import format_short_time
from pages.admin.editing.language_tabs import language_title
from pages.admin.permissions import actor_of
from pages.models import Page, Revision
from pages.publishing.deletion import SavedSince, delete_page, last_revision

LAST_REVISION = "last_revision"


class PageDeleting:
    """What the admin of pages does about deleting."""

    delete_confirmation_template = "admin/pages/page/delete_confirmation.html"

    def has_delete_permission(self, request, obj=None):
        """Keep pages whose history readers may know of."""
        return super().has_delete_permission(request, obj) and not (obj and obj.versions.exists())

    def get_actions(self, request):
        """Leave out deleting many at once: nobody would see what was written in them meanwhile."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def get_deleted_objects(self, objs, request):
        """Let the drafts of a page that was never published go with it; the database keeps all others."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking.discard(Revision._meta.verbose_name)
        return to_delete, counts, lacking, protected

    def delete_view(self, request, object_id, extra_context=None):
        """Ask first, with the last text that there is now; what was saved after that stops it."""
        page = self.get_object(request, unquote(object_id))
        token = {LAST_REVISION: last_revision(page)} if page else {}
        try:
            return super().delete_view(request, object_id, {**token, **(extra_context or {})})
        except SavedSince as error:
            messages.error(request, _explained(error.revision))
        return HttpResponseRedirect(reverse("admin:pages_page_delete", args=[object_id]))

    def delete_model(self, request, obj):
        """Delete by the verb."""
        given = request.POST.get(LAST_REVISION, "")
        expected = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
        try:
            delete_page(obj, by=actor_of(request.user), expected_revision=expected)
        except Page.DoesNotExist as error:
            raise Http404 from error


def _explained(revision: Revision) -> str:
    return _(
        "The page was not deleted: %(author)s saved a text of it at %(time)s, after you opened this question. "
        "Language: %(language)s."
    ) % {
        "author": revision.author,
        "time": format_short_time(revision.created_at),
        "language": language_title(revision.language),
    }
