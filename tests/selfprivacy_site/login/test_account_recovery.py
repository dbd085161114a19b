"""Superusers, and nobody else, remove another user's one-time codes and unlock a login."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.utils import timezone

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.users import logged_in_client, make_superuser, set_up_codes

pytestmark = pytest.mark.django_db
PAGE = "/admin/account-recovery/"


@pytest.fixture
def ann():
    return make_superuser()


@pytest.fixture
def device_of_bob():
    return set_up_codes(make_superuser("bob"))[0]


def make_failures(name, *, count=settings.AXES_FAILURE_LIMIT, age=timedelta()):
    attempt = AccessAttempt.objects.create(
        username=name, ip_address="192.0.2.0", user_agent="", failures_since_start=count
    )
    AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=timezone.now() - age)
    return attempt


def test_codes_of_another_user_are_listed_and_removed_and_the_removal_is_logged(ann, device_of_bob):
    browser = logged_in_client(ann)
    assert "Remove the codes of bob" in browser.get(PAGE).content.decode()
    # The first click only asks.
    asked = browser.post(PAGE, {"remove": device_of_bob.pk}).content.decode()
    assert "Remove the codes of bob?" in asked
    assert one_time_codes.confirmed_device(device_of_bob.user) == device_of_bob
    html = browser.post(PAGE, {"remove": device_of_bob.pk, "confirmed": "yes"}, follow=True).content.decode()
    assert "The one-time codes of bob were removed." in html
    assert "No other user has one-time codes." in html
    assert one_time_codes.confirmed_device(device_of_bob.user) is None
    assert one_time_codes.count_recovery_codes(device_of_bob.user) == 0
    entry = LogEntry.objects.get()
    assert (entry.user, entry.get_edited_object(), entry.change_message) == (
        ann, device_of_bob.user, "The one-time codes were removed.",
    )  # fmt: skip


def test_own_codes_cannot_be_removed_here(ann):
    device, _recovery = set_up_codes(ann)
    browser = logged_in_client(ann, verified=True)
    assert "No other user has one-time codes." in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"remove": device.pk}).status_code == 404
    assert one_time_codes.confirmed_device(ann)


def test_locked_login_is_listed_and_unlocked(ann):
    # Before the counters are made: logging in deletes expired ones.
    browser = logged_in_client(ann)
    attempt = make_failures("carl")
    make_failures("dora", count=settings.AXES_FAILURE_LIMIT - 1)
    make_failures("emil", age=settings.AXES_COOLOFF_TIME)
    AccessAttempt.objects.exclude(pk=attempt.pk).exists()
    html = browser.get(PAGE).content.decode()
    assert "<strong>carl</strong> 192.0.2.0" in html
    assert "dora" not in html
    assert "emil" not in html
    html = browser.post(PAGE, {"unlock": attempt.pk}, follow=True).content.decode()
    assert "The login of carl is unlocked." in html
    assert "No login is locked." in html
    assert not AccessAttempt.objects.filter(pk=attempt.pk).exists()


@pytest.mark.parametrize(
    "form",
    [{}] + [{name: value} for name in ("remove", "unlock") for value in ("", "0", "x", "²", "9" * 30, "9" * 5000)],
)
def test_request_for_a_row_that_does_not_exist_changes_nothing(ann, device_of_bob, form):
    make_failures("carl")
    assert logged_in_client(ann).post(PAGE, form).status_code == 404
    assert one_time_codes.confirmed_device(device_of_bob.user)
    assert AccessAttempt.objects.filter(username="carl").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_editor_who_is_not_a_superuser_is_denied(ann, device_of_bob, method):
    ann.is_superuser = False
    ann.save()
    ann.user_permissions.set(Permission.objects.all())
    browser = logged_in_client(ann)
    assert getattr(browser, method)(PAGE, {"remove": device_of_bob.pk}).status_code == 403
    assert one_time_codes.confirmed_device(device_of_bob.user)
    assert PAGE not in browser.get("/admin/auth/user/").content.decode()


def test_list_of_users_links_to_the_page(ann):
    assert f'href="{PAGE}"' in logged_in_client(ann).get("/admin/auth/user/").content.decode()


@pytest.mark.parametrize("model", ["axes/accessattempt", "otp_totp/totpdevice", "otp_static/staticdevice"])
def test_models_of_the_packages_are_not_in_the_admin(ann, model):
    browser = logged_in_client(ann)
    assert browser.get(f"/admin/{model}/").status_code == 404
    assert f"/admin/{model.partition('/')[0]}/" not in browser.get("/admin/").content.decode()


def test_axes_reset_unlocks(capsys):
    make_failures("carl")
    call_command("axes_reset")
    assert capsys.readouterr().out == "1 attempts removed.\n"
    assert not AccessAttempt.objects.exists()


def test_addstatictoken_prints_a_valid_code(ann, capsys):
    set_up_codes(ann)
    call_command("addstatictoken", "ann")
    assert one_time_codes.verify_code(ann, capsys.readouterr().out)
