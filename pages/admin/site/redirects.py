"""Redirects in the admin: an old path, and the page that it redirects to."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.model_admins import PagePathsMixin
from pages.admin.page_choice import PageChoiceMixin, PageField
from pages.admin.site.background_forms import SentInBackgroundMixin
from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.languages import native_name, served_languages
from pages.models import Page, Redirect
from pages.publishing.slugs import RESERVED_ROOT_SLUGS


class OldPathField(forms.CharField):
    """A path as copied from a link; slashes at its ends are stripped."""

    def to_python(self, value):
        return super().to_python(value).strip("/")


class RedirectForm(OptimisticLockingForm):
    def clean_old_path(self):
        """Refuse a path that is in use, or for which redirects are never looked up."""
        path = self.cleaned_data["old_path"]
        first_part = path.partition("/")[0]
        # Redirects are looked up without the language prefix, for all languages at once.
        if first_part in served_languages() and first_part != settings.LANGUAGE_CODE:
            raise ValidationError(
                _("Remove the language “%(language)s”: the path applies to all languages.") % {"language": first_part}
            )
        if first_part in RESERVED_ROOT_SLUGS:
            raise ValidationError(_("The site uses the name “%(slug)s” itself.") % {"slug": first_part})
        if Page.objects.filter(path=path).exists():
            raise ValidationError(_("A page at /%(path)s/ already exists.") % {"path": path})
        other_redirects = Redirect.objects.exclude(pk=self.instance.pk).filter(old_path=path)
        if page_path := other_redirects.values_list("page__path", flat=True).first():
            paths = {"path": path, "page": page_path}
            raise ValidationError(_("/%(path)s/ redirects to /%(page)s/.") % paths)
        return path

    def clean(self):
        """Refuse a redirect loop: a redirect also covers everything below its old path."""
        cleaned = super().clean()
        path, page = cleaned.get("old_path"), cleaned.get("page")
        if path and page and page.path.startswith(f"{path}/"):
            self.add_error("page", _("The page is below the old path: the redirect would loop."))
        return cleaned


def _language_field(db_field):
    choices = [("", gettext_lazy("the default language")), *((code, native_name(code)) for code in served_languages())]
    label = capfirst(db_field.verbose_name)
    return forms.ChoiceField(label=label, help_text=db_field.help_text, required=False, choices=choices)


@admin.register(Redirect)
class RedirectAdmin(SentInBackgroundMixin, PagePathsMixin, PageChoiceMixin, OptimisticLockingAdmin):
    form = RedirectForm
    add_title = gettext_lazy("New redirect")
    fields = ("old_path", "page", "language")
    list_display = ("shown_path", "leads_to", "language")
    search_fields = ("old_path", "page__path")
    ordering = ("old_path",)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "page":
            return PageField()
        if db_field.name == "old_path":
            kwargs["form_class"] = OldPathField
        if db_field.name == "language":
            return _language_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("old path"), ordering="old_path")
    def shown_path(self, redirect):
        return str(redirect)

    @admin.display(description=gettext_lazy("leads to"), ordering="page__path")
    def leads_to(self, redirect):
        return format_html('<a href="{}">{}</a>', redirect.page.get_absolute_url(), str(redirect.page))

    def view_on_site(self, redirect):
        """Return the URL of the page if readers can open it."""
        is_public = Page.objects.public(timezone.now()).filter(pk=redirect.page_id).exists()
        return redirect.page.get_absolute_url() if is_public else None
