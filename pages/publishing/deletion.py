"""Deleting pages that readers never knew of."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Page, Revision
from pages.publishing.actors import Actor


class DeletionConflict(Exception):
    """Somebody saved a text of the page after the person looked at it; nothing was deleted."""

    def __init__(self, revision: Revision):
        self.revision = revision
        super().__init__(f"saved meanwhile: revision {revision.pk}")


def last_revision_id(page: Page) -> int:
    """Return the key of the page's last saved text, 0 without one."""
    return page.revisions.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def delete_page(page: Page, *, by: Actor, expected_revision: int | None = None) -> None:
    """Delete a page with its drafts. One that has versions stays: its history is not the editors' alone.

    `expected_revision` is the last saved text that the person knew of. Raises DeletionConflict, PermissionDenied.
    """
    by.require("delete_page")
    page = Page.objects.select_for_update().get(pk=page.pk)
    if page.versions.exists():
        raise PermissionDenied(_("A page that was published is not deleted: withdraw it."))
    if expected_revision is not None and expected_revision != last_revision_id(page):
        raise DeletionConflict(page.revisions.order_by("-pk").first())
    page.delete()
