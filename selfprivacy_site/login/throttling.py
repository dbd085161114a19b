"""Limits on failed logins: ten for a user name from a network, then fifteen minutes of rest."""

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

from selfprivacy_site.login.waiting import wait_until
from selfprivacy_site.wsgi_middleware.ip_anonymisation import cut


class FailureCounter(AxesDatabaseHandler):
    """Counts the failed logins of a user name from a network, and keeps nothing else of the request."""

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        """Count the failure and forget old ones. Axes' own way would store headers and what the form sent."""
        self.clean_expired_user_attempts(request, credentials)
        request.axes_credentials = credentials
        if request.axes_locked_out:
            return
        counted, _created = AccessAttempt.objects.get_or_create(
            username=get_client_username(request, credentials),
            ip_address=request.axes_ip_address,
            user_agent="",
            defaults={"failures_since_start": 0},
        )
        # Added up by the database: of failures that come at once, none is lost.
        AccessAttempt.objects.filter(pk=counted.pk).update(
            failures_since_start=F("failures_since_start") + 1, attempt_time=request.axes_attempt_time
        )
        request.axes_locked_out = self.is_locked(request, credentials)


def network(request):
    """Return the client's network. The door has cut the address already; a server without it must not tell more."""
    return cut(request.META.get("REMOTE_ADDR", "")) or None


def locked_out(request, response, credentials):
    """Answer a login that is locked, with the time at which it opens again."""
    until = locked_until(request, credentials)
    context = {**admin.site.each_context(request), "title": _("Too many attempts")}
    context |= {"until": until, "wait": wait_until(until)}
    answer = render(request, "admin/login/locked_out.html", context, status=429)
    answer["Retry-After"] = max(1, round((until - timezone.now()).total_seconds()))
    answer["Cache-Control"] = "no-store"
    return answer


def locked_until(request, credentials):
    """Return the moment at which the lock of a login opens."""
    (attempts,) = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    last = attempts.order_by("attempt_time").last()
    return (last.attempt_time if last else timezone.now()) + settings.AXES_COOLOFF_TIME
