"""One-time codes: what a user has, how they begin, what a code is worth. An app makes them; ten more are on paper."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login.waiting import wait_until

RECOVERY_CODES = 10
GIVE_A_CODE, SET_UP = "give a code", "set up"


def missing_step(user):
    """Return what a user has yet to do before the admin opens, or None."""
    if not user.is_authenticated or user.is_verified():
        return None
    if confirmed_device(user):
        return GIVE_A_CODE
    return SET_UP if settings.ONE_TIME_CODES == "required" else None


def confirmed_device(user):
    """Return the app that a user has confirmed, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def device_to_confirm(user):
    """Return the app that a user is about to set up: its secret stays the same until it is confirmed."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, confirmed=False)


def take_code(user, typed, *, confirmed=True):
    """Return the device that a code is of and use the code up; raise ValidationError if it is of none, or too soon."""
    code = re.sub(r"[\s-]", "", typed).lower()
    is_of_the_app = not confirmed or (len(code) == 6 and code.isdecimal())
    model = TOTPDevice if is_of_the_app else StaticDevice
    # The error is raised outside: it would take the count of failures back.
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=confirmed).first()
        may_try, trouble = device.verify_is_allowed() if device else (True, None)
        if device and may_try and device.verify_token(code):
            return device
    if not may_try:
        raise ValidationError(_("Too many wrong codes.") + " " + wait_until(trouble["locked_until"]))
    raise ValidationError(_("This code is wrong, or it was used, or its time is over."))


@transaction.atomic
def confirm(device):
    """Make this the user's one app, and return the recovery codes."""
    forget(device.user, keep=device)
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return new_recovery_codes(device.user)


@transaction.atomic
def new_recovery_codes(user):
    """Put ten new codes in the place of those that a user has, and return them."""
    device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "recovery"})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def recovery_codes_left(user):
    """Return how many recovery codes a user has not used."""
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def forget(user, *, keep=None):
    """Delete all that a user has for one-time codes, but the app that is to be kept."""
    TOTPDevice.objects.filter(user=user).exclude(pk=keep and keep.pk).delete()
    StaticDevice.objects.filter(user=user).delete()
