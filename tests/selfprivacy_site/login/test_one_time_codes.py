"""One-time codes: each is taken once, wrong ones make wait, and they begin with a proof that the app has the secret."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes
from tests.selfprivacy_site.login.people import WRONG_CODE, WRONG_RECOVERY_CODE, code_of, make_editor, set_up

pytestmark = pytest.mark.django_db
WRONG = "This code is wrong, or it was used, or its time is over."


@pytest.fixture
def ann():
    return make_editor()


def refusal_of(user, code, **options):
    with pytest.raises(ValidationError) as refused:
        one_time_codes.take_code(user, code, **options)
    return refused.value.message


def let_time_pass(model, seconds):
    model.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_code_of_now_and_of_a_half_minute_around_is_taken(ann, steps):
    device, _recovery = set_up(ann)
    assert one_time_codes.take_code(ann, code_of(device, steps=steps)) == device


@pytest.mark.parametrize("steps", [-3, 3])
def test_code_of_another_time_is_not_taken(ann, steps):
    device, _recovery = set_up(ann)
    assert refusal_of(ann, code_of(device, steps=steps)) == WRONG


def test_code_is_taken_once(ann):
    device, _recovery = set_up(ann)
    code = code_of(device)
    one_time_codes.take_code(ann, code)
    assert refusal_of(ann, code) == WRONG


def test_recovery_code_is_taken_once(ann):
    _device, recovery = set_up(ann)
    assert one_time_codes.take_code(ann, recovery[3]) == StaticDevice.objects.get()
    assert one_time_codes.recovery_codes_left(ann) == len(recovery) - 1 == 9
    assert refusal_of(ann, recovery[3]) == WRONG
    let_time_pass(StaticDevice, 2)
    one_time_codes.take_code(ann, recovery[4])


def test_code_may_be_typed_with_gaps_and_capitals(ann):
    device, recovery = set_up(ann)
    code = code_of(device)
    assert one_time_codes.take_code(ann, f" {code[:3]} {code[3:]} ")
    assert one_time_codes.take_code(ann, f"{recovery[0][:4]}-{recovery[0][4:]}".upper())


def test_code_of_a_colleague_is_not_taken(ann):
    device, recovery = set_up(make_editor("bob"))
    set_up(ann)
    assert refusal_of(ann, code_of(device)) == WRONG
    assert refusal_of(ann, recovery[0]) == WRONG
    assert one_time_codes.recovery_codes_left(device.user) == 10


@pytest.mark.parametrize("code", [WRONG_CODE, WRONG_RECOVERY_CODE, "12345678", "6 digits", "\u0661\u0662"])
def test_code_of_nobody_is_not_taken_whether_or_not_there_is_an_app(ann, code):
    assert refusal_of(ann, code) == WRONG
    set_up(ann)
    assert refusal_of(ann, code) == WRONG


@pytest.mark.parametrize(
    ("wrong", "model", "other"),
    [(WRONG_CODE, TOTPDevice, StaticDevice), (WRONG_RECOVERY_CODE, StaticDevice, TOTPDevice)],
)
def test_wrong_codes_make_wait_twice_as_long_each_time_and_right_ones_wait_too(ann, wrong, model, other):
    device, recovery = set_up(ann)
    right = (lambda: code_of(device)) if model is TOTPDevice else (lambda: recovery[0])
    for failures, wait in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16)):
        assert refusal_of(ann, wrong) == WRONG
        assert model.objects.get().throttling_failure_count == failures
        assert refusal_of(ann, right()).startswith("Too many wrong codes. Try again in ")
        assert model.objects.get().throttling_failure_count == failures
        let_time_pass(model, wait - 0.5 if failures < 5 else 10)
        assert "Too many wrong codes." in refusal_of(ann, right())
        let_time_pass(model, wait)
    assert other.objects.get().throttling_failure_count == 0
    assert one_time_codes.take_code(ann, right()).throttling_failure_count == 0


def test_wrong_code_during_the_set_up_makes_wait_too(ann):
    device = one_time_codes.device_to_confirm(ann)
    assert refusal_of(ann, WRONG_CODE, confirmed=False) == WRONG
    assert "Too many wrong codes." in refusal_of(ann, code_of(device), confirmed=False)


def test_app_that_is_not_confirmed_opens_nothing(ann):
    device = one_time_codes.device_to_confirm(ann)
    assert one_time_codes.confirmed_device(ann) is None
    assert refusal_of(ann, code_of(device)) == WRONG


def test_secret_stays_the_same_until_it_is_confirmed(ann):
    first = one_time_codes.device_to_confirm(ann)
    assert one_time_codes.device_to_confirm(ann).key == first.key
    one_time_codes.confirm(first)
    assert one_time_codes.device_to_confirm(ann).key != first.key


def test_confirmed_app_is_the_users_only_one(ann):
    others, _recovery = set_up(make_editor("bob"))
    TOTPDevice.objects.create(user=ann, confirmed=False)
    TOTPDevice.objects.create(user=ann, confirmed=True)
    device = TOTPDevice.objects.create(user=ann, confirmed=False)
    one_time_codes.confirm(device)
    assert list(TOTPDevice.objects.values_list("pk", "confirmed").order_by("pk")) == [
        (others.pk, True),
        (device.pk, True),
    ]


def test_new_recovery_codes_take_the_place_of_the_old_ones(ann):
    _device, old = set_up(ann)
    new = one_time_codes.new_recovery_codes(ann)
    assert (len(set(new)), set(new) & set(old)) == (10, set())
    assert refusal_of(ann, old[0]) == WRONG
    let_time_pass(StaticDevice, 2)
    assert one_time_codes.take_code(ann, new[0])


def test_what_is_forgotten_is_that_users_alone(ann):
    set_up(ann)
    bob = make_editor("bob")
    set_up(bob)
    one_time_codes.forget(ann)
    assert {device.user for model in (TOTPDevice, StaticDevice) for device in model.objects.all()} == {bob}
    assert StaticToken.objects.count() == 10


@pytest.mark.parametrize(
    ("rule", "has_codes", "verified", "step"),
    [
        ("optional", False, False, None),
        ("optional", True, False, one_time_codes.GIVE_A_CODE),
        ("optional", True, True, None),
        ("required", False, False, one_time_codes.SET_UP),
        ("required", True, False, one_time_codes.GIVE_A_CODE),
        ("required", True, True, None),
    ],
)
def test_step_that_is_missing(settings, ann, rule, has_codes, verified, step):
    settings.ONE_TIME_CODES = rule
    one_time_codes.device_to_confirm(ann)
    if has_codes:
        set_up(ann)
    ann.is_verified = lambda: verified
    assert one_time_codes.missing_step(ann) == step


def test_nobody_in_particular_misses_no_step(settings):
    settings.ONE_TIME_CODES = "required"
    assert one_time_codes.missing_step(AnonymousUser()) is None
