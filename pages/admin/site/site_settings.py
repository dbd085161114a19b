"""The site's own words in the admin: its name, notice, licence and trackers."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from pages.admin.editing.language_tabs import TabsMedia, language_fieldset
from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.admin.site.translated_fields import TranslatedFieldsMixin
from pages.languages import served_languages
from pages.models import SiteSettings

FIELDS = ("name", "notice", "licence_name")


@admin.register(SiteSettings)
class SiteSettingsAdmin(TranslatedFieldsMixin, OptimisticLockingAdmin):
    """One row, a tab for each language."""

    Media = TabsMedia
    form = OptimisticLockingForm
    titles = (_("Site settings"), _("Site settings"))

    def parts_of_form(self, request, obj):
        """Return a tab for each served language, and what is the same in all."""
        common = {"fields": ("licence_url", "documentation_tracker", "project_tracker")}
        tabs = [
            language_fieldset(language, [build_localized_fieldname(name, language) for name in FIELDS])
            for language in served_languages()
        ]
        return [*tabs, (_("In all languages"), common)]

    def add_view(self, request, form_url="", extra_context=None):
        """Make the one row; who was a moment later than somebody else is told so, and goes on with that row."""
        row = SiteSettings.objects.values_list("pk", flat=True).first()
        if row and request.method == "POST":
            return self.change_view(request, str(row), form_url, extra_context)
        return super().add_view(request, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        """Open the one row, or the form that makes it."""
        row = SiteSettings.objects.values_list("pk", flat=True).first()
        address = ("admin:pages_sitesettings_change", [row]) if row else ("admin:pages_sitesettings_add", [])
        return HttpResponseRedirect(reverse(address[0], args=address[1]))

    def has_add_permission(self, request):
        """Allow the one row."""
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def has_delete_permission(self, request, obj=None):
        """Keep it: emptied fields do the same."""
        return False
