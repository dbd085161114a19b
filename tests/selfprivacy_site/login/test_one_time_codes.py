"""One-time codes: each is valid once, wrong ones are throttled, and setting them up needs a code of the app."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.users import (
    WRONG_CODE,
    WRONG_RECOVERY_CODE,
    current_code,
    make_superuser,
    set_up_codes,
)

pytestmark = pytest.mark.django_db
WRONG = "This code is wrong, was already used, or has expired."


@pytest.fixture
def ann():
    return make_superuser()


def error_message(user, code, **options):
    with pytest.raises(ValidationError) as raised:
        one_time_codes.verify_code(user, code, **options)
    return raised.value.message


def end_throttling_after(model, seconds):
    model.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_code_is_valid_for_half_a_minute_before_and_after(ann, steps):
    device, _recovery = set_up_codes(ann)
    assert one_time_codes.verify_code(ann, current_code(device, steps=steps)) == device


@pytest.mark.parametrize("steps", [-3, 3])
def test_code_of_another_time_is_invalid(ann, steps):
    device, _recovery = set_up_codes(ann)
    assert error_message(ann, current_code(device, steps=steps)) == WRONG


def test_code_is_valid_once(ann):
    device, _recovery = set_up_codes(ann)
    code = current_code(device)
    one_time_codes.verify_code(ann, code)
    assert error_message(ann, code) == WRONG


def test_recovery_code_is_valid_once(ann):
    _device, recovery = set_up_codes(ann)
    assert one_time_codes.verify_code(ann, recovery[3]) == StaticDevice.objects.get()
    assert one_time_codes.count_recovery_codes(ann) == len(recovery) - 1 == 9
    assert error_message(ann, recovery[3]) == WRONG
    end_throttling_after(StaticDevice, 2)
    one_time_codes.verify_code(ann, recovery[4])


def test_spaces_hyphens_and_case_of_a_code_are_ignored(ann):
    device, recovery = set_up_codes(ann)
    code = current_code(device)
    assert one_time_codes.verify_code(ann, f" {code[:3]} {code[3:]} ")
    assert one_time_codes.verify_code(ann, f"{recovery[0][:4]}-{recovery[0][4:]}".upper())


def test_code_of_another_user_is_invalid(ann):
    device, recovery = set_up_codes(make_superuser("bob"))
    set_up_codes(ann)
    assert error_message(ann, current_code(device)) == WRONG
    assert error_message(ann, recovery[0]) == WRONG
    assert one_time_codes.count_recovery_codes(device.user) == 10


@pytest.mark.parametrize("code", [WRONG_CODE, WRONG_RECOVERY_CODE, "12345678", "6 digits", "\u0661\u0662"])
def test_wrong_code_gets_the_same_message_with_and_without_a_device(ann, code):
    assert error_message(ann, code) == WRONG
    set_up_codes(ann)
    assert error_message(ann, code) == WRONG


@pytest.mark.parametrize(
    ("wrong", "model", "other_model"),
    [(WRONG_CODE, TOTPDevice, StaticDevice), (WRONG_RECOVERY_CODE, StaticDevice, TOTPDevice)],
)
def test_each_wrong_code_doubles_the_wait_and_right_codes_wait_too(ann, wrong, model, other_model):
    device, recovery = set_up_codes(ann)
    right = (lambda: current_code(device)) if model is TOTPDevice else (lambda: recovery[0])
    for failures, wait in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16)):
        assert error_message(ann, wrong) == WRONG
        assert model.objects.get().throttling_failure_count == failures
        assert error_message(ann, right()).startswith("Too many wrong codes. Try again in ")
        assert model.objects.get().throttling_failure_count == failures
        end_throttling_after(model, wait - 0.5 if failures < 5 else 10)
        assert "Too many wrong codes." in error_message(ann, right())
        end_throttling_after(model, wait)
    assert other_model.objects.get().throttling_failure_count == 0
    assert one_time_codes.verify_code(ann, right()).throttling_failure_count == 0


def test_wrong_code_during_set_up_is_throttled_too(ann):
    device = one_time_codes.get_or_create_unconfirmed_device(ann)
    assert error_message(ann, WRONG_CODE, confirmed=False) == WRONG
    assert "Too many wrong codes." in error_message(ann, current_code(device), confirmed=False)


def test_unconfirmed_device_verifies_no_code(ann):
    device = one_time_codes.get_or_create_unconfirmed_device(ann)
    assert one_time_codes.confirmed_device(ann) is None
    assert error_message(ann, current_code(device)) == WRONG


def test_secret_stays_the_same_until_the_device_is_confirmed(ann):
    first = one_time_codes.get_or_create_unconfirmed_device(ann)
    assert one_time_codes.get_or_create_unconfirmed_device(ann).key == first.key
    one_time_codes.confirm_device(first)
    assert one_time_codes.get_or_create_unconfirmed_device(ann).key != first.key


def test_confirming_a_device_deletes_the_others_of_the_user(ann):
    device_of_bob, _recovery = set_up_codes(make_superuser("bob"))
    TOTPDevice.objects.create(user=ann, confirmed=False)
    TOTPDevice.objects.create(user=ann, confirmed=True)
    device = TOTPDevice.objects.create(user=ann, confirmed=False)
    one_time_codes.confirm_device(device)
    assert list(TOTPDevice.objects.values_list("pk", "confirmed").order_by("pk")) == [
        (device_of_bob.pk, True),
        (device.pk, True),
    ]


def test_new_recovery_codes_replace_the_old_ones(ann):
    _device, old = set_up_codes(ann)
    new = one_time_codes.replace_recovery_codes(ann)
    assert (len(set(new)), set(new) & set(old)) == (10, set())
    assert error_message(ann, old[0]) == WRONG
    end_throttling_after(StaticDevice, 2)
    assert one_time_codes.verify_code(ann, new[0])


def test_deleting_devices_leaves_those_of_other_users(ann):
    set_up_codes(ann)
    bob = make_superuser("bob")
    set_up_codes(bob)
    one_time_codes.delete_devices(ann)
    assert {device.user for model in (TOTPDevice, StaticDevice) for device in model.objects.all()} == {bob}
    assert StaticToken.objects.count() == 10


@pytest.mark.parametrize(
    ("rule", "has_codes", "verified", "step"),
    [
        ("optional", False, False, None),
        ("optional", True, False, one_time_codes.VERIFY_CODE),
        ("optional", True, True, None),
        ("required", False, False, one_time_codes.SET_UP_CODES),
        ("required", True, False, one_time_codes.VERIFY_CODE),
        ("required", True, True, None),
    ],
)
def test_missing_login_step(settings, ann, rule, has_codes, verified, step):
    settings.ONE_TIME_CODES = rule
    one_time_codes.get_or_create_unconfirmed_device(ann)
    if has_codes:
        set_up_codes(ann)
    ann.is_verified = lambda: verified
    assert one_time_codes.missing_login_step(ann) == step


def test_anonymous_user_has_no_missing_login_step(settings):
    settings.ONE_TIME_CODES = "required"
    assert one_time_codes.missing_login_step(AnonymousUser()) is None
