"""The site's settings in the admin: its name, notice, licence and issue trackers."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from pages.admin.editing.language_tabs import TabsMedia, language_fieldset
from pages.admin.site.background_forms import SentInBackgroundMixin
from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.admin.site.starting_over import start_over_view
from pages.admin.site.translated_fields import TranslatedFieldsMixin
from pages.languages import served_languages
from pages.models import SiteSettings
from pages.models.compiled_query import CompiledQuery
from pages.publishing.pictures.encoding import EncodedPicture, encode_logo
from pages.publishing.pictures.storage import store_picture, validate_not_redacted

_row = CompiledQuery(lambda: QuerySet(SiteSettings).values_list("pk"))

# In CSS pixels.
LOGO_HEIGHT = 44
TRANSLATED_FIELDS = ("name", "notice", "licence_name", "language_name")


class SiteSettingsForm(OptimisticLockingForm):
    """A logo is uploaded as a file, and shown in its height or in that of two lines, whichever is smaller."""

    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp"}),
        help_text=_(
            "PNG or WebP, at most 20 KB, about 100 pixels high. It replaces the name at the top of every page; screen "
            "readers read the name. In dark mode it has a light background."
        ),
    )
    removes_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.logo_id:
            del self.fields["removes_logo"]

    def clean_logo_file(self) -> EncodedPicture | None:
        file = self.cleaned_data["logo_file"]
        encoded = encode_logo(file.read()) if file else None
        if encoded:
            validate_not_redacted(encoded.content)
        return encoded

    def save(self, commit=True):
        if self.cleaned_data.get("removes_logo"):
            self._show_logo(None, 0, 0)
        if encoded := self.cleaned_data["logo_file"]:
            digest = store_picture(encoded.content, encoded.extension, now=timezone.now())
            height = min(encoded.height, LOGO_HEIGHT)
            self._show_logo(digest, max(1, round(encoded.width * height / encoded.height)), height)
        return super().save(commit)

    def _show_logo(self, digest: str | None, width: int, height: int) -> None:
        row = self.instance
        row.logo_id, row.logo_width, row.logo_height = digest, width, height


@admin.register(SiteSettings)
class SiteSettingsAdmin(SentInBackgroundMixin, TranslatedFieldsMixin, OptimisticLockingAdmin):
    """A singleton with a tab for each served language."""

    Media = TabsMedia
    form = SiteSettingsForm
    add_title = _("Site settings")

    def get_urls(self):
        view = self.admin_site.admin_view(start_over_view)
        return [path("start-over/", view, name="pages_sitesettings_start_over"), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        logo = ("logo_file", "removes_logo") if obj and obj.logo_id else ("logo_file",)
        trackers = ("licence_url", "documentation_tracker", "project_tracker", "original_address")
        common = {"fields": (*logo, *trackers)}
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
        # Asked for the menu of every page.
        return super().has_add_permission(request) and not _row.rows()

    def has_delete_permission(self, request, obj=None):
        # Emptying the fields has the same effect.
        return False
