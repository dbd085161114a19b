"""Starting over: only a sample on which nobody worked is removed, and then nothing of it is left."""

import json
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from pages.history.verification import find_problems
from pages.hugo.starter import SiteHasPages, load_starter
from pages.models import (
    Blob,
    EditingSession,
    Handover,
    ImportLine,
    ImportRun,
    Link,
    LinkGroup,
    Page,
    Picture,
    PublicationRecord,
    Redirect,
    Revision,
    SiteCounter,
    SiteSettings,
    Version,
    VersionText,
)
from pages.publishing.actors import system_actor, user_actor
from pages.publishing.editing_sessions import OpenForm, TypedText, record_session, unsaved_texts
from pages.publishing.handovers import mark_ready
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import create_page, move
from pages.publishing.pictures.storage import store_picture
from pages.publishing.sample.changes import find_changes, is_sample
from pages.publishing.sample.starting_over import NotASample, SampleWasChanged, start_over
from pages.text.fields import Fields
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db

OWNER = system_actor("Ann")
CONTENT = (
    *(Blob, EditingSession, Handover, ImportLine, ImportRun, Link, LinkGroup, Page, Picture, Redirect, Revision),
    *(SiteSettings, Version, VersionText),
)


@pytest.fixture
def sample(moment):
    load_starter(by=system_actor("loadstarter"), now=moment())


def sample_page():
    return Page.objects.get(path="privacy-policy")


def everything():
    models = (*CONTENT, PublicationRecord, SiteCounter)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_sample_that_was_just_loaded_has_no_changes(sample):
    assert is_sample()
    assert find_changes() == []


def test_starting_over_leaves_nothing_but_a_new_log_and_the_accounts(sample, moment):
    ann = get_user_model().objects.create_superuser("ann")
    page = sample_page()
    typed = {"en": TypedText(Fields(title="Tried", body="Tried."), draft_revision(page, "en").pk)}
    record_session(page, OpenForm(ann.pk, uuid4()), "en", typed, by=OWNER, now=moment())
    site = json.loads(PublicationRecord.objects.get(number=1).canonical)["site"]
    value = SiteCounter.objects.get().value
    start_over(by=OWNER, now=moment(1))
    assert {model.__name__: model.objects.count() for model in CONTENT if model.objects.count()} == {"Blob": 1}
    record = PublicationRecord.objects.get()
    start = json.loads(record.canonical)
    assert (record.kind, record.number, record.actor_name, start["sample"], start["previous"]) == (
        *("start", 1, "Ann", False),
        "",
    )
    assert start["site"] != site
    counter = SiteCounter.objects.get()
    # It never goes back: every cache sees that the site has changed.
    assert (counter.value > value, counter.last_record, counter.head) == (True, 1, record.hash)
    assert get_user_model().objects.filter(username="ann").exists()
    connection.check_constraints()
    assert list(find_problems()) == []
    assert not is_sample()


def test_unsaved_text_of_a_new_page_stays_with_its_author(sample, moment):
    ann = get_user_model().objects.create_superuser("ann")
    typed = {"en": TypedText(Fields(title="Ours", body="Ours."), None)}
    record_session(None, OpenForm(ann.pk, uuid4()), "en", typed, by=OWNER, now=moment())
    start_over(by=OWNER, now=moment(1))
    (session,) = unsaved_texts(None, ann.pk, ["en"], moment(1))
    assert session.fields.body == "Ours."


def test_new_site_can_be_used_like_any_other(sample, moment):
    start_over(by=OWNER, now=moment(1))
    publish_bodies(make_page(), {"en": "Ours."}, moment(2))
    assert list(PublicationRecord.objects.order_by("number").values_list("kind", flat=True)) == ["start", "publish"]
    assert list(find_problems()) == []


def test_sample_is_not_loaded_again_after_starting_over(sample, moment):
    start_over(by=OWNER, now=moment(1))
    with pytest.raises(SiteHasPages):
        load_starter(by=system_actor("loadstarter"), now=moment(2))


def save_a_draft(now):
    save_bodies(sample_page(), now, en="Ours.")


def publish(now):
    publish_bodies(sample_page(), {"en": "Ours."}, now)


def add_a_page(now):
    create_page(slug="ours", parent=None, source_language="en", by=EDITOR)


def withdraw_the_page(now):
    withdraw(sample_page(), reasons={"en": "Ours."}, by=EDITOR, now=now)


def move_the_page(now):
    move(sample_page(), slug="ours", parent=None, by=EDITOR, now=now)


def upload_a_picture(now):
    store_picture(b"<svg/>", "svg", now=now)


def change_the_name(now):
    SiteSettings.objects.update(name_ru="Наш сайт")


