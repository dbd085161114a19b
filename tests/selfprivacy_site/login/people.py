"""Editors with and without one-time codes, and the codes of their apps."""

from django.contrib.auth import get_user_model
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login import one_time_codes

PASSWORD = "right-4711"
WRONG_CODE, WRONG_RECOVERY_CODE = "000000", "aaaaaaaa"


def make_editor(name="ann"):
    """Make a superuser."""
    return get_user_model().objects.create_superuser(name, password=PASSWORD)


def set_up(user):
    """Give a user one-time codes; return the device and the recovery codes."""
    device = one_time_codes.device_to_confirm(user)
    return device, one_time_codes.confirm(device)


def code_of(device, *, steps=0):
    """Return the code that the app shows now, or so many half minutes later."""
    TOTPDevice.objects.filter(pk=device.pk).update(drift=0)
    return f"{totp(device.bin_key, drift=steps):06}"


def after_waiting():
    """Let the time pass that wrong codes make a user wait."""
    TOTPDevice.objects.update(throttling_failure_timestamp=None, last_t=-1)


def browser_of(user, *, verified=False):
    """Return a browser in which a user has given the password, and perhaps a code."""
    client = Client()
    client.force_login(user)
    if verified:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = one_time_codes.confirmed_device(user).persistent_id
        session.save()
    return client
