"""Redirects in the admin: an old address, and the page that it leads to."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.admin.site.page_choice import ChoosesPages, PageField, page_paths
from pages.languages import served_languages
from pages.models import Page, Redirect
from pages.publishing.page_tree import RESERVED_ROOT_SLUGS


class OldPath(forms.CharField):
    """A path as it stands in somebody's link: the slashes at its ends may come along."""

    def to_python(self, value):
        """Return the path as it is kept."""
        return super().to_python(value).strip("/")


class RedirectForm(OptimisticLockingForm):
    """A redirect that readers can come through."""

    def clean_old_path(self):
        """Refuse a path that leads somewhere already, or that never reaches a redirect."""
        path = self.cleaned_data["old_path"]
        first = path.partition("/")[0]
        if first in served_languages() and first != settings.LANGUAGE_CODE:
            raise ValidationError(
                _("Leave out the language “%(language)s”: the path holds for all.") % {"language": first}
            )
        if first in RESERVED_ROOT_SLUGS:
            raise ValidationError(_("The site itself uses the name “%(slug)s”.") % {"slug": first})
        if Page.objects.filter(path=path).exists():
            raise ValidationError(_("There is a page at /%(path)s/ already.") % {"path": path})
        others = Redirect.objects.exclude(pk=self.instance.pk).filter(old_path=path)
        if other := others.values_list("page__path", flat=True).first():
            names = {"path": path, "page": other}
            raise ValidationError(_("/%(path)s/ leads readers of old links to /%(page)s/.") % names)
        return path

    def clean(self):
        """Refuse what would lead on for ever: whatever lies below the old path is covered too."""
        cleaned = super().clean()
        path, page = cleaned.get("old_path"), cleaned.get("page")
        if path and page and page.path.startswith(f"{path}/"):
            self.add_error("page", _("The page stands below the old path: links would lead in circles."))
        return cleaned


@admin.register(Redirect)
class RedirectAdmin(ChoosesPages, OptimisticLockingAdmin):
    """Old paths and where they lead."""

    form = RedirectForm
    titles = (gettext_lazy("New redirect"), gettext_lazy("Edit this redirect"))
    list_display = ("shown_path", "leads_to")
    search_fields = ("old_path", "page__path")
    ordering = ("old_path",)

    def parts_of_form(self, request, obj):
        """Return the path and the page."""
        return [(None, {"fields": ["old_path", "page"]})]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Let a page be chosen by its path."""
        if db_field.name == "page":
            return PageField(page_paths(request))
        if db_field.name == "old_path":
            kwargs["form_class"] = OldPath
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request):
        """Name the pages' paths only: their texts in all languages are not needed."""
        columns = [field.name for field in Redirect._meta.concrete_fields]
        return super().get_queryset(request).select_related("page").only("page__path", *columns)

    @admin.display(description=gettext_lazy("old path"), ordering="old_path")
    def shown_path(self, redirect):
        """Return the path as it stood in an address."""
        return str(redirect)

    @admin.display(description=gettext_lazy("leads to"), ordering="page__path")
    def leads_to(self, redirect):
        """Return a link to the page."""
        return format_html('<a href="{}">{}</a>', redirect.page.get_absolute_url(), str(redirect.page))

    def view_on_site(self, redirect):
        """Return the page's address once readers can open it."""
        is_public = Page.objects.public(timezone.now()).filter(pk=redirect.page_id).exists()
        return redirect.page.get_absolute_url() if is_public else None
