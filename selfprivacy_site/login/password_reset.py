"""Password reset by mail: Django's views, with the limits of the login and the same answer for every address.

The new password is only the first step of the login: one-time codes are asked for as before, and a locked login stays
locked.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import forms, get_user_model, views
from django.core.mail import EmailMessage
from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from selfprivacy_site.login.reset_limits import count_mail, count_request, refuse_if_locked


class PasswordResetRequestForm(forms.PasswordResetForm):
    """An address. An unknown one takes as long as a known one: a mail is made in either case."""

    def get_users(self, email):
        """Return the editors with an address, or somebody who does not exist."""
        users = [user for user in super().get_users(email) if user.is_staff]
        return users or [get_user_model()(pk=0, email=email)]

    def save(self, **options):
        site = {"domain_override": urlsplit(settings.SITE_URL).netloc, "use_https": settings.HTTPS}
        if count_mail(self.cleaned_data["email"]):
            super().save(**{**options, **site})

    def send_mail(self, subject_template_name, email_template_name, context, from_email, to_email, **options):
        """Send the link. The subject and the text are made here, not from the templates of Django."""
        path = reverse("password_reset_confirm", args=[context["uid"], context["token"]])
        names = {"site": context["site_name"], "name": context["user"].get_username()}
        paragraphs = [
            gettext("Somebody asked for a new password for your account “%(name)s” at %(site)s. Set one here:") % names,
            settings.SITE_URL + path,
            gettext("The link works once, for one hour. If you did not ask for it, your password stays as it is."),
        ]
        subject = gettext("A new password for %(site)s") % names
        headers = {"Auto-Submitted": "auto-generated"}
        mail = EmailMessage(subject, "\n\n".join(paragraphs) + "\n", to=[to_email], headers=headers)
        if context["user"].pk:
            mail.send()


@method_decorator(never_cache, name="dispatch")
class ResetPage:
    """A mixin of Django's views. They exist only if the site sends mail."""

    def dispatch(self, request, *args, **kwargs):
        if not settings.SENDS_MAIL:
            raise Http404
        return refuse_if_locked(request) or super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context):
        return super().get_context_data(**{**admin.site.each_context(self.request), **context})


class RequestResetView(ResetPage, views.PasswordResetView):
    template_name = "admin/login/password_reset.html"
    success_url = reverse_lazy("password_reset_done")
    form_class = PasswordResetRequestForm
    title = _("Forgotten password")

    def form_valid(self, form):
        count_request(self.request)
        return super().form_valid(form)


class ResetSentView(ResetPage, views.PasswordResetDoneView):
    template_name = "admin/login/password_reset_sent.html"
    title = _("Check your mail")


class SetPasswordView(ResetPage, views.PasswordResetConfirmView):
    template_name = "admin/login/password_reset_confirm.html"
    success_url = reverse_lazy("password_reset_complete")
    title = _("New password")

    def get_context_data(self, **context):
        """Count a link that is not valid as a failure."""
        if not self.validlink:
            count_request(self.request)
            return {**super().get_context_data(**context), "title": _("The link is not valid")}
        return super().get_context_data(**context)


class ResetCompleteView(ResetPage, views.PasswordResetCompleteView):
    template_name = "admin/login/password_reset_complete.html"
    title = _("The password is set")
