"""Forms of links, redirects, settings, users and groups that are sent in the background, and done only once."""

from functools import partial
from uuid import uuid4

from pages.admin.repeated_submissions import FORM_KEY, answer_once


class SentInBackgroundMixin:
    """Lets `sending.js` send the form of a row: whatever fails, what was typed is still in it.

    It comes before the mixins that change what was submitted: a form that is sent twice is recognised as it was sent.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {**(extra_context or {}), "sent_form_key": request.POST.get(FORM_KEY) or uuid4()}
        return answer_once(request, partial(super().changeform_view, request, object_id, form_url, context))
