"""The site's own words in the admin."""

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from modeltranslation.utils import build_localized_fieldname

from pages.admin.language_tabs import TabsMedia, language_attributes, language_fieldset, served_languages
from pages.models import SiteSettings

FIELDS = ("name", "notice")


@admin.register(SiteSettings)
class SiteSettingsAdmin(admin.ModelAdmin):
    """One row, a tab for each language."""

    Media = TabsMedia

    def get_fieldsets(self, request, obj=None):
        """Return a tab for each served language."""
        return [
            language_fieldset(language, [build_localized_fieldname(name, language) for name in FIELDS])
            for language in served_languages()
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Let each field speak its language."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if language := getattr(db_field, "language", None):
            field.widget.attrs |= language_attributes(language)
            # The tab says the language already.
            field.label = db_field.translated_field.verbose_name.capitalize()
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        return field

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
