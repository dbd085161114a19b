"""Deleting a page: never one with a history, never what somebody wrote meanwhile."""

import pytest
from django.core.exceptions import PermissionDenied

from pages.models import Page
from pages.publishing.actors import Actor
from pages.publishing.page_tree import DeletionConflict, delete_page, last_revision_id
from tests.building import EDITOR, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db


def test_a_draft_goes_with_its_texts(moment):
    page = make_page()
    save_bodies(page, moment(), en="Draft.")
    delete_page(page, by=EDITOR, expected_revision=last_revision_id(page))
    assert not Page.objects.exists()


def test_what_was_saved_meanwhile_stops_it_and_is_named(moment):
    page = make_page()
    known = last_revision_id(page)
    saved = save_bodies(page, moment(), ru="Written meanwhile.")["ru"]
    with pytest.raises(DeletionConflict) as caught:
        delete_page(page, by=EDITOR, expected_revision=known)
    assert caught.value.revision == saved
    assert Page.objects.filter(pk=page.pk).exists()


def test_a_page_with_versions_stays(moment):
    page = make_page()
    publish_bodies(page, {"en": "Known."}, moment())
    with pytest.raises(PermissionDenied, match="withdraw it"):
        delete_page(page, by=EDITOR)


def test_it_takes_the_right():
    page = make_page()
    with pytest.raises(PermissionDenied):
        delete_page(page, by=Actor("Tim", frozenset({"change_page"})))
