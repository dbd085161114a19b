"""The mails about a text that is ready or was sent back: a link to the admin, and nothing of the text."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from pages.languages import admin_languages, name_in_sentence
from pages.models import Handover, MailSettings
from pages.publishing.actors import Actor
from pages.publishing.mail_recipients import claim_mails, end_claim, find_recipients

logger = logging.getLogger(__name__)


class HandoverMail(EmailMessage):
    """A mail to a person whose settings were claimed at a time; the mail backend reports whether it was sent."""

    def __init__(self, *arguments, claimed: MailSettings, at: datetime, **options):
        super().__init__(*arguments, **options)
        self.claimed, self.at = claimed, at

    def report(self, *, is_sent: bool) -> None:
        """Note the result, in the thread that sent the mail. Without the note, the claim ends after a while."""
        try:
            end_claim(self.claimed, self.at, is_sent=is_sent)
        except DatabaseError as error:
            logger.error("The result of a mail was not noted: %s", type(error).__name__)


def mail_handover(handover: Handover, *, by: Actor, now: datetime) -> None:
    """Send the mails about a handover after it is committed, if the site sends mail."""
    if settings.SENDS_MAIL:
        transaction.on_commit(lambda: _send(handover, by, now))


def _send(handover: Handover, by: Actor, now: datetime) -> None:
    """Hand the mails to the mail backend. The handover is saved already, so no failure may reach its answer."""
    try:
        recipients = {user.pk: user for user in find_recipients(handover, by)}
        due = claim_mails(recipients.values(), now)
    except DatabaseError as error:
        logger.error("No mail about a handover: %s", type(error).__name__)
        return
    if due:
        messages = [_message(handover, recipients[row.person_id].email, row, now) for row in due]
        get_connection().send_messages(messages)


def _language(row: MailSettings) -> str:
    """Return the person's language, or the first of the admin if theirs is not known or no longer served."""
    return row.language if row.language in admin_languages() else admin_languages()[0]


def _message(handover: Handover, address: str, row: MailSettings, now: datetime) -> HandoverMail:
    with translation.override(_language(row)):
        name = {"language": name_in_sentence(handover.revision.language), "person": handover.by}
        if handover.is_ready:
            subject = _("A text is ready to publish: %(language)s") % name
            sentence = _("%(person)s marked a text as ready: %(language)s.") % name
        else:
            subject = _("A text was sent back: %(language)s") % name
            sentence = _("%(person)s sent back a text that you marked as ready: %(language)s.") % name
        later = _("What else happens within the hour is only on the start page: %(url)s")
        off = _("To change the language of these mails, or to switch them off: %(url)s")
        paragraphs = [
            sentence,
            _page_url(handover),
            later % {"url": _url("index")},
            off % {"url": _url("mail_settings")},
        ]
    headers = {"Auto-Submitted": "auto-generated"}
    body = "\n\n".join(map(str, paragraphs)) + "\n"
    return HandoverMail(subject, body, to=[address], headers=headers, claimed=row, at=now)


def _page_url(handover: Handover) -> str:
    page = handover.revision.page_id
    if handover.is_ready:
        return _url("pages_page_publish", page)
    return f"{_url('pages_page_change', page)}#tab={handover.revision.language}"


def _url(name: str, *arguments: object) -> str:
    return settings.SITE_URL + reverse(f"admin:{name}", args=arguments)