def remove_the_settings(now):
    SiteSettings.objects.all().delete()


def change_a_link(now):
    Link.objects.filter(label_en="Blog").update(url="https://example.org/")


def point_a_link_elsewhere(now):
    Link.objects.exclude(page=None).update(page=None)


def remove_a_link(now):
    Link.objects.filter(label_en="macOS").delete()


def swap_links(now):
    first, second = Link.objects.filter(group__title_en="Get help").order_by("weight")
    Link.objects.filter(pk=first.pk).update(weight=second.weight + 1)


def add_a_group(now):
    LinkGroup.objects.create(title_en="Ours", weight=9)


def add_a_redirect(now):
    Redirect.objects.create(old_path="ours", page=sample_page())


def import_something(now):
    ImportRun.objects.create(source="ours", by="import_hugo", started_at=now)


def set_a_review(now):
    Page.objects.update(review_by=now.date())


def mark_a_text_as_ready(now):
    page = sample_page()
    mark_ready(page, "en", revision=draft_revision(page, "en").pk, by=EDITOR, now=now)


def change_the_weight(now):
    Page.objects.update(weight=7)


CHANGES = {
    save_a_draft: "/privacy-policy/: a text in the language en, saved by Ann",
    publish: "record 4 of the publication log, by Ann",
    add_a_page: "/ours/: a page that was added",
    withdraw_the_page: "record 4 of the publication log, by Ann",
    move_the_page: "record 4 of the publication log, by Ann",
    upload_a_picture: "a picture that was uploaded: ",
    change_the_name: "changed site settings",
    remove_the_settings: "changed site settings",
    change_a_link: "changed links in the top bar or the footer",
    point_a_link_elsewhere: "changed links in the top bar or the footer",
    remove_a_link: "changed links in the top bar or the footer",
    swap_links: "changed links in the top bar or the footer",
    add_a_group: "changed links in the top bar or the footer",
    add_a_redirect: "a redirect from /ours/",
    import_something: "an import of ours",
    mark_a_text_as_ready: "/privacy-policy/: a text in the language en, marked as ready or sent back by Ann",
    change_the_weight: "/privacy-policy/: another weight",
    set_a_review: "/privacy-policy/: a date for the next review",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_sample_that_somebody_worked_on_stays_and_what_is_there_is_named(sample, moment, change):
    change(moment(1))
    before = everything()
    with pytest.raises(SampleWasChanged) as error:
        start_over(by=OWNER, now=moment(2))
    assert any(named.startswith(CHANGES[change]) for named in error.value.changes), error.value.changes
    assert CHANGES[change] in str(error.value)
    assert everything() == before


def test_person_with_the_name_of_the_loader_is_not_the_loader(sample, moment):
    withdraw(sample_page(), reasons={"en": "Ours."}, by=system_actor("loadstarter"), now=moment(1))
    with pytest.raises(SampleWasChanged):
        start_over(by=OWNER, now=moment(2))


def test_many_changes_are_named_in_part_and_counted(sample, moment):
    for number in range(14):
        make_page(f"page-{number}")
    with pytest.raises(SampleWasChanged, match=r"a page that was added; and 4 more\. Export"):
        start_over(by=OWNER, now=moment(2))


def test_site_without_a_sample_is_never_emptied(moment):
    publish_bodies(make_page(), {"en": "Ours."}, moment())
    before = everything()
    with pytest.raises(NotASample):
        start_over(by=OWNER, now=moment(1))
    assert everything() == before


def test_only_a_superuser_may_start_over(sample, moment):
    before = everything()
    everything_else = frozenset({"publish_page", "change_sitesettings", "delete_page"})
    with pytest.raises(PermissionDenied):
        start_over(by=user_actor("Ann", {f"pages.{name}" for name in everything_else}), now=moment(1))
    assert everything() == before
    start_over(by=user_actor("Ann", (), is_superuser=True), now=moment(1))
    assert not Page.objects.exists()


def assert_nothing_can_be_deleted():
    for model in (VersionText, Version, Revision, Picture, PublicationRecord):
        assert model.objects.exists()
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
            model.objects.all()._raw_delete(using="default")


def test_database_lets_rows_of_a_sample_go_only_when_the_counter_was_set_back(sample):
    assert_nothing_can_be_deleted()
    SiteCounter.objects.update(last_record=0)
    VersionText.objects.all()._raw_delete(using="default")
    assert not VersionText.objects.exists()


def test_database_never_lets_rows_of_another_site_go(moment):
    publish_bodies(make_page(), {"en": 'A note of {"sample":true}.'}, moment(), note='"sample":true')
    store_picture(b"<svg/>", "svg", now=moment())
    SiteCounter.objects.update(last_record=0)
    assert_nothing_can_be_deleted()
