"""The site's settings in the admin: its name, notice, licence and issue trackers."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from pages.admin.editing.language_tabs import TabsMedia, language_fieldset
from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.admin.site.starting_over import start_over_view
from pages.admin.site.translated_fields import TranslatedFieldsMixin
from pages.languages import served_languages
from pages.models import SiteSettings

TRANSLATED_FIELDS = ("name", "notice", "licence_name", "language_name")


@admin.register(SiteSettings)
class SiteSettingsAdmin(TranslatedFieldsMixin, OptimisticLockingAdmin):
    """A singleton with a tab for each served language."""

    Media = TabsMedia
    form = OptimisticLockingForm
    add_title = _("Site settings")

    def get_urls(self):
        view = self.admin_site.admin_view(start_over_view)
        return [path("start-over/", view, name="pages_sitesettings_start_over"), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        common = {"fields": ("licence_url", "documentation_tracker", "project_tracker", "original_address")}
        tabs = [
            language_fieldset(language, [build_localized_fieldname(name, language) for name in TRANSLATED_FIELDS])
            for language in served_languages()
        ]
        return [*tabs, (_("In all languages"), common)]

    def add_view(self, request, form_url="", extra_context=None):
        """Add the row; if somebody else has added it since, show the conflict with that row."""
        key = SiteSettings.objects.values_list("pk", flat=True).first()
        if key and request.method == "POST":
            return self.change_view(request, str(key), form_url, extra_context)
        return super().add_view(request, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        """Redirect to the row, or to the form that adds it."""
        key = SiteSettings.objects.values_list("pk", flat=True).first()
        name, args = ("admin:pages_sitesettings_change", [key]) if key else ("admin:pages_sitesettings_add", [])
        return HttpResponseRedirect(reverse(name, args=args))

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def has_delete_permission(self, request, obj=None):
        # Emptying the fields has the same effect.
        return False
