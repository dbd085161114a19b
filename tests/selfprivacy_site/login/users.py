"""Users with and without one-time codes, their codes, and logged-in test clients."""

from django.contrib.auth import get_user_model
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes

PASSWORD = "right-4711"
WRONG_CODE, WRONG_RECOVERY_CODE = "000000", "aaaaaaaa"


def make_superuser(name="ann"):
    return get_user_model().objects.create_superuser(name, password=PASSWORD)


def set_up_codes(user):
    """Confirm a TOTP device for a user; return it and the recovery codes."""
    device = one_time_codes.get_or_create_unconfirmed_device(user)
    return device, one_time_codes.confirm_device(device)


def current_code(device, *, steps=0):
    """Return the code that the app shows now, or `steps` half minutes later."""
    TOTPDevice.objects.filter(pk=device.pk).update(drift=0)
    return f"{totp(device.bin_key, drift=steps):06}"


def reset_throttling():
    """End the waiting time after wrong codes, and allow a used code again."""
    TOTPDevice.objects.update(throttling_failure_timestamp=None, last_t=-1)


def logged_in_client(user, *, verified=False):
    """Return a client that is logged in with the password, and with `verified` also with a one-time code."""
    client = Client()
    client.force_login(user)
    if verified:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = one_time_codes.confirmed_device(user).persistent_id
        session.save()
    return client
