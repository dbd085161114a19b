"""Failed logins are counted for a user name from a network, and nothing else of them is kept or written anywhere."""

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.utils import timezone

from selfprivacy_site.login.throttling import network

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
PASSWORD, WRONG = "right-4711", "wrong-4711"
LIMIT = settings.AXES_FAILURE_LIMIT
AGENT = "Agent-4711"


@pytest.fixture(autouse=True)
def editors():
    for name in ("ann", "bob"):
        get_user_model().objects.create_superuser(name, password=PASSWORD)


def log_in(password, *, name="ann", address="192.0.2.7", language="en"):
    """Send the login form from a new browser."""
    headers = {"user-agent": AGENT, "accept-language": language, "accept": "text/html;odd-4711"}
    form = {"username": name, "password": password, "next": "/admin/?odd-4711"}
    return Client(REMOTE_ADDR=address).post(f"{LOGIN}?odd=4711", form, headers=headers)


def fail(times, **options):
    return [log_in(WRONG, **options).status_code for _ in range(times)]


def grow_older(age):
    AccessAttempt.objects.update(attempt_time=timezone.now() - age)


def test_failure_at_the_limit_locks_the_login_and_no_failure_before(client):
    assert fail(LIMIT) == [200] * (LIMIT - 1) + [429]


@pytest.mark.parametrize(
    ("failures", "options", "status"),
    [
        pytest.param(LIMIT - 1, {}, 302, id="below the limit"),
        pytest.param(LIMIT, {}, 429, id="at the limit"),
        pytest.param(LIMIT + 1, {}, 429, id="above the limit"),
        pytest.param(LIMIT, {"address": "192.0.2.200"}, 429, id="from the same network"),
        pytest.param(LIMIT, {"name": "bob"}, 302, id="another user"),
        pytest.param(LIMIT, {"address": "198.51.100.7"}, 302, id="from another network"),
        pytest.param(LIMIT, {"address": "2001:db8::1"}, 302, id="from a network of IPv6"),
    ],
)
def test_right_password_opens_unless_its_user_failed_too_often_from_that_network(failures, options, status):
    fail(failures)
    assert log_in(PASSWORD, **options).status_code == status


def test_user_who_does_not_exist_is_locked_out_too():
    assert fail(LIMIT, name="nobody")[-1] == 429


@pytest.mark.parametrize(
    ("age", "status"), [(settings.AXES_COOLOFF_TIME - timedelta(minutes=1), 429), (settings.AXES_COOLOFF_TIME, 302)]
)
def test_lock_opens_after_its_time(age, status):
    fail(LIMIT)
    grow_older(age)
    assert log_in(PASSWORD).status_code == status


def test_lock_is_counted_from_the_last_failure():
    fail(LIMIT - 1)
    grow_older(timedelta(minutes=14))
    answer = log_in(WRONG)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 14 * 60


def test_failures_during_a_lock_do_not_prolong_it():
    fail(LIMIT)
    grow_older(timedelta(minutes=14))
    before = AccessAttempt.objects.values().get()
    assert fail(3) == [429] * 3
    assert AccessAttempt.objects.values().get() == before


def test_success_starts_the_count_anew_for_that_user_alone():
    fail(LIMIT - 1)
    fail(LIMIT - 1, name="bob")
    assert log_in(PASSWORD).status_code == 302
    assert fail(2) == [200, 200]
    assert fail(1, name="bob") == [429]


@pytest.mark.parametrize("event", ["failure", "login", "logout"])
def test_attempts_are_forgotten_with_the_next_event_after_their_time(event):
    client = Client(REMOTE_ADDR="198.51.100.7")
    client.force_login(get_user_model().objects.get(username="bob"))
    fail(1)
    fail(LIMIT, name="carl")
    grow_older(settings.AXES_COOLOFF_TIME)
    if event == "failure":
        log_in(WRONG, name="bob", address="198.51.100.7")
    elif event == "login":
        log_in(PASSWORD, name="bob", address="198.51.100.7")
    else:
        assert client.post("/admin/logout/").status_code == 200
    assert set(AccessAttempt.objects.values_list("username", flat=True)) <= {"bob"}


def test_nothing_is_kept_of_a_failure_but_the_name_the_network_the_number_and_the_moment():
    fail(3)
    kept = AccessAttempt.objects.values().get()
    moment = kept.pop("attempt_time")
    assert timezone.now() - moment < timedelta(minutes=1)
    empty = dict.fromkeys(("user_agent", "http_accept", "path_info", "get_data", "post_data"), "")
    assert kept == {"id": kept["id"], "username": "ann", "ip_address": "192.0.2.0", "failures_since_start": 3, **empty}


def test_no_list_of_logins_is_kept():
    assert log_in(PASSWORD).status_code == 302
    fail(LIMIT)
    assert not AccessLog.objects.exists()
    assert not AccessFailureLog.objects.exists()


@pytest.mark.parametrize(
    ("address", "kept"),
    [("192.0.2.7", "192.0.2.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("unix:", None), ("", None), (None, None)],
)
def test_network_holds_no_whole_address(address, kept):
    request = RequestFactory(REMOTE_ADDR=address).get("/", headers={"x-forwarded-for": "203.0.113.9"})
    if address is None:
        del request.META["REMOTE_ADDR"]
    assert network(request) == kept


def test_failures_without_an_address_are_counted_too():
    assert fail(LIMIT, address="")[-1] == 429


def test_no_log_line_holds_an_address_a_password_or_a_user_name(caplog):
    caplog.set_level(logging.INFO)
    fail(LIMIT + 1)
    grow_older(settings.AXES_COOLOFF_TIME)
    assert log_in(PASSWORD).status_code == 302
    assert log_in(PASSWORD, address="").status_code == 302
    assert caplog.text
    assert not [secret for secret in ("192.0.2", WRONG, PASSWORD, "ann", "4711") if secret in caplog.text]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Too many attempts", "Try again in 15 minutes."]),
        ("ru", ["Слишком много попыток", "Попробуйте снова через 15 минут."]),
    ],
)
def test_locked_login_says_when_to_try_again_in_the_language_of_the_browser(language, sentences):
    fail(LIMIT)
    answer = log_in(PASSWORD, language=language)
    html = answer.content.decode()
    assert not [sentence for sentence in sentences if sentence not in html]
    assert f"{timezone.now() + settings.AXES_COOLOFF_TIME:%H:}" in html
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert "no-store" in answer["Cache-Control"]
    assert "192.0.2" not in html


def test_locked_login_is_told_so_by_a_script_too():
    fail(LIMIT)
    form, headers = {"username": "ann", "password": PASSWORD}, {"x-requested-with": "XMLHttpRequest"}
    answer = Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, form, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert "Access-Control-Allow-Origin" not in answer
