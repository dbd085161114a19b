"""Mails about texts that are ready or were sent back: to whom, how often, and what they say."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from pages.admin.publishing import handover_mail
from pages.models import Handover, MailSettings
from selfprivacy_site import mail
from tests.building import draft_revision, make_page, publish_bodies, save_bodies
from tests.smtp import running_smtp_server, use_mail

pytestmark = pytest.mark.django_db
BODY = "Hidden body"


def add_user(name, *groups, email=None, **options):
    email = f"{name}@example.org" if email is None else email
    user = get_user_model().objects.create_user(name, email, is_staff=True, **options)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


@pytest.fixture(autouse=True)
def people(db):
    add_user("pia", "Publishers")
    add_user("boris", "Translators: ru")
    add_user("carl", "Translators: ru", email="")
    add_user("rita", "Reviewers")
    add_user("gone", "Publishers", is_active=False)
    add_user("mute", "Publishers", email="")


@pytest.fixture
def page(moment):
    page = make_page()
    publish_bodies(page, {"en": "One.", "ru": BODY}, moment(), confirmed=["ru"])
    save_bodies(page, moment(1), ru=f"{BODY} two.")
    return page


@pytest.fixture
def deliver_at_once(monkeypatch):
    """Send mails without the thread, whose writes to the database would wait for the transaction of the test."""
    monkeypatch.setattr(mail.mail_queue, "put", mail.deliver)


@pytest.fixture
def smtp_server(request, settings, deliver_at_once):
    with running_smtp_server(getattr(request, "param", "works")) as server:
        use_mail(settings, server)
        yield server


@pytest.fixture
def post(page, django_capture_on_commit_callbacks):
    """Return a function that sends the form "ready" or "send_back" as a person; the mails are sent when it returns."""

    def send(name, person, message="Hidden message", on=page):
        client = Client()
        client.force_login(get_user_model().objects.get(username=person))
        url = f"/admin/pages/page/{on.pk}/{name.replace('_', '-')}/ru/"
        form = client.get(url).context["form"]
        values = {field: form[field].value() for field in form.fields}
        values = {field: value for field, value in values.items() if value is not None} | {"message": message}
        if name == "ready":
            values["source_digest"] = draft_revision(on, "en").digest
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(url, values)
        assert response.status_code == 302

    return send


def test_publishers_of_the_language_get_a_link_and_nothing_of_the_text(smtp_server, post, page):
    post("ready", "boris")
    ((address, text),) = smtp_server.texts().items()
    assert address == "pia@example.org"
    assert text.splitlines() == [
        *("A text is ready to publish: Russian", "", "boris marked a text as ready: Russian.", ""),
        *(f"https://policies.example.org/admin/pages/page/{page.pk}/publish/", ""),
        *("What else happens within the hour is only on the start page: https://policies.example.org/admin/", ""),
        "To change the language of these mails, or to switch them off: https://policies.example.org/admin/mail/",
    ]
    ((_to, message, _at),) = smtp_server.received
    assert (message["From"], message["Auto-Submitted"]) == ("noreply@policies.example.org", "auto-generated")


def test_person_who_marked_a_text_gets_a_mail_when_it_is_sent_back(smtp_server, post, page):
    post("ready", "boris")
    post("send_back", "pia")
    text = smtp_server.texts()["boris@example.org"]
    assert "pia sent back a text that you marked as ready: Russian." in text
    assert f"https://policies.example.org/admin/pages/page/{page.pk}/change/#tab=ru" in text
    assert len(smtp_server.received) == 2


def test_no_mail_has_text_of_the_policy_or_the_message(smtp_server, post):
    post("ready", "boris")
    post("send_back", "pia")
    assert "Hidden" not in str([str(message) for _to, message, _at in smtp_server.received])


def test_actor_gets_no_mail(smtp_server, post):
    add_user("quinn", "Publishers")
    post("ready", "pia")
    assert list(smtp_server.texts()) == ["quinn@example.org"]


def test_mail_goes_to_the_account_that_marked_a_text_and_not_to_its_name(smtp_server, post):
    add_user("namesake", "Translators: ru", first_name="boris")
    post("ready", "boris")
    get_user_model().objects.filter(username="boris").update(first_name="Boris", last_name="B.")
    post("send_back", "pia")
    assert sorted(smtp_server.texts()) == ["boris@example.org", "pia@example.org"]


def test_namesake_of_the_actor_gets_a_mail(smtp_server, post):
    add_user("namesake", "Publishers", first_name="pia")
    post("ready", "pia")
    assert list(smtp_server.texts()) == ["namesake@example.org"]


def test_further_mails_within_the_hour_are_not_sent(smtp_server, post, page):
    other = make_page("other")
    publish_bodies(other, {"en": "One.", "ru": BODY}, timezone.now(), confirmed=["ru"])
    post("ready", "boris")
    post("ready", "boris", on=other)
    assert len(smtp_server.received) == 1
    MailSettings.objects.update(mailed_at=timezone.now() - timedelta(minutes=61))
    post("send_back", "pia")
    post("ready", "boris")
    assert [to for to, _message, _at in smtp_server.received] == [
        ["pia@example.org"],
        ["boris@example.org"],
        ["pia@example.org"],
    ]


def test_time_ahead_does_not_stop_the_mails(smtp_server, post):
    person = get_user_model().objects.get(username="pia")
    MailSettings.objects.create(person=person, mailed_at=timezone.now() + timedelta(days=400))
    post("ready", "boris")
    assert len(smtp_server.received) == 1


def test_mails_can_be_switched_off(smtp_server, post):
    client = Client()
    client.force_login(get_user_model().objects.get(username="pia"))
    assert "pia@example.org" in client.get("/admin/mail/").content.decode()
    assert client.post("/admin/mail/", {"language": "ru"}).status_code == 302
    post("ready", "boris")
    assert smtp_server.received == []
    client.post("/admin/mail/", {"language": "ru", "wants_mail": "on"})
    post("ready", "boris")
    assert smtp_server.texts()["pia@example.org"].startswith("Текст готов к публикации: русский\n")


def test_language_of_the_login_is_the_language_of_the_mail(smtp_server, post):
    person = get_user_model().objects.get(username="pia")
    person.set_password("right-4711")
    person.save()
    form = {"username": "pia", "password": "right-4711"}
    assert Client().post("/admin/login/", form, headers={"accept-language": "ru"}).status_code == 302
    Client().post("/admin/login/", form, headers={"accept-language": "en"})
    post("ready", "boris")
    assert "boris отметил(а) текст как готовый: русский." in smtp_server.texts()["pia@example.org"]


def test_language_that_is_no_longer_served_is_replaced_by_that_of_the_site(smtp_server, post):
    MailSettings.objects.create(person=get_user_model().objects.get(username="pia"), language="ja")
    post("ready", "boris")
    assert smtp_server.texts()["pia@example.org"].startswith("A text is ready")


@pytest.mark.parametrize("smtp_server", ["hangs", "refuses"], indirect=True)
def test_failing_mail_server_loses_nothing(smtp_server, post, settings, caplog):
    settings.EMAIL_TIMEOUT = 0.3
    post("ready", "boris")
    assert Handover.objects.get().is_ready
    assert len([line for line in caplog.messages if line.startswith("Mail was not sent: ")]) == 1
    assert "example.org" not in caplog.text


@pytest.mark.parametrize("smtp_server", ["hangs", "refuses"], indirect=True)
def test_mail_that_was_not_sent_does_not_count(smtp_server, post, settings, page):
    settings.EMAIL_TIMEOUT = 0.3
    post("ready", "boris")
    assert smtp_server.received == []
    smtp_server.mode = "works"
    save_bodies(page, timezone.now(), ru=f"{BODY} three.")
    post("ready", "boris")
    assert list(smtp_server.texts()) == ["pia@example.org"]
    # This one counts.
    save_bodies(page, timezone.now(), ru=f"{BODY} four.")
    post("ready", "boris")
    assert len(smtp_server.received) == 1


def test_mail_that_the_server_refuses_for_one_person_counts_for_the_others(smtp_server, post, page):
    add_user("refused", "Publishers")
    post("ready", "boris")
    counted = MailSettings.objects.exclude(mailed_at=None).values_list("person__username", flat=True)
    assert list(counted) == ["pia"]
    assert not MailSettings.objects.exclude(claimed_at=None).exists()


@pytest.mark.parametrize(("minutes", "received"), [(9, 0), (11, 1)])
def test_mail_that_nobody_knows_of_after_its_process_ended_is_waited_for_briefly(smtp_server, post, minutes, received):
    person = get_user_model().objects.get(username="pia")
    MailSettings.objects.create(person=person, claimed_at=timezone.now() - timedelta(minutes=minutes))
    post("ready", "boris")
    assert len(smtp_server.received) == received


@pytest.mark.parametrize("smtp_server", ["works", "refuses"], indirect=True)
def test_failing_database_after_a_mail_is_one_line_in_the_log(smtp_server, post, monkeypatch, caplog):
    def fail(*arguments, **options):
        raise OperationalError("locked")

    monkeypatch.setattr(handover_mail, "end_claim", fail)
    post("ready", "boris")
    assert caplog.messages[-1] == "The result of a mail was not noted: OperationalError"


def test_mails_that_are_dropped_do_not_count(smtp_server, post, monkeypatch):
    monkeypatch.setattr(mail, "mail_queue", queue := mail.MailQueue())
    monkeypatch.setattr(queue, "thread", threading.current_thread())
    queue.waiting.maxsize = 1
    queue.put([])
    post("ready", "boris")
    assert MailSettings.objects.get(person__username="pia").claimed_at is None


def test_failing_database_after_the_commit_loses_nothing(smtp_server, post, monkeypatch, caplog):
    def fail(*arguments):
        raise OperationalError("locked")

    monkeypatch.setattr(handover_mail, "claim_mails", fail)
    post("ready", "boris")
    assert Handover.objects.get().is_ready
    assert caplog.messages == ["No mail about a handover: OperationalError"]


def test_site_without_mail_sends_none_and_has_no_settings_of_it(post, mailoutbox):
    post("ready", "boris")
    client = Client()
    client.force_login(get_user_model().objects.get(username="pia"))
    assert client.get("/admin/mail/").status_code == 404
    assert "/admin/mail/" not in client.get("/admin/").content.decode()
    assert (mailoutbox, MailSettings.objects.count()) == ([], 0)


def test_refused_mark_sends_no_mail(smtp_server, page, django_capture_on_commit_callbacks):
    client = Client()
    client.force_login(get_user_model().objects.get(username="boris"))
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        client.post(f"/admin/pages/page/{page.pk}/ready/ru/", {"record": 0, "revision": 0, "handover": 0})
    assert (callbacks, smtp_server.received) == ([], [])
