"""One-time codes: setting up an authenticator app (TOTP), recovery codes, and verifying a code."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login.throttling import try_again_message

RECOVERY_CODES = 10
# The steps of the login, as the URL names of their views.
VERIFY_CODE, SET_UP_CODES = "verify_one_time_code", "one_time_codes"


def missing_login_step(user):
    """Return the step that the user must complete before the admin opens, or None."""
    if not user.is_authenticated or user.is_verified():
        return None
    if confirmed_device(user):
        return VERIFY_CODE
    return SET_UP_CODES if settings.ONE_TIME_CODES == "required" else None


def confirmed_device(user):
    """Return the user's confirmed TOTP device, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def get_or_create_unconfirmed_device(user):
    """Return the TOTP device that the user is setting up. Its secret stays the same until it is confirmed."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, confirmed=False)


def verify_code(user, typed, *, confirmed=True):
    """Use up a code and return its device. Raise ValidationError if the code is wrong or came too soon after one.

    Six digits are a code of the app, anything else is a recovery code. While the app is being set up
    (`confirmed=False`) only its own codes count.
    """
    code = re.sub(r"[\s-]", "", typed).lower()
    is_totp = not confirmed or (len(code) == 6 and code.isdecimal())
    model = TOTPDevice if is_totp else StaticDevice
    # The errors are raised after the transaction, which would otherwise roll back the count of failures.
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=confirmed).first()
        is_allowed, reason = device.verify_is_allowed() if device else (True, None)
        if device and is_allowed and device.verify_token(code):
            return device
    if not is_allowed:
        raise ValidationError(_("Too many wrong codes.") + " " + try_again_message(reason["locked_until"]))
    raise ValidationError(_("This code is wrong, was already used, or has expired."))


@transaction.atomic
def confirm_device(device):
    """Make this the user's only TOTP device, and return new recovery codes."""
    delete_devices(device.user, keep=device)
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return replace_recovery_codes(device.user)


@transaction.atomic
def replace_recovery_codes(user):
    """Delete the user's recovery codes and return ten new ones."""
    device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "recovery"})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def count_recovery_codes(user):
    """Return how many recovery codes the user has not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def delete_devices(user, *, keep=None):
    """Delete the user's TOTP devices, except `keep`, and the recovery codes."""
    TOTPDevice.objects.filter(user=user).exclude(pk=keep and keep.pk).delete()
    StaticDevice.objects.filter(user=user).delete()
