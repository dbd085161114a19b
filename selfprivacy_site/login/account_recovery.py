"""What superusers do for colleagues: take a lost phone's codes away, open a locked login."""

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

from selfprivacy_site.login.one_time_codes import forget

# The package's own pages would show secrets, and are in English alone.
admin.site.unregister([TOTPDevice, StaticDevice])


def logins(request):
    """Show who has one-time codes and which logins are locked; do what is asked for one of them."""
    if not request.user.is_superuser:
        raise PermissionDenied
    if request.method == "POST":
        if "remove" in request.POST:
            remove_codes(request, get_object_or_404(colleagues_devices(request.user), pk=number(request, "remove")))
        else:
            unlock(request, get_object_or_404(locked_logins(), pk=number(request, "unlock")))
        return HttpResponseRedirect(request.path)
    context = {"title": _("Lost phones and locked logins"), "minutes": settings.AXES_COOLOFF_TIME.seconds // 60}
    context |= {"devices": colleagues_devices(request.user), "locked": locked_logins()}
    return render(request, "admin/login/colleagues.html", {**admin.site.each_context(request), **context})


def number(request, name):
    """Return a key from the form; what is none is the key of nothing."""
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def colleagues_devices(user):
    """Return the confirmed apps of all others: one's own are removed with a code."""
    others = TOTPDevice.objects.filter(confirmed=True).exclude(user=user)
    return others.select_related("user").order_by("user__username")


def locked_logins():
    """Return the counts of failed logins that keep a login locked now."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    reached = AccessAttempt.objects.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT)
    return reached.filter(attempt_time__gte=since).order_by("username", "ip_address")


def remove_codes(request, device):
    """Take a colleague's one-time codes away, and note in their history who did."""
    forget(device.user)
    sentence = _("The one-time codes were removed.")
    LogEntry.objects.log_actions(request.user.pk, [device.user], CHANGE, sentence, single_object=True)
    messages.success(request, _("The one-time codes of %(user)s were removed.") % {"user": device.user})


def unlock(request, attempt):
    """Forget the failures that keep a login locked."""
    attempt.delete()
    messages.success(request, _("The login of %(user)s is unlocked.") % {"user": attempt.username})
