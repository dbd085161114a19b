"""Users in the admin: a new user gets a role in the form that creates it."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from pages.languages import name_in_sentence, served_languages
from pages.models.permissions import EDITORS, PUBLISHERS, REVIEWERS, translators_group

ROLES = {
    EDITORS: _("Editor: writes in every language and creates pages"),
    PUBLISHERS: _("Publisher: also publishes, moves and withdraws pages, and changes links and settings"),
    REVIEWERS: _("Reviewer: reads everything, including drafts, and records reviews"),
}


class RoleField(forms.ModelMultipleChoiceField):
    """The groups, with what their members can do; groups that the site does not know keep their names."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(Group.objects.order_by("name"), **kwargs)
        translators = {
            translators_group(language): _("Translator: writes in one language (%(language)s)")
            % {"language": name_in_sentence(language)}
            for language in served_languages()
        }
        self.labels = {**ROLES, **translators}

    def label_from_instance(self, group):
        return self.labels.get(group.name, group.name)


admin.site.unregister(User)


@admin.register(User)
class RoleUserAdmin(UserAdmin):
    # Without the field for logging in with something else than a password: the site has nothing else.
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "groups", "password1", "password2")}),
    )
    add_form_template = "admin/change_form.html"

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            role = RoleField(
                label=_("Role"),
                required=False,
                help_text=_("A user without a role cannot log in to the admin."),
            )
            kwargs["form"] = type("RoleUserCreationForm", (self.add_form,), {"groups": role})
        return super().get_form(request, obj, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change and form.cleaned_data["groups"]:
            obj.is_staff = True
        super().save_model(request, obj, form, change)
