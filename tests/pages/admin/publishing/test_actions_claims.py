"""Whatever editors do by default, readers are never told that a translation is up to date that nobody said matches.

The table has every operation that changes what readers see, each through its form, with only the answers that the form
insists on. `test_publish_form_claims.py` has what ready marks add.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.history.translation_status import assess_version
from pages.hugo.importing.tree_import import import_tree
from pages.models import Page
from pages.publishing.actors import system_actor
from pages.publishing.page_events import withdraw
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_by_language
from tests.trees import markdown, write_tree

pytestmark = pytest.mark.django_db
NOTES = {"note_en": "New.", "note_ru": "Новое."}
MAJOR = {"significance": "major", **NOTES}
LATER = f"{timezone.now() + timedelta(days=9):%Y-%m-%dT%H:%M}"


@pytest.fixture(scope="module")
def built_pages(build_once):
    """Build two pages, by whether their first Russian text was said to match, and return their primary keys."""
    return {
        is_confirmed: build_once(lambda is_confirmed=is_confirmed: build_page(is_confirmed))
        for is_confirmed in (True, False)
    }


def build_page(is_confirmed: bool) -> int:
    """Build a page with two versions, an announced one, and drafts that differ. The source has changed since the first.

    Nobody said that a later Russian text matches its source.
    """
    page, now = make_page("confirmed" if is_confirmed else "unconfirmed"), timezone.now
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now(), confirmed=["ru"] if is_confirmed else [])
    publish_bodies(page, {"en": "Two."} if is_confirmed else {"en": "Two.", "ru": "Два."}, now())
    publish_bodies(page, {"en": "Three."}, now(), effective_at=now() + timedelta(days=5))
    save_bodies(page, now(), en="Four.", ru="Четыре.")
    return page.pk


@dataclass(frozen=True)
class Publisher:
    """Somebody who works on a page."""

    client: Client
    page: Page

    def send(self, view: str, *arguments, left_out=(), **answers) -> None:
        """Open the form of an operation and send it with its defaults and these answers, twice if it asks."""
        url = reverse(f"admin:pages_page_{view}", args=[self.page.pk, *arguments])
        response = self.client.get(url)
        for _step in range(2):
            form = response.context["form"]
            values = {name: form[name].value() for name in form.fields if name not in left_out}
            sent = {name: value for name, value in values.items() if value not in (None, False)} | answers
            if form.is_bound and hasattr(form, "confirmation_token"):
                sent["confirmed"] = form.confirmation_token()
            response = self.client.post(url, sent)
            if response.status_code == 302:
                return
        raise AssertionError(f"{view} did not go on: {response.context['form'].errors}")


def publish_everything(publisher):
    publisher.send("publish", **MAJOR)


def publish_only_the_source(publisher):
    publisher.send("publish", left_out=["include_ru"], **MAJOR)


def publish_only_the_translation(publisher):
    publisher.send("publish", left_out=["include_en"], **MAJOR)


def publish_immediately(publisher):
    publisher.send("publish", left_out=["effective_at"], announcement_action="cancel", **MAJOR)


def publish_a_minor_change(publisher):
    publisher.send("publish", significance="minor")


def announce_for_another_time(publisher):
    publisher.send("publish", effective_at=LATER, **MAJOR)


def announce_again(publisher):
    publisher.send("announcement", 3, effective_at=LATER)


def cancel_the_announcement(publisher):
    publisher.send("announcement", 3, _cancel="1")


def correct_the_source(publisher):
    publisher.send("correct", force_body_en="Two!", significance_en="minor", _publish="1")


def correct_the_translation(publisher):
    publisher.send("correct", force_body_ru="Два!", significance_ru="major", _publish="1", **NOTES)


def correct_a_record(publisher):
    publisher.send("correct_record", 2, "en", significance="minor")


def correct_the_record_of_a_translation(publisher):
    publisher.send("correct_record", 1, "ru", note_ru="Иное.")


def revert(publisher):
    publisher.send("revert", 1, announcement_action="cancel", **MAJOR)


def revert_and_announce_again(publisher):
    publisher.send("revert", 1, announcement_action="again", **MAJOR)


def revert_only_the_source(publisher):
    publisher.send("revert", 1, left_out=["include_ru"], announcement_action="cancel", **MAJOR)


def revert_only_the_translation(publisher):
    publisher.send("revert", 1, left_out=["include_en"], announcement_action="cancel", **MAJOR)


def copy_to_draft_and_publish(publisher):
    page = publisher.page
    url = reverse("admin:pages_page_copy_to_draft", args=[page.pk, "ru", "v1"])
    publisher.client.post(url, {"head": draft_revision(page, "ru").pk})
    publish_everything(publisher)


def remove_the_translation_and_publish_it_again(publisher):
    publisher.send("remove_language", "ru", **NOTES)
    publish_everything(publisher)


def withdraw_and_bring_back(publisher):
    publisher.send("withdraw", reason_en="Why.")
    publisher.send("bring_back")


def publish_a_withdrawn_page(publisher):
    withdraw(publisher.page, reasons={"en": "Why."}, by=EDITOR, now=timezone.now())
    publish_everything(publisher)
    publisher.send("bring_back")


def review(publisher):
    publisher.send("review")


def move(publisher):
    publisher.send("move", slug="privacy")


OPERATIONS = [
    publish_everything,
    publish_only_the_source,
    publish_only_the_translation,
    publish_immediately,
    publish_a_minor_change,
    announce_for_another_time,
    announce_again,
    cancel_the_announcement,
    correct_the_source,
    correct_the_translation,
    correct_a_record,
    correct_the_record_of_a_translation,
    revert,
    revert_and_announce_again,
    revert_only_the_source,
    revert_only_the_translation,
    copy_to_draft_and_publish,
    remove_the_translation_and_publish_it_again,
    withdraw_and_bring_back,
    publish_a_withdrawn_page,
    review,
    move,
]


# These publish the first English text again; if somebody said that the Russian text matches it, then it does.
JUSTIFIED = {revert, revert_and_announce_again, revert_only_the_source}


def statuses(page) -> set[str]:
    """Return what readers are told about the Russian text in the version in force and in announced ones."""
    now = timezone.now() + timedelta(minutes=1)
    versions = page.versions.not_cancelled(now).order_by("-number")
    in_force = versions.filter(effective_at__lte=now)[:1]
    shown = {version: texts_by_language(version) for version in (*versions.filter(effective_at__gt=now), *in_force)}
    return {str(assess_version(version, texts, now)["ru"].status) for version, texts in shown.items() if "ru" in texts}


# The only Russian text that was ever published is in force: there is no other one to revert to.
CASES = [
    pytest.param(
        operation,
        is_confirmed,
        id=f"{operation.__name__}{', the first text was said to match' if is_confirmed else ''}",
    )
    for operation in OPERATIONS
    for is_confirmed in (False, True)
    if not (is_confirmed and operation is revert_only_the_translation)
]


@pytest.mark.parametrize(("operation", "is_confirmed"), CASES)
def test_no_operation_says_by_default_that_a_translation_is_up_to_date(
    admin_client, built_pages, operation, is_confirmed
):
    page = Page.objects.get(pk=built_pages[is_confirmed])
    before = page.records.count() + page.revisions.count()
    operation(Publisher(admin_client, page))
    assert page.records.count() + page.revisions.count() > before, "the operation did nothing"
    assert ("up to date" in statuses(page)) == (is_confirmed and operation in JUSTIFIED)


def test_confirmation_needs_an_answer(admin_client, built_pages):
    page = Page.objects.get(pk=built_pages[False])
    url = reverse("admin:pages_page_confirm", args=[page.pk, "ru"])
    record = admin_client.get(url).context["form"]["record"].value()
    response = admin_client.post(url, {"record": record})
    assert response.context["form"].errors["reflects"]
    assert "up to date" not in statuses(page)


def test_import_of_a_changed_source_says_nothing_about_the_translation(tmp_path):
    def import_files(**bodies: str) -> set[str]:
        files = {f"content/{language}/terms.md": markdown("Terms", body) for language, body in bodies.items()}
        import_tree(write_tree(tmp_path, files), by=system_actor("import"), now=timezone.now())
        return statuses(Page.objects.get(path="terms"))

    assert import_files(en="One.", ru="Раз.") == {"up to date"}
    assert import_files(en="Two.") == {"behind"}
    # A translation that changes along is of the source that came with it.
    assert import_files(en="Three.", ru="Три.") == {"up to date"}
