"""The answers to the forms of operations: the same one if a form is sent twice, and JSON for the script `sending.js`.

A form is sent twice if its answer was lost on the way, or if somebody presses a button twice. What was done is not done
again, and the person gets to where the first answer led.
"""

import json
from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse

from pages.admin.refused_saves import wants_json
from pages.text.source import digest

# The hidden field with the key of an opened form.
FORM_KEY = "_form"
# In the session: digests of submissions and their answers, the newest last.
ANSWERED = "answered_submissions"
MAX_ANSWERED = 10


def answer_once(request, respond: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the response to a request; to a submission that was answered with a redirect before, that redirect.

    The script gets the address of a redirect as `location`, and a form with errors as the HTML of its `page`.
    """
    if request.method != "POST" or FORM_KEY not in request.POST:
        return respond()
    submission = _digest(request)
    answer = _answers(request.session).get(submission)
    response = redirect_with(**answer) if answer else _respond(request.session, submission, respond)
    return _as_json(response) if wants_json(request) else response


def redirect_with(location: str, **values: object) -> HttpResponseRedirect:
    """Return a redirect with more values for the script."""
    response = HttpResponseRedirect(location)
    response.values = values
    return response


def _respond(session, submission: str, respond: Callable[[], HttpResponse]) -> HttpResponse:
    response = respond()
    if response.status_code == 302:
        session[ANSWERED] = [*session.get(ANSWERED, []), [submission, _payload(response)]][-MAX_ANSWERED:]
        return response
    # The same form, sent at the same time, may have been answered since this session was read.
    answer = _answers(type(session)(session.session_key)).get(submission)
    return redirect_with(**answer) if answer else response


def _payload(response: HttpResponse) -> dict:
    return {"location": response.headers["Location"], **getattr(response, "values", {})}


def _digest(request) -> str:
    """Return a digest of where a form is sent and what is in it, without the token, which a login rotates."""
    values = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    return digest(json.dumps([request.path, values]).encode())


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
