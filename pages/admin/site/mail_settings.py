"""The mail settings of the person who is logged in."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pages.languages import admin_languages, native_name
from pages.models import MailSettings
from pages.publishing.mail_recipients import remember_language, save_mail_settings


class MailSettingsForm(forms.ModelForm):
    class Meta:
        model = MailSettings
        fields = ("wants_mail", "language")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = [(code, native_name(code)) for code in admin_languages()]
        self.fields["language"] = forms.ChoiceField(label=self.fields["language"].label, choices=names)
        if not self.initial.get("language"):
            self.initial["language"] = get_language()


def mail_settings_view(request):
    if not settings.SENDS_MAIL:
        raise Http404
    row = MailSettings.objects.filter(person=request.user).first()
    form = MailSettingsForm(request.POST or None, instance=row)
    if form.is_valid():
        save_mail_settings(request.user, **form.cleaned_data)
        messages.success(request, _("Your mail settings are saved."))
        return HttpResponseRedirect(reverse("admin:index"))
    context = {**admin.site.each_context(request), "title": _("Mail settings"), "form": form}
    return render(request, "admin/pages/mail_settings.html", context)


def admin_urls() -> list:
    """Return Django's addresses of the admin, and that of the mail settings."""
    view = admin.site.admin_view(mail_settings_view)
    return [path("mail/", view, name="mail_settings"), *admin.AdminSite.get_urls(admin.site)]


@receiver(user_logged_in)
def remember_language_of_login(sender, user, **kwargs) -> None:
    if settings.SENDS_MAIL:
        remember_language(user, get_language())
