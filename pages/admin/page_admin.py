"""The admin of pages. Saving a form saves drafts; a view of its own publishes them."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.editing.background_saves import STAY, created_answer, leaving_answer, saved_answer, unsaved_answer
from pages.admin.editing.conflicts import choose_their_texts, format_short_time, head_field
from pages.admin.editing.editing_sessions import open_form, restored_values, session_context
from pages.admin.editing.language_tabs import PageFormMedia
from pages.admin.editing.page_form import (
    CREATION_FIELDS,
    POSITION_FIELDS,
    SHOWN_CREATION_FIELDS,
    page_form_class,
)
from pages.admin.editing.read_only_texts import texts_view
from pages.admin.editing.tab_statuses import page_fieldsets, tab_statuses
from pages.admin.overview.page_list import PageListAdmin
from pages.admin.page_choice import page_options
from pages.admin.page_header import header_context
from pages.admin.page_urls import page_urls
from pages.admin.page_views import PAGE_COLUMNS
from pages.admin.permissions import VIEW, actor_of, can_edit, writable_languages
from pages.admin.primary_keys import parse_key
from pages.admin.refused_saves import wants_json
from pages.admin.repeated_submissions import answer_once
from pages.languages import name_in_sentence, served_languages, served_or_default, translated_name
from pages.models import Page, Revision
from pages.models.page import draft_columns, text_fields
from pages.models.permissions import PUBLISH
from pages.publishing.actors import Actor
from pages.publishing.page_tree import DeletionConflict, delete_page, last_revision_id
from pages.publishing.starter_text import starter_text

LAST_REVISION = "last_revision"
# The buttons that save and then lead to another form of the page.
GOING_ON = frozenset({"_publish", "_ready"})


@admin.register(Page)
class PageAdmin(PageListAdmin):
    """The list of pages, and the form with the drafts of one page: a tab for each served language."""

    Media = PageFormMedia
    change_form_template = "admin/pages/page/change_form.html"
    delete_confirmation_template = "admin/pages/page/delete_confirmation.html"
    # The header of the page has its own link.
    view_on_site = False

    def get_urls(self):
        return [*page_urls(self), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        """Keep slug, parent and source language read-only: only `move` changes the address of a page."""
        if not obj:
            return ()
        can_set_position = actor_of(request.user).has_perm("change_page")
        return SHOWN_CREATION_FIELDS if can_set_position else (*SHOWN_CREATION_FIELDS, *POSITION_FIELDS)

    @admin.display(description=gettext_lazy("source language"))
    def source_language_name(self, page):
        return capfirst(translated_name(page.source_language))

    def get_fieldsets(self, request, obj=None):
        changed = request.POST if request.method == "POST" else obj and restored_values(request, obj)
        tabs = tab_statuses(obj, actor_of(request.user), timezone.now(), changed)
        return page_fieldsets(obj, tabs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form class, with its actor and the keys of the revisions that it shows."""
        url = reverse("admin:pages_page_preview") + (f"?page={obj.pk}" if obj else "")
        actor = actor_of(request.user)
        can_set_position = obj is None or actor.has_perm("change_page")
        writable = writable_languages(actor)
        base = page_form_class(url, writable=writable, can_set_position=can_set_position, is_new=obj is None)
        # Otherwise Django would take the names from the fieldsets, which are slow to make, and make them twice.
        texts = [column for language in served_languages() for column in text_fields(language).values()]
        fields = [*(() if obj else CREATION_FIELDS), *POSITION_FIELDS, *texts]
        form = super().get_form(request, obj, change, **{**kwargs, "form": base, "fields": fields})
        form.actor, form.opened = actor, open_form(request)
        if request.method == "GET":
            if obj:
                _load_drafts(form, obj)
            form.restored = restored_values(request, obj)
        return form

    def get_changeform_initial_data(self, request):
        """Return the requested parent, its source language (else the default language) and a starter text in it."""
        requested = super().get_changeform_initial_data(request)
        # The parameter comes from the query string and can be anything.
        parent = Page.objects.only("source_language").filter(pk=parse_key(requested.pop("parent", ""))).first()
        inherited = parent.source_language if parent else None
        restored = restored_values(request, None)
        written = next((code for code in served_languages() if text_fields(code)["body"] in restored), None)
        chosen = restored.get("source_language")
        language = served_or_default(requested.get("source_language") or inherited or chosen or written)
        is_writable = language in writable_languages(actor_of(request.user))
        starter = draft_columns(starter_text(language), language) if is_writable else {}
        return {"source_language": language, "parent": parent and parent.pk, **starter, **requested}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show or save the form.

        Users who may view but not edit the page get its texts without a form.
        """
        if object_id and request.method == "GET" and not can_edit(actor_of(request.user)):
            return self._read_only_view(request, object_id)
        if object_id and request.method == "POST":
            request.POST = choose_their_texts(request.POST, object_id)
        context = {**({} if object_id else {"title": _("New page")}), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def add_view(self, request, form_url="", extra_context=None):
        return answer_once(request, partial(super().add_view, request, form_url, extra_context))

    def _read_only_view(self, request, object_id):
        if not actor_of(request.user).has_perm(VIEW):
            raise PermissionDenied
        page = get_object_or_404(Page.objects.only(*PAGE_COLUMNS), pk=parse_key(object_id))
        return texts_view(self, request, page)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        # A redirect would lose the submission; PreserveSubmissions shows it again with a 404.
        if request.method == "POST":
            raise Http404
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if request.method == "POST" and wants_json(request):
            return unsaved_answer()
        actor = actor_of(request.user)
        context["can_publish"] = actor.has_perm(PUBLISH)
        if add:
            context["page_options"] = page_options()
            context |= session_context(request, None)
        if obj:
            context |= {
                **header_context(obj, actor, timezone.now()),
                "current_tab": "edit",
                **session_context(request, obj),
            }
        context["conflicts"] = context["adminform"].form.conflicts
        # The link that skips to the text; `language_tabs.js` makes it lead to the tab that is open.
        context["first_language"] = next(iter(writable_languages(actor)), served_languages()[0])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        # The form has saved already. Django's message would say that the page was changed, but a draft is not public.
        # For `response_change`, which Django calls without the form.
        request.saved_form = form
        if IS_POPUP_VAR in request.POST or STAY in request.POST:
            return
        # Somebody who only goes on to publish or to mark as ready did not ask to save.
        if form.saved.is_anything or not GOING_ON & request.POST.keys():
            messages.success(request, form.saved.summary)

    def construct_change_message(self, request, form, formsets, add=False):
        # Django would name fields that are only in the form, such as the revision that it was opened with.
        return form.saved.summary

    def response_change(self, request, obj):
        if STAY in request.POST and wants_json(request):
            return saved_answer(request.saved_form, timezone.now())
        response = self._redirect(request, obj) or super().response_change(request, obj)
        # A script could not read the address of a redirect.
        return leaving_answer(request.saved_form, response["Location"]) if wants_json(request) else response

    def response_add(self, request, obj, post_url_continue=None):
        response = self._redirect(request, obj) or super().response_add(request, obj, post_url_continue)
        return response if IS_POPUP_VAR in request.POST else created_answer(request.saved_form, response["Location"])

    def _redirect(self, request, obj):
        """Return a redirect to where the button leads, or None in a popup, which Django's response closes."""
        if "_publish" in request.POST and actor_of(request.user).has_perm(PUBLISH):
            return HttpResponseRedirect(reverse("admin:pages_page_publish", args=[obj.pk]))
        if "_ready" in request.POST:
            return HttpResponseRedirect(_ready_url(obj, request.POST.get("tab", ""), actor_of(request.user)))
        if IS_POPUP_VAR in request.POST:
            return None
        if "_continue" not in request.POST:
            return self.response_post_save_change(request, obj)
        # The filters of the page list stay in the query string, for the way back.
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, reverse("admin:pages_page_change", args=[obj.pk])))

    def has_change_permission(self, request, obj=None):
        # Translators may have the permission for a single language. The operations refuse the other languages.
        return can_edit(actor_of(request.user))

    def has_delete_permission(self, request, obj=None):
        # A published page has a history that readers can refer to; it can only be withdrawn.
        return super().has_delete_permission(request, obj) and not (obj and obj.versions.exists())

    def get_deleted_objects(self, objs, request):
        """Allow deleting a page's revisions with it, though nobody has the permission to delete revisions.

        Revisions of a published page are protected by the foreign keys of its versions.
        """
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        perms_needed.discard(Revision._meta.verbose_name)
        return to_delete, counts, perms_needed, protected

    def delete_view(self, request, object_id, extra_context=None):
        """Ask for confirmation; the form names the newest revision, and a newer one stops the deletion."""
        page = self.get_object(request, unquote(object_id))
        if page and super().has_delete_permission(request) and not self.has_delete_permission(request, page):
            messages.error(request, _("A published page cannot be deleted: withdraw it instead."))
            return HttpResponseRedirect(reverse("admin:pages_page_change", args=[page.pk]))
        context = {LAST_REVISION: last_revision_id(page)} if page else {}
        if page:
            context |= header_context(page, actor_of(request.user), timezone.now())
        try:
            return super().delete_view(request, object_id, {**context, **(extra_context or {})})
        except DeletionConflict as error:
            messages.error(request, _changed_since_message(error.revision))
        return HttpResponseRedirect(reverse("admin:pages_page_delete", args=[object_id]))

    def delete_model(self, request, obj):
        # No revision has the key 0; None would delete without the check.
        expected = parse_key(request.POST.get(LAST_REVISION, "")) or 0
        try:
            delete_page(obj, by=actor_of(request.user), expected_revision=expected)
        except Page.DoesNotExist as error:
            # Somebody else deleted the page in the meantime.
            raise Http404 from error


def _ready_url(page: Page, language: str, actor: Actor) -> str:
    """Return where the text of the open tab is marked as ready, or where to choose a text, without a script."""
    if language in writable_languages(actor):
        return reverse("admin:pages_page_ready", args=[page.pk, language])
    return reverse("admin:pages_page_ready_choice", args=[page.pk])


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


def _changed_since_message(revision: Revision) -> str:
    return _(
        "The page was not deleted: %(author)s saved a text of it at %(time)s, after you opened the "
        "confirmation page. Language: %(language)s."
    ) % {
        "author": revision.author,
        "time": format_short_time(revision.created_at),
        "language": name_in_sentence(revision.language),
    }
