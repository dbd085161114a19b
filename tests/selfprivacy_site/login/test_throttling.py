"""Failed logins are counted by user name and network; nothing else about them is stored or logged."""

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from selfprivacy_site.login.throttling import client_network, try_again_message

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
PASSWORD, WRONG = "right-4711", "wrong-4711"
LIMIT = settings.AXES_FAILURE_LIMIT
# Every submitted value contains 4711, so that the tests can search what is stored and logged for it.
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


def fail_login(times, **options):
    return [log_in(WRONG, **options).status_code for _ in range(times)]


def age_attempts(age):
    AccessAttempt.objects.update(attempt_time=timezone.now() - age)


def test_login_is_locked_by_the_failure_that_reaches_the_limit(client):
    assert fail_login(LIMIT) == [200] * (LIMIT - 1) + [429]


@pytest.mark.parametrize(
    ("failures", "options", "status"),
    [
        pytest.param(LIMIT - 1, {}, 302, id="below the limit"),
        pytest.param(LIMIT, {}, 429, id="at the limit"),
        pytest.param(LIMIT + 1, {}, 429, id="above the limit"),
        pytest.param(LIMIT, {"address": "192.0.2.200"}, 429, id="from the same network"),
        pytest.param(LIMIT, {"name": "bob"}, 302, id="another user"),
        pytest.param(LIMIT, {"address": "198.51.100.7"}, 302, id="from another network"),
        pytest.param(LIMIT, {"address": "2001:db8::1"}, 302, id="from an IPv6 network"),
    ],
)
def test_right_password_is_refused_only_for_a_locked_user_and_network(failures, options, status):
    fail_login(failures)
    assert log_in(PASSWORD, **options).status_code == status


def test_unknown_user_name_is_locked_too():
    assert fail_login(LIMIT, name="nobody")[-1] == 429


@pytest.mark.parametrize(
    ("age", "status"), [(settings.AXES_COOLOFF_TIME - timedelta(minutes=1), 429), (settings.AXES_COOLOFF_TIME, 302)]
)
def test_lock_ends_after_the_cool_off_time(age, status):
    fail_login(LIMIT)
    age_attempts(age)
    assert log_in(PASSWORD).status_code == status


def test_lock_is_counted_from_the_last_failure():
    fail_login(LIMIT - 1)
    age_attempts(timedelta(minutes=14))
    response = log_in(WRONG)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 14 * 60


def test_failures_during_a_lock_do_not_prolong_it():
    fail_login(LIMIT)
    age_attempts(timedelta(minutes=14))
    before = AccessAttempt.objects.values().get()
    assert fail_login(3) == [429] * 3
    assert AccessAttempt.objects.values().get() == before


def test_successful_login_resets_the_counter_of_that_user_only():
    fail_login(LIMIT - 1)
    fail_login(LIMIT - 1, name="bob")
    assert log_in(PASSWORD).status_code == 302
    assert fail_login(2) == [200, 200]
    assert fail_login(1, name="bob") == [429]


@pytest.mark.parametrize("event", ["failure", "login", "logout"])
def test_expired_counters_are_deleted_by_the_next_event(event):
    client = Client(REMOTE_ADDR="198.51.100.7")
    client.force_login(get_user_model().objects.get(username="bob"))
    fail_login(1)
    fail_login(LIMIT, name="carl")
    age_attempts(settings.AXES_COOLOFF_TIME)
    if event == "failure":
        log_in(WRONG, name="bob", address="198.51.100.7")
    elif event == "login":
        log_in(PASSWORD, name="bob", address="198.51.100.7")
    else:
        assert client.post("/admin/logout/").status_code == 200
    assert set(AccessAttempt.objects.values_list("username", flat=True)) <= {"bob"}


def test_failure_stores_only_user_name_network_count_and_time():
    fail_login(3)
    row = AccessAttempt.objects.values().get()
    assert timezone.now() - row.pop("attempt_time") < timedelta(minutes=1)
    empty = dict.fromkeys(("user_agent", "http_accept", "path_info", "get_data", "post_data"), "")
    assert row == {"id": row["id"], "username": "ann", "ip_address": "192.0.2.0", "failures_since_start": 3, **empty}


def test_logins_are_not_logged_in_the_database():
    assert log_in(PASSWORD).status_code == 302
    fail_login(LIMIT)
    assert not AccessLog.objects.exists()
    assert not AccessFailureLog.objects.exists()


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.7", "192.0.2.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("unix:", None), ("", None), (None, None)],
)
def test_client_network_is_not_the_full_address(address, expected):
    request = RequestFactory(REMOTE_ADDR=address).get("/", headers={"x-forwarded-for": "203.0.113.9"})
    if address is None:
        del request.META["REMOTE_ADDR"]
    assert client_network(request) == expected


def test_failures_without_a_client_address_are_counted_too():
    assert fail_login(LIMIT, address="")[-1] == 429


def test_no_log_line_contains_an_address_a_password_or_a_user_name(caplog):
    caplog.set_level(logging.INFO)
    fail_login(LIMIT + 1)
    age_attempts(settings.AXES_COOLOFF_TIME)
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
def test_locked_login_says_when_to_try_again_in_the_browsers_language(language, sentences):
    fail_login(LIMIT)
    response = log_in(PASSWORD, language=language)
    html = response.content.decode()
    assert not [sentence for sentence in sentences if sentence not in html]
    assert f"{timezone.now() + settings.AXES_COOLOFF_TIME:%H:}" in html
    assert 890 <= int(response["Retry-After"]) <= 900
    assert "no-store" in response["Cache-Control"]
    assert "192.0.2" not in html


def test_locked_login_is_reported_to_a_script_too():
    fail_login(LIMIT)
    form, headers = {"username": "ann", "password": PASSWORD}, {"x-requested-with": "XMLHttpRequest"}
    response = Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, form, headers=headers)
    assert (response.status_code, response["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize(
    ("seconds", "english", "russian"),
    [
        (-5, "Try again in 1 second.", "Попробуйте снова через 1 секунду."),
        (1.9, "Try again in 2 seconds.", "Попробуйте снова через 2 секунды."),
        (16, "Try again in 16 seconds.", "Попробуйте снова через 16 секунд."),
        (60, "Try again in 1 minute.", "Попробуйте снова через 1 минуту."),
        (61.5, "Try again in 2 minutes.", "Попробуйте снова через 2 минуты."),
        (899.5, "Try again in 15 minutes.", "Попробуйте снова через 15 минут."),
    ],
)
def test_try_again_message_rounds_up(seconds, english, russian):
    for language, sentence in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert try_again_message(timezone.now() + timedelta(seconds=seconds)) == sentence
