"""Pages in the admin: Save keeps a draft, Publish makes a version."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import TabsMedia
from pages.admin.editing.page_deletion import PageDeleting
from pages.admin.editing.page_form import CREATION_FIELDS, ORDER_FIELDS, head_field, page_form_class, starter_text
from pages.admin.editing.preview import preview
from pages.admin.editing.read_only_texts import texts_view
from pages.admin.editing.saving import REFUSALS, refused, save_page, take_theirs, what_was_saved
from pages.admin.editing.tab_notes import page_fieldsets, tab_notes
from pages.admin.editing.translation_source import VIEWS as TRANSLATING_VIEWS
from pages.admin.history.copy_to_draft import VIEWS as TAKE_BACK_VIEWS
from pages.admin.history.page_comparison import VIEWS as COMPARISON_VIEWS
from pages.admin.history.page_history import VIEWS as HISTORY_VIEWS
from pages.admin.history.page_revision import VIEWS as REVISION_VIEWS
from pages.admin.overview.page_list import PageListAdmin
from pages.admin.page_preview import VIEWS as PREVIEW_VIEWS
from pages.admin.page_views import PAGE_COLUMNS, tool_permissions
from pages.admin.permissions import actor_of, can_edit, can_publish, can_view, writable_languages
from pages.admin.picture_upload import picture_urls
from pages.admin.publishing.action_views import VIEWS as ACTION_VIEWS
from pages.admin.publishing.correct_view import VIEWS as CORRECT_VIEWS
from pages.admin.publishing.publish_view import VIEWS as PUBLISH_VIEWS
from pages.languages import served_languages, served_or_default
from pages.models import Page
from pages.models.page import TEXT_FIELDS, text_field

# The views of one page, module by module.
PAGE_VIEWS = (
    *(*PUBLISH_VIEWS, *ACTION_VIEWS, *CORRECT_VIEWS),
    *(*HISTORY_VIEWS, *COMPARISON_VIEWS, *REVISION_VIEWS, *TAKE_BACK_VIEWS, *PREVIEW_VIEWS, *TRANSLATING_VIEWS),
)


@admin.register(Page)
class PageAdmin(PageDeleting, PageListAdmin):
    """The working copy of a page, a tab for each language."""

    Media = TabsMedia
    change_form_template = "admin/pages/page/change_form.html"

    def get_queryset(self, request):
        """Leave the bodies of all languages where they are: a list does not need them."""
        bodies = [field.name for field in Page._meta.get_fields() if field.name.startswith("body")]
        queryset = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("_changelist")
        return queryset.defer(*bodies) if is_list else queryset

    def get_urls(self):
        """Add the page's own views."""
        return [
            *(view.url_pattern(self) for view in PAGE_VIEWS),
            # Not wrapped: a preview must answer a logged-out editor with words, never with a login page.
            path("preview/", preview, name="pages_page_preview"),
            *picture_urls(self),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Hold a page at its place: its address changes by a move alone."""
        fixed = CREATION_FIELDS if obj else ()
        return fixed if not obj or actor_of(request.user).may("change_page") else (*fixed, *ORDER_FIELDS)

    def get_fieldsets(self, request, obj=None):
        """Return the place, and a tab for each served language; Django asks more than once."""
        if not hasattr(request, "page_fieldsets"):
            posted = request.POST if request.method == "POST" else None
            notes = tab_notes(obj, actor_of(request.user), timezone.now(), posted)
            request.page_fieldsets = page_fieldsets(notes, is_new=obj is None)
        return request.page_fieldsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form with what a verb has refused, if it did."""
        url = reverse("admin:pages_page_preview") + (f"?page={obj.pk}" if obj else "")
        actor = actor_of(request.user)
        may_order = obj is None or actor.may("change_page")
        own = page_form_class(url, writable=writable_languages(actor), may_order=may_order)
        form = super().get_form(request, obj, change, **{**kwargs, "form": own})
        form.refusal = getattr(request, "refusal", None)
        if obj and request.method == "GET":
            for language, key in obj.revisions.working().values_list("language", "pk"):
                if field := form.base_fields.get(head_field(language)):
                    field.initial = key
            # In this order: whoever saves in between makes a conflict, and is not overwritten with an older text.
            obj.refresh_from_db(fields=[text_field(name, one) for one in served_languages() for name in TEXT_FIELDS])
        return form

    def get_changeform_initial_data(self, request):
        """Fill in the parent that was asked for, and a text to begin with in its source language, or the default."""
        asked = super().get_changeform_initial_data(request)
        parents = Page.objects.filter(pk=asked["parent"]) if str(asked.get("parent", "")).isdecimal() else None
        inherited = parents and parents.values_list("source_language", flat=True).first()
        language = served_or_default(inherited)
        is_writable = language in writable_languages(actor_of(request.user))
        return {"source_language": language, **(starter_text(language) if is_writable else {}), **asked}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show the form; what a verb refuses comes back at its field, and nothing that was typed is lost."""
        if object_id and request.method == "GET" and not can_edit(actor := actor_of(request.user)):
            if not can_view(actor):
                raise PermissionDenied
            key = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
            return texts_view(self, request, get_object_or_404(Page.objects.only(*PAGE_COLUMNS), pk=key))
        if object_id and request.method == "POST":
            take_theirs(request, object_id)
        # Django's own title puts the noun into a sentence that Russian would decline.
        context = {"title": _("Edit this page") if object_id else _("New page"), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except REFUSALS as error:
            refused(request, error)
        context["conflicts"] = getattr(request, "conflicts", ())
        return super().changeform_view(request, object_id, form_url, context)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Answer somebody who sent something that the page is not there: a redirect would forget it."""
        if request.method == "POST":
            raise Http404
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Add the tools that lead to the page's other views."""
        actor = actor_of(request.user)
        context |= tool_permissions(obj, actor) if obj else {"can_publish": can_publish(actor)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """Save by the verbs."""
        save_page(request, obj, form, is_new=not change)

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        """Say what a save means here: not that a page was changed, but that a draft was kept."""
        if level == messages.SUCCESS and hasattr(request, "said"):
            message = what_was_saved(request)
        super().message_user(request, message, level, *args, **kwargs)

    def response_change(self, request, obj):
        """Go on to publishing, if that was asked for."""
        return self._publishing_or(request, obj, super().response_change(request, obj))

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to publishing, if that was asked for."""
        return self._publishing_or(request, obj, super().response_add(request, obj, post_url_continue))

    def _publishing_or(self, request, obj, response):
        if "_publish" in request.POST and can_publish(actor_of(request.user)):
            return HttpResponseRedirect(reverse("admin:pages_page_publish", args=[obj.pk]))
        return response

    def has_change_permission(self, request, obj=None):
        """Let in whoever may write one language; what else they post, the form and the verbs refuse."""
        return can_edit(actor_of(request.user))

    def view_on_site(self, obj):
        """Return the page's address once readers can open it."""
        return obj.get_absolute_url() if obj.versions.in_force(timezone.now()).exists() else None
