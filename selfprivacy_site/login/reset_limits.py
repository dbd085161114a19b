"""The limits of password resets: per client network, as for failed logins, and per mail address.

Both are counted in the table of failed logins, which stores networks only, and of mail addresses a digest.
"""

import hashlib

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import F
from django.utils import timezone

from selfprivacy_site.login.throttling import lockout_response

# No user can have this name: the validator of user names refuses spaces.
CLIENT = {"username": "password reset"}
# Of one address, within the time of a lock. The mails sent before hold a link that works.
MAX_MAILS = 3


def count_request(request) -> None:
    """Count a request for a mail, or a link that is not valid, for the client's network."""
    user_login_failed.send(sender=__name__, credentials=CLIENT, request=request)


def refuse_if_locked(request):
    """Return the response of a locked login if there were too many requests from the client's network, else None."""
    if AxesProxyHandler.is_allowed(request, CLIENT):
        return None
    return lockout_response(request, None, CLIENT)


def count_mail(address: str) -> bool:
    """Count a mail to an address, known or not; return whether there were fewer than the limit before."""
    digest = hashlib.sha256(address.strip().lower().encode()).hexdigest()
    now, since = timezone.now(), timezone.now() - settings.AXES_COOLOFF_TIME
    # The unspecified address stands for every network.
    key = {"username": f"password reset {digest}", "ip_address": "::", "user_agent": ""}
    AccessAttempt.objects.filter(**key, attempt_time__lte=since).delete()
    AccessAttempt.objects.get_or_create(**key, defaults={"failures_since_start": 0})
    # The database adds, so that requests at the same time do not get more.
    below = AccessAttempt.objects.filter(**key, failures_since_start__lt=MAX_MAILS)
    return below.update(failures_since_start=F("failures_since_start") + 1, attempt_time=now) > 0
