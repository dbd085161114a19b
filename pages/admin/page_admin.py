"""The admin of pages. Saving a form saves drafts; a view of its own publishes them."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.admin.editing.language_tabs import TabsMedia
from pages.admin.editing.page_deletion import PageDeletionMixin
from pages.admin.editing.page_form import CREATION_FIELDS, POSITION_FIELDS, head_field, page_form_class, starter_text
from pages.admin.editing.preview import preview
from pages.admin.editing.read_only_texts import texts_view
from pages.admin.editing.saving import (
    SAVE_ERRORS,
    prepare_redisplay,
    replace_with_their_texts,
    save_page,
    save_summary,
)
from pages.admin.editing.tab_statuses import page_fieldsets, tab_statuses
from pages.admin.editing.translation_source import VIEWS as TRANSLATION_SOURCE_VIEWS
from pages.admin.history.copy_to_draft import VIEWS as COPY_TO_DRAFT_VIEWS
from pages.admin.history.page_comparison import VIEWS as COMPARISON_VIEWS
from pages.admin.history.page_history import VIEWS as HISTORY_VIEWS
from pages.admin.history.page_revision import VIEWS as REVISION_VIEWS
from pages.admin.overview.page_list import PageListAdmin
from pages.admin.page_preview import VIEWS as PREVIEW_VIEWS
from pages.admin.page_views import PAGE_COLUMNS, tool_permissions
from pages.admin.permissions import actor_of, can_edit, can_publish, can_view, writable_languages
from pages.admin.picture_upload import picture_urls
from pages.admin.primary_keys import parse_key
from pages.admin.publishing.action_views import VIEWS as ACTION_VIEWS
from pages.admin.publishing.correct_view import VIEWS as CORRECT_VIEWS
from pages.admin.publishing.publish_view import VIEWS as PUBLISH_VIEWS
from pages.languages import served_languages, served_or_default
from pages.models import Page
from pages.models.page import text_fields

PAGE_VIEWS = (
    *(*PUBLISH_VIEWS, *ACTION_VIEWS, *CORRECT_VIEWS),
    *(*HISTORY_VIEWS, *COMPARISON_VIEWS, *REVISION_VIEWS, *COPY_TO_DRAFT_VIEWS),
    *(*PREVIEW_VIEWS, *TRANSLATION_SOURCE_VIEWS),
)


@admin.register(Page)
class PageAdmin(PageDeletionMixin, PageListAdmin):
    """The list of pages, and the form with the drafts of one page: a tab for each served language."""

    Media = TabsMedia
    change_form_template = "admin/pages/page/change_form.html"

    def get_queryset(self, request):
        # A list shows no bodies, which are by far the largest columns.
        bodies = [field.name for field in Page._meta.get_fields() if field.name.startswith("body")]
        queryset = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("_changelist")
        return queryset.defer(*bodies) if is_list else queryset

    def get_urls(self):
        return [
            *(view.url_pattern(self) for view in PAGE_VIEWS),
            # Not wrapped in `admin_view`, which would put the login page into the preview of a logged-out editor.
            path("preview/", preview, name="pages_page_preview"),
            *picture_urls(self),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Keep slug, parent and source language read-only: only `move` changes the address of a page."""
        if not obj:
            return ()
        can_set_position = actor_of(request.user).has_perm("change_page")
        return CREATION_FIELDS if can_set_position else (*CREATION_FIELDS, *POSITION_FIELDS)

    def get_fieldsets(self, request, obj=None):
        # Django calls this several times per request; the status of each language takes queries.
        if not hasattr(request, "page_fieldsets"):
            posted = request.POST if request.method == "POST" else None
            tabs = tab_statuses(obj, actor_of(request.user), timezone.now(), posted)
            request.page_fieldsets = page_fieldsets(tabs, is_new=obj is None)
        return request.page_fieldsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form class, with the keys of the revisions it shows and the error of a save that failed."""
        url = reverse("admin:pages_page_preview") + (f"?page={obj.pk}" if obj else "")
        actor = actor_of(request.user)
        can_set_position = obj is None or actor.has_perm("change_page")
        base = page_form_class(url, writable=writable_languages(actor), can_set_position=can_set_position)
        form = super().get_form(request, obj, change, **{**kwargs, "form": base})
        form.save_error = getattr(request, "save_error", None)
        if obj and request.method == "GET":
            _load_drafts(form, obj)
        return form

    def get_changeform_initial_data(self, request):
        """Return the requested parent, its source language (else the default language) and a starter text in it."""
        requested = super().get_changeform_initial_data(request)
        # The parameter comes from the query string and can be anything.
        parents = Page.objects.filter(pk=parse_key(requested.get("parent", "")))
        inherited = parents.values_list("source_language", flat=True).first()
        language = served_or_default(inherited)
        is_writable = language in writable_languages(actor_of(request.user))
        return {"source_language": language, **(starter_text(language) if is_writable else {}), **requested}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show or save the form; if saving fails, show it again with the error and what was posted.

        Users who may view but not edit the page get its texts without a form.
        """
        if object_id and request.method == "GET" and not can_edit(actor_of(request.user)):
            return self._read_only_view(request, object_id)
        if object_id and request.method == "POST":
            replace_with_their_texts(request, object_id)
        context = {**({} if object_id else {"title": _("New page")}), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except SAVE_ERRORS as error:
            # The transaction was rolled back; call the view once more, which now adds the error to the form.
            prepare_redisplay(request, error)
        context["conflicts"] = getattr(request, "conflicts", ())
        return super().changeform_view(request, object_id, form_url, context)

    def _read_only_view(self, request, object_id):
        if not can_view(actor_of(request.user)):
            raise PermissionDenied
        page = get_object_or_404(Page.objects.only(*PAGE_COLUMNS), pk=parse_key(object_id))
        return texts_view(self, request, page)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        # A redirect would lose the submission; PreserveSubmissions shows it again with a 404.
        if request.method == "POST":
            raise Http404
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        actor = actor_of(request.user)
        context |= {**_heading(obj), **tool_permissions(obj, actor)} if obj else {"can_publish": can_publish(actor)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        save_page(request, obj, form, is_new=not change)

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        # Django would say that the page was changed, but readers see nothing of a saved draft.
        if level == messages.SUCCESS and hasattr(request, "save_messages"):
            message = save_summary(request)
        super().message_user(request, message, level, *args, **kwargs)

    def response_change(self, request, obj):
        return self._redirect_to_publish_or(super().response_change(request, obj), request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        return self._redirect_to_publish_or(super().response_add(request, obj, post_url_continue), request, obj)

    def _redirect_to_publish_or(self, response, request, obj):
        # Django's response is made in any case, because making it adds the message about the save.
        if "_publish" in request.POST and can_publish(actor_of(request.user)):
            return HttpResponseRedirect(reverse("admin:pages_page_publish", args=[obj.pk]))
        return response

    def has_change_permission(self, request, obj=None):
        # Translators may have the permission for a single language. The operations refuse the other languages.
        return can_edit(actor_of(request.user))

    def view_on_site(self, obj):
        # None hides the link as long as readers would get a 404.
        return obj.get_absolute_url() if obj.versions.in_force(timezone.now()).exists() else None


def _heading(page: Page) -> dict[str, str]:
    """Return the page's title, as in the draft in the source language, and its path and state."""
    title = page.draft_text(page.source_language)["title"] if page.source_language in served_languages() else ""
    return {
        "page_title": title or str(page),
        "title_language": page.source_language if title else "",
        "state": " · ".join([str(page), *_state(page, timezone.now())]),
    }


def _state(page: Page, now: datetime) -> list[str]:
    """Return what readers see of the page: a phrase for what is in force, and one for the next announced version."""
    if page.records.active_withdrawals(now).exists():
        return [_("Withdrawn")]
    in_force = page.versions.in_force(now).first()
    upcoming = page.versions.upcoming(now).order_by("effective_at").first()
    current = [_("In force: version %(number)s") % {"number": in_force.number}] if in_force else []
    announced = [_("Announced: version %(number)s") % {"number": upcoming.number}] if upcoming else []
    return [*current, *announced] or [_("Not published yet")]


def _load_drafts(form, page: Page) -> None:
    """Set the keys of the draft revisions in the form class, then read the draft texts of the page again.

    In this order a save between the two reads gives the form an old key with the new text, which is reported as a
    conflict. In the other order the form would overwrite the new text without notice.
    """
    for language, key in page.revisions.drafts().values_list("language", "pk"):
        if field := form.base_fields.get(head_field(language)):
            field.initial = key
    page.refresh_from_db(
        fields=[column for language in served_languages() for column in text_fields(language).values()]
    )
