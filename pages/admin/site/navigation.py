"""Links of the top bar and the footer in the admin."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.model_admins import PagePathsMixin
from pages.admin.page_choice import PageChoiceMixin, PageField
from pages.admin.site.background_forms import SentInBackgroundMixin
from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.admin.site.translated_fields import (
    TranslatedFieldsMixin,
    first_translation,
    localized_fields,
    translation_fieldsets,
)
from pages.models import Link, LinkGroup


class LinkForm(ModelForm):
    """A label, and either a page or a URL, or neither."""

    def clean(self):
        """Report what the database constraints would refuse without an explanation."""
        cleaned = super().clean()
        if cleaned.get("page") and cleaned.get("url"):
            self.add_error("url", _("A link leads to a page or to an address: clear one of the two fields."))
        if not any(cleaned.get(name) for name in localized_fields("label")):
            self.add_error(localized_fields("label")[0], _("A link needs a label in at least one language."))
        return cleaned


class LinkInline(PagePathsMixin, TranslatedFieldsMixin, admin.StackedInline):
    model = Link
    form = LinkForm
    extra = 0

    def get_fieldsets(self, request, obj=None):
        return [
            (None, {"fields": [localized_fields("label")[0], "page", "url", "weight"]}),
            *translation_fieldsets("label"),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "page":
            return PageField(required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LinkGroupForm(OptimisticLockingForm):
    def clean_parent(self):
        """Refuse a parent below the group itself: none of the groups in such a loop would be shown."""
        parent = ancestor = self.cleaned_data["parent"]
        # Ends the walk if the stored groups contain a loop already.
        seen = set()
        while ancestor is not None and ancestor.pk not in seen:
            if ancestor.pk == self.instance.pk:
                raise ValidationError(_("That group is already part of this one: neither would be shown."))
            seen.add(ancestor.pk)
            ancestor = ancestor.parent
        return parent


@admin.register(LinkGroup)
class LinkGroupAdmin(SentInBackgroundMixin, TranslatedFieldsMixin, PageChoiceMixin, OptimisticLockingAdmin):
    form = LinkGroupForm
    add_title = gettext_lazy("New group of links")
    list_display = ("shown_title", "position", "parent_title", "weight")
    list_select_related = ("parent",)
    ordering = ("position", "weight", "pk")
    inlines = (LinkInline,)

    def get_fieldsets(self, request, obj=None):
        return [
            (None, {"fields": [localized_fields("title")[0], "position", "parent", "weight"]}),
            *translation_fieldsets("title"),
        ]

    @admin.display(description=gettext_lazy("title"))
    def shown_title(self, group):
        """Return the title in the first served language that has one."""
        return first_translation(group, "title") or group.get_position_display()

    @admin.display(description=gettext_lazy("part of"))
    def parent_title(self, group):
        return self.shown_title(group.parent) if group.parent else ""
