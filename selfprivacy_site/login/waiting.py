"""How long a person has to wait, in words."""

import math

from django.utils import timezone
from django.utils.translation import ngettext


def wait_until(moment):
    """Return a sentence with the time from now to a moment: in seconds, from a minute on in minutes, rounded up."""
    number = max(1, math.ceil((moment - timezone.now()).total_seconds()))
    if number < 60:
        words = ngettext("Try again in %(number)d second.", "Try again in %(number)d seconds.", number)
    else:
        number = math.ceil(number / 60)
        words = ngettext("Try again in %(number)d minute.", "Try again in %(number)d minutes.", number)
    return words % {"number": number}
