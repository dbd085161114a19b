"""The links of the top bar and the footer in the admin."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.site.optimistic_locking import OptimisticLockingAdmin, OptimisticLockingForm
from pages.admin.site.page_choice import ChoosesPages, PageField, page_paths
from pages.admin.site.translated_fields import TranslatedFieldsMixin, first_words, localized, translations
from pages.models import Link, LinkGroup


class LinkForm(ModelForm):
    """A name with one target at most."""

    def clean(self):
        """Say what is wrong in words: the database would only refuse."""
        cleaned = super().clean()
        if cleaned.get("page") and cleaned.get("url"):
            self.add_error("url", _("A link leads to a page or to an address: empty one of the two."))
        if not any(cleaned.get(name) for name in localized("label")):
            self.add_error(localized("label")[0], _("A link needs a label, in one language at least."))
        return cleaned


class LinkInline(TranslatedFieldsMixin, admin.StackedInline):
    """The links of a group."""

    model = Link
    form = LinkForm
    extra = 0

    def get_fieldsets(self, request, obj=None):
        """Return the label in the default language, where it leads and its order; then the other languages."""
        return [(None, {"fields": [localized("label")[0], "page", "url", "weight"]}), *translations("label")]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Let a page be chosen by its path."""
        if db_field.name == "page":
            return PageField(page_paths(request), required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request):
        """Name the pages' paths only: their texts in all languages are not needed."""
        columns = [field.name for field in Link._meta.concrete_fields]
        return super().get_queryset(request).select_related("page").only("page__path", *columns)


class LinkGroupForm(OptimisticLockingForm):
    """A group, part of no group that is part of it."""

    def clean_parent(self):
        """Refuse a loop: neither group would be shown."""
        parent, above = self.cleaned_data["parent"], self.cleaned_data["parent"]
        seen = set()
        while above is not None and above.pk not in seen:
            if above.pk == self.instance.pk:
                raise ValidationError(_("That group is a part of this one already: neither would be shown."))
            seen.add(above.pk)
            above = above.parent
        return parent


@admin.register(LinkGroup)
class LinkGroupAdmin(TranslatedFieldsMixin, ChoosesPages, OptimisticLockingAdmin):
    """A group with its links."""

    form = LinkGroupForm
    titles = (gettext_lazy("New group of links"), gettext_lazy("Edit this group of links"))
    list_display = ("shown_title", "position", "parent_title", "weight")
    list_select_related = ("parent",)
    ordering = ("position", "weight", "pk")
    inlines = (LinkInline,)

    def parts_of_form(self, request, obj):
        """Return the title in the default language, and the place; then the other languages."""
        return [(None, {"fields": [localized("title")[0], "position", "parent", "weight"]}), *translations("title")]

    @admin.display(description=gettext_lazy("title"))
    def shown_title(self, group):
        """Return the title in the first served language that has one."""
        return first_words(group, "title") or group.get_position_display()

    @admin.display(description=gettext_lazy("part of"))
    def parent_title(self, group):
        """Return the title of the group that this one is a part of."""
        return self.shown_title(group.parent) if group.parent else ""
