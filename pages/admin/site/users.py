"""Users in the admin: roles are chosen by what they allow, also in the form that creates a user."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from pages.admin.site.background_forms import SentInBackgroundMixin
from pages.admin.site.groups import PermissionField, deleted_objects, role_label, role_name


class RoleField(forms.ModelMultipleChoiceField):
    """The groups, with what their members can do."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(Group.objects.order_by("name"), **kwargs)

    def label_from_instance(self, group):
        return role_label(group)


class RoleFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field, request, model_admin):
        return [(group.pk, role_name(group)) for group in Group.objects.order_by("name")]


class PasswordForm(AdminPasswordChangeForm):
    """Says what a login without a password means here. Django's own sentence names other ways to log in."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("usable_password"):
            field.help_text = _("A user without a password cannot log in. The password that is set now is lost.")


admin.site.unregister(User)


@admin.register(User)
class RoleUserAdmin(SentInBackgroundMixin, UserAdmin):
    # Without the field for logging in with something else than a password: the site has nothing else.
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "groups", "password1", "password2")}),
    )
    add_form_template = "admin/change_form.html"
    change_password_form = PasswordForm
    # A role has all the permissions that its members need.
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Further permissions"), {"fields": ("user_permissions",), "classes": ("collapse",)}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    # Django's filter between two lists and its fields of a time have no accessible names.
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", ("groups", RoleFilter))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            help_text = _("A user without a role cannot log in to the admin.")
            return RoleField(label=_("Role"), required=False, help_text=help_text)
        if db_field.name == "user_permissions":
            return PermissionField(label=_("Further permissions"), required=False)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "groups":
            # Whoever chooses a role does not make one here.
            field.widget.can_add_related = False
        return field

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            role = self.formfield_for_manytomany(User._meta.get_field("groups"), request)
            kwargs["form"] = type("RoleUserCreationForm", (self.add_form,), {"groups": role})
        return super().get_form(request, obj, **kwargs)

    def get_deleted_objects(self, objs, request):
        return deleted_objects(super().get_deleted_objects(objs, request))

    def save_model(self, request, obj, form, change):
        if not change and form.cleaned_data["groups"]:
            obj.is_staff = True
        super().save_model(request, obj, form, change)
