"""A forgotten password: a mail with a link that works once, the same answer for every address, and limits."""

import re

import pytest
from axes.models import AccessAttempt
from django.conf import settings as site_settings
from django.contrib.auth import get_user_model
from django.test import Client

from selfprivacy_site import mail
from selfprivacy_site.login.reset_limits import MAX_MAILS
from tests.selfprivacy_site.login.users import PASSWORD, make_superuser, set_up_codes
from tests.smtp import running_smtp_server, use_mail

pytestmark = pytest.mark.django_db
URL, NEW = "/admin/password-reset/", "another-4712"
LIMIT = site_settings.AXES_FAILURE_LIMIT


@pytest.fixture
def ann():
    user = make_superuser()
    user.email = "ann@example.org"
    user.save()
    return user


@pytest.fixture
def smtp_server(request, settings, ann):
    with running_smtp_server(getattr(request, "param", "works")) as server:
        use_mail(settings, server)
        yield server


def ask(email="ann@example.org", network="192.0.2.7"):
    response = Client(REMOTE_ADDR=network).post(URL, {"email": email})
    mail.mail_queue.waiting.join()
    return response


def link_in(server):
    return re.search(r"https://policies\.example\.org(/\S+)", server.texts()["ann@example.org"])[1]


def set_password(client, link):
    form = client.get(link, follow=True)
    return client.post(form.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW}, follow=True)


def log_in(password):
    return Client().post("/admin/login/", {"username": "ann", "password": password, "next": "/admin/"}, follow=True)


def test_link_sets_a_new_password_once(smtp_server, ann):
    assert ask()["Location"] == f"{URL}sent/"
    assert set_password(Client(), link_in(smtp_server)).redirect_chain[-1] == (f"{URL}done/", 302)
    ann.refresh_from_db()
    assert ann.check_password(NEW)
    used = Client().get(link_in(smtp_server))
    assert "already used" in used.content.decode()


def test_one_time_code_is_still_required(smtp_server, ann):
    set_up_codes(ann)
    ask()
    client = Client()
    set_password(client, link_in(smtp_server))
    assert client.get("/admin/")["Location"].startswith("/admin/login/?")
    assert log_in(NEW).redirect_chain[-1][0].startswith("/admin/login/code/")


def test_link_expires(smtp_server, ann, settings):
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    ask()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "older than one hour" in Client().get(link_in(smtp_server)).content.decode()


def test_unknown_address_gets_the_same_answer_and_no_mail(smtp_server):
    known, unknown = ask(), ask("nobody@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert list(smtp_server.texts()) == ["ann@example.org"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_only_editors_get_a_mail(smtp_server, change):
    get_user_model().objects.update(**change)
    ask()
    assert smtp_server.received == []


def test_link_has_the_host_of_the_settings(smtp_server, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(URL, {"email": "ann@example.org"}, headers={"host": "evil.example"})
    mail.mail_queue.waiting.join()
    assert "evil" not in smtp_server.texts()["ann@example.org"]


def test_requests_of_a_network_are_limited_as_logins_are(smtp_server):
    statuses = [ask(f"x{number}@example.org").status_code for number in range(LIMIT + 1)]
    assert statuses == [302] * (LIMIT - 1) + [429] * 2
    assert ask(network="198.51.100.7").status_code == 302


def test_links_that_are_not_valid_are_counted(smtp_server):
    client = Client(REMOTE_ADDR="192.0.2.7")
    assert [client.get(f"{URL}MQ/a-b/").status_code for _number in range(LIMIT)][-1] == 429


def test_mails_to_an_address_are_limited_whatever_the_network(smtp_server):
    answers = {ask(network=f"198.51.{number}.7").status_code for number in range(MAX_MAILS + 2)}
    assert (answers, len(smtp_server.received)) == ({302}, MAX_MAILS)


def test_neither_an_address_of_a_client_nor_of_mail_is_stored(smtp_server):
    ask()
    rows = str(list(AccessAttempt.objects.values()))
    assert "192.0.2.7" not in rows
    assert "ann@" not in rows


def test_reset_does_not_end_a_lock(smtp_server, ann):
    for _number in range(LIMIT):
        Client().post("/admin/login/", {"username": "ann", "password": "wrong"})
    ask()
    set_password(Client(), link_in(smtp_server))
    assert log_in(NEW).status_code == 429


@pytest.mark.parametrize("smtp_server", ["hangs", "refuses"], indirect=True)
def test_failing_mail_server_changes_no_answer(smtp_server, settings, caplog):
    settings.EMAIL_TIMEOUT = 0.3
    assert ask().status_code == 302
    assert "ann@" not in caplog.text


def test_site_without_mail_has_no_reset(ann):
    for path in ("", "sent/", "done/", "MQ/a-b/"):
        assert Client().get(URL + path).status_code == 404
    assert URL not in Client().get("/admin/login/").content.decode()
    assert log_in(PASSWORD).status_code == 200


def test_login_page_links_to_the_reset(smtp_server):
    assert URL in Client().get("/admin/login/").content.decode()
