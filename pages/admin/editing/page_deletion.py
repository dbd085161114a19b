"""Deletion of a page that was never published: one at a time, and refused if its text changed since the question."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pages.admin.editing.conflicts import format_short_time
from pages.admin.permissions import actor_of
from pages.admin.primary_keys import parse_key
from pages.languages import name_in_sentence
from pages.models import Page, Revision
from pages.publishing.page_tree import DeletionConflict, delete_page, last_revision_id

LAST_REVISION = "last_revision"


class PageDeletionMixin:
    """The deletion part of the page admin."""

    delete_confirmation_template = "admin/pages/page/delete_confirmation.html"

    def has_delete_permission(self, request, obj=None):
        # A published page has a history that readers can refer to; it can only be withdrawn.
        return super().has_delete_permission(request, obj) and not (obj and obj.versions.exists())

    def get_deleted_objects(self, objs, request):
        """Allow deleting a page's revisions with it, though nobody has the permission to delete revisions.

        Revisions of a published page are protected by the foreign keys of its versions.
        """
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        perms_needed.discard(Revision._meta.verbose_name)
        return to_delete, counts, perms_needed, protected

    def delete_view(self, request, object_id, extra_context=None):
        """Ask for confirmation; the form names the newest revision, and a newer one stops the deletion."""
        page = self.get_object(request, unquote(object_id))
        token = {LAST_REVISION: last_revision_id(page)} if page else {}
        try:
            return super().delete_view(request, object_id, {**token, **(extra_context or {})})
        except DeletionConflict as error:
            messages.error(request, _changed_since_message(error.revision))
        return HttpResponseRedirect(reverse("admin:pages_page_delete", args=[object_id]))

    def delete_model(self, request, obj):
        # No revision has the key 0; None would delete without the check.
        expected = parse_key(request.POST.get(LAST_REVISION, "")) or 0
        try:
            delete_page(obj, by=actor_of(request.user), expected_revision=expected)
        except Page.DoesNotExist as error:
            # Somebody else deleted the page in the meantime.
            raise Http404 from error


def _changed_since_message(revision: Revision) -> str:
    return _(
        "The page was not deleted: %(author)s saved a text of it at %(time)s, after you opened the "
        "confirmation page. Language: %(language)s."
    ) % {
        "author": revision.author,
        "time": format_short_time(revision.created_at),
        "language": name_in_sentence(revision.language),
    }
