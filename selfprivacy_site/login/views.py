"""The pages of one-time codes: the login's second step, and what users do about their own."""

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
from django_otp import login as verify_session

from selfprivacy_site.login import one_time_codes


class CodeForm(forms.Form):
    """One field; the code in it is used up when the form is checked."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *arguments, user, confirmed=True, **options):
        super().__init__(*arguments, **options)
        self.user, self.confirmed, self.device = user, confirmed, None

    def clean_code(self):
        """Find the device that the code is of."""
        self.device = one_time_codes.take_code(self.user, self.cleaned_data["code"], confirmed=self.confirmed)


class CodeView(FormView):
    """A page of the admin that asks for a code and then does something."""

    form_class = CodeForm
    title = button = ""

    def get_form_kwargs(self):
        """Ask for a code of the user's own."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **context):
        """Say what the page is about, within the admin's frame."""
        frame = admin.site.each_context(self.request)
        return super().get_context_data(**frame, title=self.title, button=self.button, **context)

    def let_in(self, device):
        """Note in the session that its user has given a code."""
        verify_session(self.request, device)
        # An identifier that somebody learnt before is worth nothing now.
        self.request.session.cycle_key()

    def show_recovery_codes(self, recovery_codes):
        """Show them this once: they are in no other answer."""
        context = {**admin.site.each_context(self.request), "title": _("Recovery codes"), "codes": recovery_codes}
        return render(self.request, "admin/login/recovery_codes.html", context)


class GiveCode(RedirectURLMixin, CodeView):
    """The login's second step."""

    template_name = "admin/login/code.html"
    next_page = reverse_lazy("admin:index")
    title, button = gettext_lazy("One-time code"), gettext_lazy("Log in")

    def dispatch(self, request, *arguments, **options):
        """Send on who has no step to do."""
        if request.missing_step is None:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *arguments, **options)

    def get_context_data(self, **context):
        """Keep the page that was asked for."""
        return super().get_context_data(next=self.get_redirect_url(), **context)

    def form_valid(self, form):
        """Open the admin."""
        self.let_in(form.device)
        return super().form_valid(form)


class SetUp(CodeView):
    """Shows the secret until a code proves that the user's app has it."""

    template_name = "admin/login/set_up.html"
    title, button = gettext_lazy("Set up one-time codes"), gettext_lazy("Confirm")

    def get_form_kwargs(self):
        """Ask for a code of the app that is being set up."""
        return {**super().get_form_kwargs(), "confirmed": False}

    def get_context_data(self, **context):
        """Show the secret as text, as a link, and as a picture."""
        address = one_time_codes.device_to_confirm(self.request.user).config_url
        (secret,) = parse_qs(urlsplit(address).query)["secret"]
        return super().get_context_data(address=address, secret=secret, picture=qr_code(address), **context)

    def form_valid(self, form):
        """Ask for codes from now on, and show the recovery codes."""
        recovery_codes = one_time_codes.confirm(form.device)
        self.let_in(form.device)
        return self.show_recovery_codes(recovery_codes)


def qr_code(text):
    """Return a QR code as inline SVG without styles, which the content policy forbids; dark on light in every look."""
    picture = segno.make(text).svg_inline(omitsize=True, light="#fff", svgclass=None, lineclass=None)
    # Drawn with numbers alone: nothing of the text stands in it.
    return mark_safe(picture)  # noqa: S308


def one_time_codes_page(request):
    """Show a user's own one-time codes, or how to set them up."""
    device = one_time_codes.confirmed_device(request.user)
    if device is None:
        return SetUp.as_view()(request)
    context = {**admin.site.each_context(request), "title": _("One-time codes"), "device": device}
    return render(
        request, "admin/login/one_time_codes.html", context | {"left": one_time_codes.recovery_codes_left(request.user)}
    )


class OwnCodeView(CodeView):
    """Changes the one-time codes that a user has."""

    template_name = "admin/login/with_code.html"
    explanation = ""

    def dispatch(self, request, *arguments, **options):
        """Send on who has none."""
        if one_time_codes.confirmed_device(request.user) is None:
            return redirect("one_time_codes")
        return super().dispatch(request, *arguments, **options)

    def get_context_data(self, **context):
        """Say what will happen."""
        return super().get_context_data(explanation=self.explanation, **context)


class NewRecoveryCodes(OwnCodeView):
    """Makes new recovery codes."""

    title, button = gettext_lazy("New recovery codes"), gettext_lazy("Make new codes")
    explanation = gettext_lazy("The recovery codes that you have until now will no longer work.")

    def form_valid(self, form):
        """Make them and show them."""
        return self.show_recovery_codes(one_time_codes.new_recovery_codes(self.request.user))


class Remove(OwnCodeView):
    """Takes the user's one-time codes away."""

    title, button = gettext_lazy("Remove one-time codes"), gettext_lazy("Remove")
    explanation = gettext_lazy("Your password alone opens the admin then, unless this site requires one-time codes.")

    def form_valid(self, form):
        """Delete app and recovery codes."""
        one_time_codes.forget(self.request.user)
        messages.success(self.request, _("Your one-time codes were removed."))
        return HttpResponseRedirect(reverse("one_time_codes"))
