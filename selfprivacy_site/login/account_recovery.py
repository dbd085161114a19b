"""Account recovery by superusers: removing another user's one-time codes, unlocking a login."""

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from selfprivacy_site.login.one_time_codes import delete_devices

# The package's own admin pages would show secrets, and they exist in English only.
admin.site.unregister([TOTPDevice, StaticDevice])


def account_recovery(request):
    """List the users with one-time codes and the locked logins; remove the codes or unlock the login that is posted."""
    if not request.user.is_superuser:
        raise PermissionDenied
    asked = None
    if request.method == "POST" and "remove" in request.POST:
        devices = devices_of_other_users(request.user)
        asked = get_object_or_404(devices, pk=posted_key(request, "remove"))
    # The first click only asks.
    if request.method == "POST" and (asked is None or "confirmed" in request.POST):
        if asked:
            remove_codes(request, asked)
        else:
            unlock_login(request, get_object_or_404(locked_logins(), pk=posted_key(request, "unlock")))
        return HttpResponseRedirect(request.path)
    context = {
        "asked": asked,
        **admin.site.each_context(request),
        "title": _("Account recovery"),
        "minutes": settings.AXES_COOLOFF_TIME.seconds // 60,
        "devices": devices_of_other_users(request.user),
        "locked_logins": locked_logins(),
    }
    return render(request, "admin/login/account_recovery.html", context)


def posted_key(request, name):
    """Return a primary key from the form; 0, which no row has, if the value is not a number."""
    value = request.POST.get(name, "")
    # isdecimal() accepts thousands of digits, which int() would refuse.
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def devices_of_other_users(user):
    """Return the confirmed TOTP devices of everyone else: removing one's own codes takes a code."""
    devices = TOTPDevice.objects.filter(confirmed=True).exclude(user=user)
    return devices.select_related("user").order_by("user__username")


def locked_logins():
    """Return the counters of failed attempts that currently lock a login."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    return attempts.filter(attempt_time__gte=since).order_by("username", "ip_address")


def remove_codes(request, device):
    """Delete a user's one-time codes and record in the admin's log who did it."""
    delete_devices(device.user)
    message = _("The one-time codes were removed.")
    LogEntry.objects.log_actions(request.user.pk, [device.user], CHANGE, message, single_object=True)
    messages.success(request, _("The one-time codes of %(user)s were removed.") % {"user": device.user})


def unlock_login(request, attempt):
    attempt.delete()
    messages.success(request, _("The login of %(user)s is unlocked.") % {"user": attempt.username})
