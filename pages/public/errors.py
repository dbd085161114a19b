"""Pages for what went wrong, in the reader's language."""

from django.http import HttpResponse
from django.template import loader
from django.utils.translation import gettext as _

from pages.public.answers import answer, now


def not_found(request, exception=None):
    """Answer 404 with a way on."""
    return answer(request, "404.html", {}, at=now(), status=404)


def server_error(request):
    """Answer 500 without asking the database: it may be what failed."""
    return HttpResponse(loader.get_template("500.html").render({"title": _("Something went wrong")}), status=500)
