"""What readers get while the database does not answer."""

import logging

from django.http import HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

RETRY_AFTER_SECONDS = 10

logger = logging.getLogger(__name__)


def unavailable(error: Exception) -> HttpResponse:
    """Answer 503 without a query and without a request context."""
    logger.warning("The database does not answer: %s", error)
    content = loader.get_template("503.html").render({"title": _("This page cannot be shown right now")})
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(content, status=503, headers=headers)
