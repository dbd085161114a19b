"""The views of one-time codes: the second step of the login, and managing one's own codes."""

from urllib.parse import parse_qs, urlsplit

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from django_otp import login as otp_login

from selfprivacy_site.login import one_time_codes


class CodeForm(forms.Form):
    """One code. Validating the form uses the code up and sets `device` to the device that it belongs to."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *args, user, confirmed=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.confirmed, self.device = user, confirmed, None

    def clean_code(self):
        self.device = one_time_codes.verify_code(self.user, self.cleaned_data["code"], confirmed=self.confirmed)


class CodeFormView(FormView):
    """An admin page that asks for a code before it does something."""

    form_class = CodeForm
    title = button = ""

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **context):
        admin_context = admin.site.each_context(self.request)
        return super().get_context_data(**admin_context, title=self.title, button=self.button, **context)

    def mark_session_verified(self, device):
        otp_login(self.request, device)
        # A new session key, against session fixation: an attacker may know the old one.
        self.request.session.cycle_key()

    def show_recovery_codes(self, recovery_codes):
        """Show new recovery codes; no other response contains them."""
        context = {**admin.site.each_context(self.request), "title": _("Recovery codes"), "codes": recovery_codes}
        return render(self.request, "admin/login/recovery_codes.html", context)


class VerifyCodeView(RedirectURLMixin, CodeFormView):
    """The second step of the login."""

    template_name = "admin/login/verify_code.html"
    next_page = reverse_lazy("admin:index")
    title, button = gettext_lazy("One-time code"), gettext_lazy("Log in")

    def dispatch(self, request, *args, **kwargs):
        if request.missing_login_step is None:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context):
        return super().get_context_data(next=self.get_redirect_url(), **context)

    def form_valid(self, form):
        self.mark_session_verified(form.device)
        return super().form_valid(form)


class SetUpCodesView(CodeFormView):
    """Shows the secret until a code proves that the user's app has it."""

    template_name = "admin/login/set_up.html"
    title, button = gettext_lazy("Set up one-time codes"), gettext_lazy("Confirm")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "confirmed": False}

    def get_context_data(self, **context):
        """Add the secret as text, as an otpauth: link, and as a QR code."""
        config_url = one_time_codes.get_or_create_unconfirmed_device(self.request.user).config_url
        (secret,) = parse_qs(urlsplit(config_url).query)["secret"]
        return super().get_context_data(config_url=config_url, secret=secret, qr_code=qr_code(config_url), **context)

    def form_valid(self, form):
        recovery_codes = one_time_codes.confirm_device(form.device)
        self.mark_session_verified(form.device)
        return self.show_recovery_codes(recovery_codes)


def qr_code(text):
    """Return a QR code as inline SVG, dark on light in either colour scheme."""
    # No classes and no styles: the Content Security Policy forbids inline styles.
    svg = segno.make(text).svg_inline(omitsize=True, light="#fff", svgclass=None, lineclass=None)
    # Safe: the SVG is drawn with numbers only and contains nothing of the text.
    return mark_safe(svg)  # noqa: S308


def one_time_codes_page(request):
    """Show the user's own one-time codes, or how to set them up."""
    device = one_time_codes.confirmed_device(request.user)
    if device is None:
        return SetUpCodesView.as_view()(request)
    context = {
        **admin.site.each_context(request),
        "title": _("One-time codes"),
        "device": device,
        "recovery_codes_left": one_time_codes.count_recovery_codes(request.user),
    }
    return render(request, "admin/login/one_time_codes.html", context)


class ManageCodesView(CodeFormView):
    """Base of the views that change the one-time codes a user already has."""

    template_name = "admin/login/manage_codes.html"
    explanation = ""

    def dispatch(self, request, *args, **kwargs):
        if one_time_codes.confirmed_device(request.user) is None:
            return redirect("one_time_codes")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context):
        return super().get_context_data(explanation=self.explanation, **context)


class NewRecoveryCodesView(ManageCodesView):
    title, button = gettext_lazy("New recovery codes"), gettext_lazy("Create new codes")
    explanation = gettext_lazy("Your current recovery codes will stop working.")

    def form_valid(self, form):
        return self.show_recovery_codes(one_time_codes.replace_recovery_codes(self.request.user))


class RemoveCodesView(ManageCodesView):
    title, button = gettext_lazy("Remove one-time codes"), gettext_lazy("Remove")
    explanation = gettext_lazy(
        "After that, your password alone is enough to log in, unless this site requires one-time codes."
    )

    def form_valid(self, form):
        one_time_codes.delete_devices(self.request.user)
        messages.success(self.request, _("Your one-time codes were removed."))
        return HttpResponseRedirect(reverse("one_time_codes"))
