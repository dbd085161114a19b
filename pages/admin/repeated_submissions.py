"""The answers to the forms of operations: the same one if a form is sent twice, and JSON for the script `sending.js`.

A form is sent twice if its answer was lost on the way, or if somebody presses a button twice. What was done is not done
again, and the person gets to where the first answer led. After a while, as from the browser's "back", it may have been
undone: then they are told that it was not done again.
"""

import json
from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.refused_saves import wants_json
from pages.presentation.as_of import format_moment
from pages.text.source import digest

# The hidden field with the key of an opened form.
FORM_KEY = "_form"
# In the session: digests of submissions and their answers, the newest last.
ANSWERED = "answered_submissions"
# Of an answer: when it was given, in seconds since 1970.
_TIME = "answered_at"
MAX_ANSWERED = 10
# Whoever presses a button twice, or whose script sends a form again, does it within so many seconds.
AT_ONCE = 90


def answer_once(request, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the response to a request; to a submission that was answered with a redirect before, that redirect.

    The script gets the address of a redirect as `location`, and a form with errors as the HTML of its `page`.
    """
    if request.method != "POST" or FORM_KEY not in request.POST:
        return respond()
    submission = _digest(request)
    answer = _answers(request.session).get(submission)
    if answer:
        _tell_if_late(request, answer[_TIME])
    response = _redirect_again(answer) if answer else _respond(request.session, submission, respond)
    return _as_json(response) if wants_json(request) else response


def _tell_if_late(request, answered: float) -> None:
    now = timezone.now()
    if now.timestamp() - answered > AT_ONCE:
        moment = format_moment(datetime.fromtimestamp(answered, tz=now.tzinfo))
        text = _("You sent this form before, on %(moment)s. Nothing was done again: check the state of the page.")
        messages.warning(request, text % {"moment": moment})


def _redirect_again(answer: dict) -> HttpResponseRedirect:
    return redirect_with(**{name: value for name, value in answer.items() if name != _TIME})


def redirect_with(location: str, **values: object) -> HttpResponseRedirect:
    """Return a redirect with more values for the script."""
    response = HttpResponseRedirect(location)
    response.values = values
    return response


def _respond(session, submission: str, respond: Callable[[], HttpResponse]) -> HttpResponse:
    response = respond()
    if response.status_code == 302:
        session[ANSWERED] = [
            *session.get(ANSWERED, []),
            [submission, {**_payload(response), _TIME: timezone.now().timestamp()}],
        ][-MAX_ANSWERED:]
        return response
    # The same form, sent at the same time, may have been answered since this session was read.
    answer = _answers(type(session)(session.session_key)).get(submission)
    return _redirect_again(answer) if answer else response


def _payload(response: HttpResponse) -> dict:
    return {"location": response.headers["Location"], **getattr(response, "values", {})}


def _digest(request) -> str:
    """Return a digest of where a form is sent and what is in it, without the token, which a login rotates."""
    values = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    files = sorted((name, _file_digest(file)) for name, file in request.FILES.items())
    return digest(json.dumps([request.path, values, files]).encode())


def _file_digest(file: UploadedFile) -> str:
    content = file.read()
    file.seek(0)
    return digest(content)


def _answers(session) -> dict[str, dict]:
    return dict(session.get(ANSWERED, []))


def _as_json(response: HttpResponse) -> HttpResponse:
    if response.status_code == 302:
        return JsonResponse(_payload(response))
    if not response.headers["Content-Type"].startswith("text/html"):
        return response
    if hasattr(response, "render"):
        response.render()
    # The status is that of a form that is shown again.
    return JsonResponse({"reason": "invalid", "page": response.content.decode()})
