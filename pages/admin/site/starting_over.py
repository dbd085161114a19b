"""*Start my own site*: a superuser removes the sample content, and the site starts over."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.permissions import actor_of
from pages.publishing.sample.starting_over import NotASample, SampleWasChanged, require_untouched_sample, start_over

# What a person types to confirm.
PHRASE = gettext_lazy("remove the sample")


class StartOverForm(forms.Form):
    confirmation = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}))

    def __init__(self, data):
        super().__init__(data)
        self.fields["confirmation"].label = _("Type “%(phrase)s” to confirm") % {"phrase": PHRASE}

    def clean_confirmation(self) -> str:
        """Accept the phrase in the editor's language only: it says what will happen."""
        typed = self.cleaned_data["confirmation"]
        if " ".join(typed.split()).casefold() != str(PHRASE).casefold():
            raise forms.ValidationError(_("This is not the phrase. Nothing was removed."))
        return typed


def start_over_view(request):
    """Ask for the confirmation, or name what is in the way. `start_over` checks everything again."""
    actor = actor_of(request.user)
    if not actor.is_superuser:
        raise PermissionDenied(_("Only a superuser can do this."))
    form, refusal = StartOverForm(request.POST or None), None
    try:
        require_untouched_sample()
        if form.is_valid():
            start_over(by=actor, now=timezone.now())
            messages.success(request, _("The sample was removed. The site is empty and yours."))
            return HttpResponseRedirect(reverse("admin:index"))
    except (NotASample, SampleWasChanged) as error:
        refusal = error
    context = {
        **admin.site.each_context(request),
        "title": _("Start my own site"),
        "form": form,
        "refusal": refusal,
        "changes": [change.translated for change in getattr(refusal, "changes", ())],
    }
    return render(request, "admin/pages/start_over.html", context)
