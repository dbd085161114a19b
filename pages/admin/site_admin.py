"""The site's own words and links in the admin."""

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from pages.admin.language_tabs import TabsMedia, language_attributes, language_fieldset, served_languages
from pages.models import Link, LinkGroup, SiteSettings
from pages.reading.site_reading import phrase

FIELDS = ("name", "notice", "licence_name")


def localized(*names: str) -> list[str]:
    """Return the names of fields in each served language, language by language."""
    return [build_localized_fieldname(name, language) for language in served_languages() for name in names]


class SpokenFields:
    """Lets each field speak its language."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Give the widget of a translated field its language."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and (language := getattr(db_field, "language", None)):
            field.widget.attrs |= language_attributes(language)
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        return field


@admin.register(SiteSettings)
class SiteSettingsAdmin(SpokenFields, admin.ModelAdmin):
    """One row, a tab for each language."""

    Media = TabsMedia

    def get_fieldsets(self, request, obj=None):
        """Return what is the same in all languages, and a tab for each served one."""
        common = {"fields": ("licence_url", "documentation_tracker", "project_tracker")}
        tabs = [
            language_fieldset(language, [build_localized_fieldname(name, language) for name in FIELDS])
            for language in served_languages()
        ]
        return [*tabs, (_("In all languages"), common)]

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


class LinkInline(SpokenFields, admin.TabularInline):
    """The links of a group."""

    model = Link
    extra = 1

    def get_fields(self, request, obj=None):
        """Return the label in each served language, and the target."""
        return (*localized("label"), "page", "url", "weight")


@admin.register(LinkGroup)
class LinkGroupAdmin(SpokenFields, admin.ModelAdmin):
    """A group with its links."""

    list_display = ("shown_title", "place", "parent_title", "weight")
    ordering = ("place", "weight", "pk")
    inlines = (LinkInline,)

    def get_fields(self, request, obj=None):
        """Return the title in each served language, and the place."""
        return (*localized("title"), "place", "parent", "weight")

    @admin.display(description=_("title"))
    def shown_title(self, group):
        """Return the title in the first served language that has one."""
        return phrase(group, "title", served_languages()[0]).text or group.get_place_display()

    @admin.display(description=_("part of"))
    def parent_title(self, group):
        """Return the title of the group that this one is a part of."""
        return self.shown_title(group.parent) if group.parent else ""
