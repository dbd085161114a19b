"""Nothing is overwritten silently: a form, and a question before deleting, carry a token of what they were opened with.

Where the stored rows say something else by then, the save is refused, what was typed stays, and saving again goes on.
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

from pages.admin.allowed_lookups import AllowedLookupsMixin

OPENED_WITH = "opened_with"
_QUESTION = b'<input type="hidden" name="post" value="yes">'


class OptimisticLockingForm(forms.ModelForm):
    """A form that knows what its row was when it was opened. The admin sets what the row is now."""

    stored = ""
    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self):
        """Refuse a save over what somebody else has saved, once; the form then knows of it."""
        cleaned = super().clean()
        if OPENED_WITH in self.fields and cleaned.get(OPENED_WITH, "") != self.stored:
            self.data = self.data.copy()
            self.data[self.add_prefix(OPENED_WITH)] = self.stored
            self.add_error(None, [ValidationError(sentence) for sentence in self._explained()])
        return cleaned

    def _explained(self) -> list[str]:
        if not self.stored:
            return [_("This was deleted after you opened it. What you typed is below: saving again makes it anew.")]
        last = _last_entry(self.instance)
        who = {"who": last.user.get_full_name() or last.user.get_username()} if last else {"who": _("Somebody")}
        moment = timezone.localtime(last.action_time).strftime("%H:%M") if last else ""
        text = _(
            "%(who)s changed this after you opened it. What you typed is below: to save it over theirs, save again."
        )
        if moment:
            text = _(
                "%(who)s changed this at %(time)s, after you opened it. What you typed is below: to save it over "
                "theirs, save again."
            )
        names = [name for name in self.changed_data if name != OPENED_WITH]
        theirs = [(self.fields[name].label, self._stored_words(name)) for name in names]
        stored = [_("Stored now: %(field)s: %(words)s") % {"field": label, "words": words} for label, words in theirs]
        return [text % {**who, "time": moment}, *stored]

    def _stored_words(self, name: str) -> str:
        words = str(self[name].field.prepare_value(self.get_initial_for_field(self.fields[name], name)) or "")
        return f"“{words[:200]}”" if words else _("nothing")


def _last_entry(row) -> LogEntry | None:
    kind = ContentType.objects.get_for_model(row)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).select_related("user")
    return entries.order_by("-action_time", "-pk").first()


class OptimisticLockingAdmin(AllowedLookupsMixin, admin.ModelAdmin):
    """An admin whose forms and questions carry the token. Its `form` is an OptimisticLockingForm."""

    # Of a new row's form, and of that of one which is there.
    titles: tuple[str, str]

    def stored(self, keys, *, lock: bool = False) -> str:
        """Return the token of what is stored of some rows and of the rows that are edited with them."""
        rows = self.model.objects.select_for_update() if lock else self.model.objects
        said = [list(rows.filter(pk__in=keys).order_by("pk").values())]
        for inline in self.inlines:
            key = _get_foreign_key(self.model, inline.model)
            said.append(list(inline.model.objects.filter(**{f"{key.name}__in": keys}).order_by("pk").values()))
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest() if said[0] else ""

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form with the token."""
        form = super().get_form(request, obj, change, **kwargs)
        form.stored = self.stored([obj.pk], lock=request.method == "POST") if obj else ""
        # The fields of the class below are shared by all requests.
        token = forms.CharField(required=False, widget=forms.HiddenInput, initial=form.stored)
        form.base_fields = {**form.base_fields, OPENED_WITH: token}
        return form

    def get_fieldsets(self, request, obj=None):
        """Put the token at the end of the form, where there is something to save."""
        may_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        *others, (name, options) = self.parts_of_form(request, obj)
        token = [OPENED_WITH] if may_save else []
        return [*others, (name, {**options, "fields": [*options["fields"], *token]})]

    def parts_of_form(self, request, obj) -> list[tuple]:
        """Return the form's fieldsets."""
        raise NotImplementedError

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Take what was typed for a row that was deleted meanwhile as a new one, and so each row edited with it."""
        if request.method == "POST" and object_id:
            key = unquote(object_id)
            object_id = object_id if self.get_object(request, key) else None
            for inline in self.inlines:
                foreign = _get_foreign_key(self.model, inline.model)
                rows = inline.model.objects.filter(**{foreign.name: key}) if object_id else inline.model.objects.none()
                kept = {str(pk) for pk in rows.values_list("pk", flat=True)}
                request.POST = with_deleted_rows_as_new(request.POST, foreign.remote_field.related_name, kept)
        # Django's own title puts the noun into a sentence that Russian would decline.
        title = self.titles[bool(object_id)]
        return super().changeform_view(request, object_id, form_url, {"title": title, **(extra_context or {})})

    def delete_view(self, request, object_id, extra_context=None):
        """Ask; and ask again where the row has changed since the question."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        stored = self.stored([row.pk]) if row else ""
        if request.method == "POST" and request.POST.get(OPENED_WITH) != stored and stored:
            messages.error(request, CHANGED_SINCE_ASKED)
            return HttpResponseRedirect(request.path)
        return _with_token(super().delete_view(request, object_id, extra_context), stored)

    def get_actions(self, request):
        """Let the action that deletes several rows ask in the same way."""
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            actions["delete_selected"] = (delete_unchanged, *actions["delete_selected"][1:])
        return actions


CHANGED_SINCE_ASKED = gettext_lazy("Somebody changed this after you were asked: look at it again before you delete it.")


def delete_unchanged(model_admin, request, queryset):
    """Delete the chosen rows after a question, which is asked again where they have changed since."""
    stored = model_admin.stored(list(queryset.values_list("pk", flat=True)))
    if request.POST.get("post") and request.POST.get(OPENED_WITH) != stored:
        messages.error(request, CHANGED_SINCE_ASKED)
        request.POST = request.POST.copy()
        del request.POST["post"]
    return _with_token(delete_selected(model_admin, request, queryset), stored)


def _with_token(response, stored: str):
    """Add the token to the question's form: the stock templates leave no place for it."""

    def add(rendered):
        token = f'<input type="hidden" name="{OPENED_WITH}" value="{stored}">'.encode()
        rendered.content = rendered.content.replace(_QUESTION, _QUESTION + token)

    if hasattr(response, "add_post_render_callback"):
        response.add_post_render_callback(add)
    return response


def with_deleted_rows_as_new(post, prefix: str, kept: set[str]):
    """Return what was posted, with the rows of a formset that are gone moved to its end, as new ones."""
    total = post.get(f"{prefix}-TOTAL_FORMS", "")
    if not (total.isdecimal() and len(total) < 5) or int(total) > 1000:
        return post
    numbers = range(int(total))
    keys = {number: post.get(f"{prefix}-{number}-id", "") for number in numbers}
    if not any(key and key not in kept for key in keys.values()):
        return post
    order = sorted(numbers, key=lambda number: keys[number] not in kept)
    posted = post.copy()
    for name in [name for name in post if name.startswith(f"{prefix}-") and name.split("-")[1].isdigit()]:
        del posted[name]
    for new, old in enumerate(order):
        start = f"{prefix}-{old}-"
        for name in [name for name in post if name.startswith(start)]:
            posted.setlist(f"{prefix}-{new}-{name.removeprefix(start)}", post.getlist(name))
        if keys[old] not in kept:
            posted[f"{prefix}-{new}-id"] = ""
    posted[f"{prefix}-INITIAL_FORMS"] = str(sum(key in kept for key in keys.values()))
    return posted
