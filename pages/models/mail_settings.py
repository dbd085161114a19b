"""MailSettings: whether a person wants mail, in which language, and when the last one was sent."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# What happens in the meantime is only on the start page.
TIME_BETWEEN_MAILS = timedelta(hours=1)
# By then a mail is sent or has failed, also if others wait before it: otherwise the process ended.
SENDING_TIME = timedelta(minutes=10)


class MailSettingsQuerySet(models.QuerySet):
    def due(self, at):
        """Return the settings of people who can be sent a mail now. A time ahead, of a wrong clock, does not count."""
        return (
            self.filter(wants_mail=True)
            .exclude(mailed_at__gt=at - TIME_BETWEEN_MAILS, mailed_at__lte=at)
            .exclude(claimed_at__gt=at - SENDING_TIME, claimed_at__lte=at)
        )


class MailSettings(models.Model):
    """A row is created by the first login, mail or change. `language` is empty as long as it is not known."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_settings", verbose_name=_("person")
    )
    wants_mail = models.BooleanField(
        _("Send me mails"),
        default=True,
        help_text=_("When a text is ready for you to publish, or a text that you marked as ready is sent back."),
    )
    language = models.CharField(_("Language of the mails"), max_length=20, blank=True)
    mailed_at = models.DateTimeField(_("last mail"), null=True)
    # While a mail is on its way to the mail server.
    claimed_at = models.DateTimeField(_("mail being sent"), null=True)

    objects = MailSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail settings")
        verbose_name_plural = _("mail settings")
        # Only the own row can be changed, so nobody needs a permission for it.
        default_permissions = ()

    def __str__(self):
        return str(self.person)
