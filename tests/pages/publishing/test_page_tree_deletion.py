"""Deleting pages: never one with versions, and never a text that the person did not see."""

import pytest
from django.core.exceptions import PermissionDenied

from pages.models import Page
from pages.publishing.actors import Actor
from pages.publishing.page_tree import DeletionConflict, delete_page, last_revision_id
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def test_draft_is_deleted_with_its_revisions(moment):
    page = make_page()
    save_bodies(page, moment(), en="Draft.")
    delete_page(page, by=EDITOR, expected_revision=last_revision_id(page))
    assert not Page.objects.exists()


def test_revision_saved_by_somebody_else_is_a_conflict(moment):
    page = make_page()
    seen = last_revision_id(page)
    saved = save_bodies(page, moment(), ru="By somebody else.")["ru"]
    with pytest.raises(DeletionConflict) as caught:
        delete_page(page, by=EDITOR, expected_revision=seen)
    assert caught.value.revision == saved
    assert Page.objects.filter(pk=page.pk).exists()


def test_page_with_versions_is_not_deleted(moment):
    page = make_page()
    publish_bodies(page, {"en": "Published."}, moment())
    with pytest.raises(PermissionDenied, match="withdraw it"):
        delete_page(page, by=EDITOR)


def test_deleting_requires_the_permission():
    page = make_page()
    with pytest.raises(PermissionDenied):
        delete_page(page, by=Actor("Tim", frozenset({"change_page"})))
