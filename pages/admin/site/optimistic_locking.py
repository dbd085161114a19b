"""Optimistic locking for the admin forms of plain rows (links, redirects, site settings).

A form and a delete confirmation carry a digest of the stored rows. If the rows have changed by the time the form is
submitted, nothing is saved and the form shows what was typed and what is stored; saving again overwrites it.
"""

import hashlib
import json

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import _get_foreign_key
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.model_admins import AllowedLookupsMixin

STATE_FIELD = "state_token"


class OptimisticLockingForm(forms.ModelForm):
    """A form with the token of its row at the time when it was opened. The admin sets `current_token`."""

    # Empty if the row does not exist (any more).
    current_token = ""
    state_token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial[STATE_FIELD] = self.current_token

    def clean(self):
        """Refuse a save if the row has changed. The form then carries the current token, so that saving again works."""
        cleaned = super().clean()
        if cleaned.get(STATE_FIELD, "") != self.current_token:
            self.data = self.data.copy()
            self.data[self.add_prefix(STATE_FIELD)] = self.current_token
            self.add_error(None, [ValidationError(message) for message in self._conflict_messages()])
        return cleaned

    def _conflict_messages(self) -> list[str]:
        if not self.current_token:
            return [_("This was deleted after you opened it. Your input is kept below: saving again creates it again.")]
        content_type = ContentType.objects.get_for_model(self.instance)
        entries = LogEntry.objects.filter(content_type=content_type, object_id=str(self.instance.pk))
        entry = entries.select_related("user").order_by("-action_time", "-pk").first()
        who = (entry.user.get_full_name() or entry.user.get_username()) if entry else _("Somebody")
        time = timezone.localtime(entry.action_time).strftime("%H:%M") if entry else ""
        text = _(
            "%(who)s changed this after you opened it. Your changes are kept below: to replace the other "
            "changes, save again."
        )
        if time:
            text = _(
                "%(who)s changed this at %(time)s, after you opened it. Your changes are kept below: to "
                "replace the other changes, save again."
            )
        names = [name for name in self.changed_data if name != STATE_FIELD]
        values = [(self.fields[name].label, self._stored_value(name)) for name in names]
        stored = [_("Stored value: %(field)s: %(value)s") % {"field": label, "value": value} for label, value in values]
        return [text % {"who": who, "time": time}, *stored]

    def _stored_value(self, name: str) -> str:
        value = str(self[name].field.prepare_value(self.get_initial_for_field(self.fields[name], name)) or "")
        return _("“%(text)s”") % {"text": value[:200]} if value else _("nothing")


class OptimisticLockingAdmin(AllowedLookupsMixin, admin.ModelAdmin):
    """A model admin whose forms and delete confirmations carry the token. Its `form` is an OptimisticLockingForm."""

    delete_confirmation_template = "admin/pages/delete_confirmation_with_token.html"
    delete_selected_confirmation_template = "admin/pages/delete_selected_confirmation_with_token.html"
    # The title of the add form. The change form is titled by its row.
    add_title: str

    def state_token(self, keys, *, lock: bool = False) -> str:
        """Return a digest of rows and of their inline rows, or "" if there are none."""
        rows = self.model.objects.select_for_update() if lock else self.model.objects
        values = [list(rows.filter(pk__in=keys).order_by("pk").values())]
        for inline in self.inlines:
            # Private, but the function by which Django's own inline formsets find the key.
            key = _get_foreign_key(self.model, inline.model)
            values.append(list(inline.model.objects.filter(**{f"{key.name}__in": keys}).order_by("pk").values()))
        return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest() if values[0] else ""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        # Locked until the save, so that two submissions cannot both find the row unchanged.
        form.current_token = self.state_token([obj.pk], lock=request.method == "POST") if obj else ""
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """If the row or inline rows were deleted since the form was opened, treat what was typed as new rows."""
        if request.method == "POST" and object_id:
            key = unquote(object_id)
            object_id = object_id if self.get_object(request, key) else None
            for inline in self.inlines:
                foreign_key = _get_foreign_key(self.model, inline.model)
                rows = inline.model.objects.filter(**{foreign_key.name: key}).values_list("pk", flat=True)
                existing = set(map(str, rows)) if object_id else set()
                request.POST = readd_deleted_rows(request.POST, foreign_key.remote_field.related_name, existing)
        title = {} if object_id else {"title": self.add_title}
        return super().changeform_view(request, object_id, form_url, {**title, **(extra_context or {})})

    def delete_view(self, request, object_id, extra_context=None):
        """Ask for confirmation; ask again if the row has changed since."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        token = self.state_token([row.pk]) if row else ""
        if request.method == "POST" and token and request.POST.get(STATE_FIELD) != token:
            messages.error(request, CHANGED_SINCE_CONFIRMATION)
            return HttpResponseRedirect(request.path)
        return super().delete_view(request, object_id, {STATE_FIELD: token, **(extra_context or {})})

    def get_actions(self, request):
        """Replace the delete action by one that checks the token."""
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_selected_if_unchanged, *actions["delete_selected"][1:])
        return actions


CHANGED_SINCE_CONFIRMATION = gettext_lazy(
    "This was changed after you opened the confirmation page: check it again before you delete it."
)


def delete_selected_if_unchanged(model_admin, request, queryset):
    """Delete the selected rows after a confirmation; ask again if they have changed since."""
    token = model_admin.state_token(list(queryset.values_list("pk", flat=True)))
    if request.POST.get("post") and request.POST.get(STATE_FIELD) != token:
        messages.error(request, CHANGED_SINCE_CONFIRMATION)
        # Without "post", Django's action shows the confirmation again.
        request.POST = request.POST.copy()
        del request.POST["post"]
    response = delete_selected(model_admin, request, queryset)
    # Without a response the rows are deleted, and Django shows the list again.
    if response is not None:
        response.context_data[STATE_FIELD] = token
    return response


def readd_deleted_rows(post, prefix: str, existing: set[str]):
    """Return submitted data of a formset in which rows that no longer exist are new rows, moved to the end."""
    total = post.get(f"{prefix}-TOTAL_FORMS", "")
    if not (total.isdecimal() and len(total) < 5) or int(total) > 1000:
        # Invalid: the formset reports it.
        return post
    numbers = range(int(total))
    keys = {number: post.get(f"{prefix}-{number}-id", "") for number in numbers}
    if not any(key and key not in existing for key in keys.values()):
        return post
    # A formset expects the existing rows first. The sort is stable, so that both parts keep their order.
    order = sorted(numbers, key=lambda number: keys[number] not in existing)
    data = post.copy()
    for name in [name for name in post if name.startswith(f"{prefix}-") and name.split("-")[1].isdigit()]:
        del data[name]
    for new_number, old_number in enumerate(order):
        old_prefix = f"{prefix}-{old_number}-"
        for name in [name for name in post if name.startswith(old_prefix)]:
            data.setlist(f"{prefix}-{new_number}-{name.removeprefix(old_prefix)}", post.getlist(name))
        if keys[old_number] not in existing:
            data[f"{prefix}-{new_number}-id"] = ""
    data[f"{prefix}-INITIAL_FORMS"] = str(sum(key in existing for key in keys.values()))
    return data
