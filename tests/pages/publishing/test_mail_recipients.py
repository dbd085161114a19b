"""The thread that sends mails notes in the database which of them were sent."""

from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import timezone

from pages.models import MailSettings
from pages.publishing.mail_recipients import claim_mails, end_claim
from selfprivacy_site import mail
from tests.smtp import running_smtp_server, use_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("mode", ["works", "refuses"])
def test_thread_notes_whether_a_mail_was_sent(settings, mode):
    person, now = get_user_model().objects.create_user("pia", "pia@example.org"), timezone.now()
    (row,) = claim_mails([person], now)
    assert claim_mails([person], now) == []
    with running_smtp_server(mode) as server:
        use_mail(settings, server)
        message = EmailMessage("Subject", "Body", None, [person.email])
        message.report = partial(end_claim, row, now)
        mail.mail_queue.put([message])
        mail.mail_queue.waiting.join()
    row = MailSettings.objects.get()
    assert (row.claimed_at, row.mailed_at) == (None, now if mode == "works" else None)
