"""Superusers, and nobody else, take a colleague's one-time codes away and open a locked login."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.utils import timezone

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.people import browser_of, make_editor, set_up

pytestmark = pytest.mark.django_db
PAGE = "/admin/logins/"


@pytest.fixture
def ann():
    return make_editor()


@pytest.fixture
def bobs_device():
    return set_up(make_editor("bob"))[0]


def failures_of(name, *, number=settings.AXES_FAILURE_LIMIT, age=timedelta()):
    attempt = AccessAttempt.objects.create(
        username=name, ip_address="192.0.2.0", user_agent="", failures_since_start=number
    )
    AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=timezone.now() - age)
    return attempt


def test_codes_of_a_colleague_are_shown_and_removed_and_the_removal_is_noted(ann, bobs_device):
    browser = browser_of(ann)
    assert "Remove the codes of bob" in browser.get(PAGE).content.decode()
    html = browser.post(PAGE, {"remove": bobs_device.pk}, follow=True).content.decode()
    assert "The one-time codes of bob were removed." in html
    assert "No colleague has them." in html
    assert one_time_codes.confirmed_device(bobs_device.user) is None
    assert one_time_codes.recovery_codes_left(bobs_device.user) == 0
    note = LogEntry.objects.get()
    assert (note.user, note.get_edited_object(), note.change_message) == (
        ann, bobs_device.user, "The one-time codes were removed.",
    )  # fmt: skip


def test_ones_own_codes_are_not_removed_without_a_code(ann):
    device, _recovery = set_up(ann)
    browser = browser_of(ann, verified=True)
    assert "No colleague has them." in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"remove": device.pk}).status_code == 404
    assert one_time_codes.confirmed_device(ann)


def test_login_that_is_locked_is_shown_and_opened(ann):
    # First: a login deletes what is over.
    browser = browser_of(ann)
    attempt = failures_of("carl")
    failures_of("dora", number=settings.AXES_FAILURE_LIMIT - 1)
    failures_of("emil", age=settings.AXES_COOLOFF_TIME)
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
def test_request_for_nothing_that_there_is_does_nothing(ann, bobs_device, form):
    failures_of("carl")
    assert browser_of(ann).post(PAGE, form).status_code == 404
    assert one_time_codes.confirmed_device(bobs_device.user)
    assert AccessAttempt.objects.filter(username="carl").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_editors_who_are_no_superusers_may_not(ann, bobs_device, method):
    ann.is_superuser = False
    ann.save()
    ann.user_permissions.set(Permission.objects.all())
    browser = browser_of(ann)
    assert getattr(browser, method)(PAGE, {"remove": bobs_device.pk}).status_code == 403
    assert one_time_codes.confirmed_device(bobs_device.user)
    assert PAGE not in browser.get("/admin/auth/user/").content.decode()


def test_list_of_users_leads_there(ann):
    assert f'href="{PAGE}"' in browser_of(ann).get("/admin/auth/user/").content.decode()


@pytest.mark.parametrize("model", ["axes/accessattempt", "otp_totp/totpdevice", "otp_static/staticdevice"])
def test_packages_have_no_pages_of_their_own_in_the_admin(ann, model):
    browser = browser_of(ann)
    assert browser.get(f"/admin/{model}/").status_code == 404
    assert f"/admin/{model.partition('/')[0]}/" not in browser.get("/admin/").content.decode()


def test_command_that_the_readme_names_unlocks(capsys):
    failures_of("carl")
    call_command("axes_reset")
    assert capsys.readouterr().out == "1 attempts removed.\n"
    assert not AccessAttempt.objects.exists()


def test_command_that_the_readme_names_prints_a_code_that_opens_the_login(ann, capsys):
    set_up(ann)
    call_command("addstatictoken", "ann")
    assert one_time_codes.take_code(ann, capsys.readouterr().out)
