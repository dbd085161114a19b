"""The start page: the tasks of a user, and nothing that the user may not see."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from pages.admin.permissions import actor_of
from pages.models.permissions import EDITORS, PUBLISHERS, REVIEWERS, translators_group
from pages.publishing.actors import system_actor
from pages.publishing.handovers import mark_ready, send_back
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import set_position
from pages.publishing.versions import announce
from tests.building import EDITOR, draft_revision, make_page, publish_bodies, save_bodies, texts_to_publish

pytestmark = pytest.mark.django_db
START_URL = "/admin/"


@pytest.fixture
def page(now):
    """Return a page whose Russian translation has been behind for five days."""
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=9), confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, now - timedelta(days=5))
    return page


def page_text(client) -> str:
    return " ".join(client.get(START_URL).content.decode().split())


def paths(tasks) -> list[str]:
    return [task.page.path for task in tasks.shown]


def test_behind_translation_links_to_its_tab(admin_client, page, now):
    response = admin_client.get(START_URL)
    (task,) = response.context["behind"].shown
    assert task.url == f"/admin/pages/page/{page.pk}/change/#tab=ru"
    assert task.details["since"] == now - timedelta(days=5)
    assert "the source changed on" in page_text(admin_client)


def test_only_lists_with_tasks_are_shown(admin_client, page, now):
    headings = re.findall('<h2 id="([a-z]+)-heading">', admin_client.get(START_URL).content.decode())
    assert headings == ["behind"]
    save_bodies(page, now, en="Three.")
    headings = re.findall('<h2 id="([a-z]+)-heading">', admin_client.get(START_URL).content.decode())
    assert headings == ["behind", "drafts"]
    assert "Nothing needs attention." not in page_text(admin_client)


def test_start_page_says_if_nothing_needs_attention(admin_client):
    assert "Nothing needs attention." in page_text(admin_client)


def test_missing_translations_are_not_called_up_to_date(admin_client, now):
    publish_bodies(make_page("one"), {"en": "One."}, now)
    text = page_text(admin_client)
    assert '<h2 id="missing-heading">Not translated yet</h2>' in text
    assert "Russian: 1 page</a>" in text
    assert "No translations are behind" not in text
    assert "Nothing needs attention." not in text


def test_pages_come_first_in_the_list_of_models(admin_client):
    html = admin_client.get(START_URL).content.decode()
    models = re.findall('<tr class="model-([a-z]+)', html)
    assert models[:3] == ["page", "linkgroup", "redirect"]
    assert models[-2:] == ["group", "user"]


def test_draft_shows_author_and_languages(admin_client, page, now):
    save_bodies(page, now, en="Three.", ru="Три.")
    (task,) = admin_client.get(START_URL).context["drafts"].shown
    newest = task.details["newest"]
    assert (task.details["languages"], newest.author, newest.created_at) == (["en", "ru"], "Ann", now)
    assert "English, Russian · saved by Ann" in page_text(admin_client)


def test_upcoming_version_links_to_the_history(admin_client, page, now):
    save_bodies(page, now, en="Later.")
    effective_at = now + timedelta(days=3)
    announce(page, texts_to_publish(page, ["en"]), effective_at=effective_at, by=EDITOR, now=now, notes={"en": "Note."})
    (task,) = admin_client.get(START_URL).context["upcoming"].shown
    assert task.url == f"/admin/pages/page/{page.pk}/history/"
    assert task.details == {"version": (3, effective_at)}


def test_pages_to_review_are_sorted_by_urgency(admin_client, now):
    for slug, days in (("far", 31), ("soon", 20), ("late", -2)):
        set_position(make_page(slug), review_by=now.date() + timedelta(days=days), by=EDITOR, now=now)
    review = admin_client.get(START_URL).context["review"]
    assert paths(review) == ["late", "soon"]
    assert [task.details["is_overdue"] for task in review.shown] == [True, False]


def test_due_review_is_recorded_with_one_click(admin_client, page, now):
    set_position(page, review_by=now.date(), review_months=12, by=EDITOR, now=now)
    (task,) = admin_client.get(START_URL).context["review"].shown
    click = task.details["review"]
    posted = {"record": click["record"], "review_by": click["next"].isoformat()}
    assert admin_client.post(click["url"], posted).status_code == 302
    assert page.records.get(kind="review").version == page.versions.in_force(now).get()
    assert admin_client.get(START_URL).context["review"].count == 0


def test_review_without_a_period_asks_for_the_next_date(admin_client, page, now):
    set_position(page, review_by=now.date(), by=EDITOR, now=now)
    html = admin_client.get(START_URL).content.decode()
    assert f'<a href="/admin/pages/page/{page.pk}/review/">Reviewed, nothing changed…</a>' in html
    assert "one-click-review" not in html


def test_withdrawn_page_is_in_no_other_list(admin_client, page, now):
    set_position(page, review_by=now.date(), by=EDITOR, now=now)
    withdraw(page, reasons={"en": "Gone."}, by=EDITOR, now=now)
    context = admin_client.get(START_URL).context
    assert paths(context["withdrawn"]) == [page.path]
    assert (context["behind"].count, context["review"].count, context["missing"]) == (0, 0, [])


def test_more_than_ten_tasks_get_a_count_and_a_link(admin_client, now):
    for number in range(12):
        save_bodies(make_page(f"page-{number:02}"), now, en="Draft.")
    drafts = admin_client.get(START_URL).context["drafts"]
    assert (len(drafts.shown), drafts.count, drafts.has_more) == (10, 12, True)
    assert paths(drafts)[0] == "page-11"
    assert f'<a href="{drafts.list_url}">Show all 12</a>' in page_text(admin_client)
    assert admin_client.get(drafts.list_url).context["cl"].result_count == 12


def test_missing_translations_are_counted_by_language(admin_client, now):
    publish_bodies(make_page("one"), {"en": "One."}, now)
    publish_bodies(make_page("two"), {"en": "Two."}, now)
    ((language, count, url),) = admin_client.get(START_URL).context["missing"]
    assert (language, count) == ("ru", 2)
    assert admin_client.get(url).context["cl"].result_count == 2


@pytest.mark.parametrize("group", [EDITORS, REVIEWERS])
def test_users_without_own_languages_see_all_languages(member_client, now, group):
    page = make_page(source_language="ru")
    publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2))
    other_page = make_page("other")
    publish_bodies(other_page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2))
    tasks = member_client(group).get(START_URL).context["behind"].shown
    assert sorted(task.details["state"].language for task in tasks) == ["en", "ru"]


def test_translator_sees_own_language_only_and_its_drafts_first(member_client, now):
    for slug, source in (("one", "ru"), ("two", "en")):
        page = make_page(slug, source_language=source)
        publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2))
    save_bodies(make_page("mine"), now, ru="Черновик.")
    save_bodies(make_page("not-mine"), now, en="Draft.")
    context = member_client(translators_group("ru")).get(START_URL).context
    assert [task.details["state"].language for task in context["behind"].shown] == ["ru"]
    assert context["behind"].list_url.endswith("status=newer-source&language=ru")
    assert paths(context["drafts"]) == ["mine", "not-mine"]


def test_user_without_view_permission_sees_no_tasks(client, django_user_model, page):
    assert client.get(START_URL).headers["Location"].startswith("/admin/login/")
    client.force_login(django_user_model.objects.create_user("nobody", password=None, is_staff=True))
    response = client.get(START_URL)
    assert response.status_code == 200
    assert "behind" not in response.context
    assert "/privacy-policy/" not in response.content.decode()


def hand_over(page, now, language="ru", *, person=None):
    """Mark a draft as ready, as a person or as a command with the name of one."""
    source, head = draft_revision(page, "en").digest, draft_revision(page, language).pk
    by = actor_of(person) if person else system_actor("user-Translators: ru")
    return mark_ready(page, language, revision=head, source_digest=source, by=by, now=now)


def send_ru_back(page, now, person):
    """Mark the Russian draft as ready, and send it back."""
    handover = hand_over(page, now, person=person)
    send_back(page, "ru", handover=handover.pk, message="Section 2 is missing.", by=system_actor("Pia"), now=now)


@pytest.fixture
def add_translator(django_user_model):
    """Return a function that makes a translator named Ann Lee."""

    def add(username):
        user = django_user_model.objects.create_user(username, first_name="Ann", last_name="Lee", is_staff=True)
        user.groups.add(Group.objects.get(name=translators_group("ru")))
        return user

    return add


def test_ready_text_leads_a_publisher_to_the_publish_page(member_client, page, now):
    save_bodies(page, now, ru="Два.")
    hand_over(page, now)
    client = member_client(PUBLISHERS)
    context = client.get(START_URL).context
    (task,) = context["ready"].shown
    assert task.url == f"/admin/pages/page/{page.pk}/publish/"
    assert [handover.language for handover in task.details["handovers"]] == ["ru"]
    assert "ready, marked by user-Translators: ru" in page_text(client)
    # The translator has done it: it is not in the list of texts to translate any more.
    assert context["behind"].count == 0
    assert client.get(context["ready"].list_url).context["cl"].result_count == 1


def test_publisher_sees_only_languages_that_they_may_publish(member_client, page, now, django_user_model):
    save_bodies(page, now, ru="Два.")
    hand_over(page, now)
    client = member_client(PUBLISHERS)
    group = django_user_model.objects.get().groups.get()
    group.permissions.remove(group.permissions.get(codename="publish_text_ru"))
    assert client.get(START_URL).context["ready"].count == 0


def test_translator_sees_what_was_sent_back_to_them_with_the_message(client, log_in, page, now):
    save_bodies(page, now, ru="Два.")
    handover = hand_over(page, now, person=log_in(translators_group("ru")))
    context = client.get(START_URL).context
    assert (paths(context["ready"]), context["sent_back"].count) == ([page.path], 0)
    send_back(page, "ru", handover=handover.pk, message="Section 2 is missing.", by=system_actor("Pia"), now=now)
    context = client.get(START_URL).context
    (task,) = context["sent_back"].shown
    assert task.url == f"/admin/pages/page/{page.pk}/change/#tab=ru"
    text = page_text(client)
    assert "sent back by Pia" in text
    assert "Section 2 is missing." in text
    assert "Sent back to you" in text
    assert (context["ready"].count, context["behind"].count) == (0, 1)
    assert client.get(context["sent_back"].list_url).context["cl"].result_count == 1


def test_text_is_sent_back_to_an_account_and_not_to_a_name(client, add_translator, page, now):
    save_bodies(page, now, ru="Два.")
    author, namesake = add_translator("ann"), add_translator("ann2")
    send_ru_back(page, now, author)
    author.first_name = "Anna"
    author.save()
    for user, count in ((namesake, 0), (author, 1)):
        client.force_login(user)
        assert client.get(START_URL).context["sent_back"].count == count
        assert ("Sent back to you" in page_text(client)) == bool(count)
    assert "can no longer change it" not in page_text(client)


LEFT = {
    "is deleted": lambda user: user.delete(),
    "is inactive": lambda user: type(user).objects.filter(pk=user.pk).update(is_active=False),
    "lost the right": lambda user: user.groups.clear(),
    "is no member": lambda user: type(user).objects.filter(pk=user.pk).update(is_staff=False),
}


@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_text_of_somebody_who_can_no_longer_write_it_is_sent_back_to_all_who_may(
    client, add_translator, log_in, page, now, leave
):
    save_bodies(page, now, ru="Два.")
    author = add_translator("ann")
    send_ru_back(page, now, author)
    leave(author)
    client.force_login(add_translator("ann2"))
    assert paths(client.get(START_URL).context["sent_back"]) == [page.path]
    assert "the person who marked it as ready can no longer change it" in page_text(client)
    log_in(REVIEWERS)
    assert client.get(START_URL).context["sent_back"].count == 0


def test_announced_and_ready_source_texts_are_there_to_translate(member_client, now):
    announced, drafted = make_page("announced"), make_page("drafted")
    for page in (announced, drafted):
        publish_bodies(page, {"en": "One.", "ru": "Раз."}, now - timedelta(days=2), confirmed=["ru"])
    publish_bodies(announced, {"en": "Two."}, now, effective_at=now + timedelta(days=3))
    save_bodies(drafted, now, en="Two.")
    hand_over(drafted, now, "en")
    client = member_client(translators_group("ru"))
    assert paths(client.get(START_URL).context["behind"]) == ["announced", "drafted"]
    text = page_text(client)
    assert "Russian: the source text of version 2 comes into force on" in text
    assert "Russian: a new source text is ready" in text


def test_mark_whose_source_changed_is_there_for_both(admin_client, page, now):
    save_bodies(page, now, ru="Два.")
    hand_over(page, now)
    save_bodies(page, now, en="Three.")
    publish_bodies(page, {"en": "Four."}, now)
    context = admin_client.get(START_URL).context
    assert (paths(context["ready"]), paths(context["behind"])) == ([page.path], [page.path])
    assert "the source text has changed since" in page_text(admin_client)
