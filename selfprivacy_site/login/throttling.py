"""Throttling of failed logins, counted by user name and client network. The limits are `AXES_…` in the settings."""

import math

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import F
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selfprivacy_site.wsgi_middleware.ip_anonymisation import anonymise


class FailureCounter(AxesDatabaseHandler):
    """Axes' database handler, reduced to a counter: of a request, only user name, network and time are stored."""

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        """Delete expired counters and count this failure.

        Replaces the method of Axes, which would also store headers and the submitted form.
        """
        self.clean_expired_user_attempts(request, credentials)
        request.axes_credentials = credentials
        if request.axes_locked_out:
            return
        attempt, _created = AccessAttempt.objects.get_or_create(
            username=get_client_username(request, credentials),
            ip_address=request.axes_ip_address,
            user_agent="",
            defaults={"failures_since_start": 0},
        )
        # The database adds, so that no failure is lost if several requests arrive at the same time.
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            failures_since_start=F("failures_since_start") + 1, attempt_time=request.axes_attempt_time
        )
        request.axes_locked_out = self.is_locked(request, credentials)


def client_network(request):
    """Return the client's network, or None if the server gives no address."""
    # The WSGI middleware does this too, but requests of Django's test client do not pass through it.
    return anonymise(request.META.get("REMOTE_ADDR", "")) or None


def lockout_response(request, response, credentials):
    """Return a 429 response with the time when the lock ends. Axes calls this (AXES_LOCKOUT_CALLABLE)."""
    until = locked_until(request, credentials)
    context = {
        **admin.site.each_context(request),
        "title": _("Too many attempts"),
        "until": until,
        "try_again_message": try_again_message(until),
    }
    locked_out = render(request, "admin/login/locked_out.html", context, status=429)
    locked_out["Retry-After"] = max(1, round((until - timezone.now()).total_seconds()))
    locked_out["Cache-Control"] = "no-store"
    return locked_out


def locked_until(request, credentials):
    """Return when the lock ends: the cool-off time after the last counted failure."""
    (attempts,) = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    last = attempts.order_by("attempt_time").last()
    return (last.attempt_time if last else timezone.now()) + settings.AXES_COOLOFF_TIME


def try_again_message(at):
    """Return a sentence with the time left until `at`: seconds below a minute, else minutes, both rounded up."""
    number = max(1, math.ceil((at - timezone.now()).total_seconds()))
    if number < 60:
        message = ngettext("Try again in %(number)d second.", "Try again in %(number)d seconds.", number)
    else:
        number = math.ceil(number / 60)
        message = ngettext("Try again in %(number)d minute.", "Try again in %(number)d minutes.", number)
    return message % {"number": number}
