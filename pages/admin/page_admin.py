"""Pages in the admin: Save keeps a draft, Publish makes a version."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pages.admin.history.page_comparison import VIEWS as COMPARISON_VIEWS
from pages.admin.history.page_history import VIEWS as HISTORY_VIEWS
from pages.admin.history.page_revision import VIEWS as REVISION_VIEWS
from pages.admin.history.take_back import VIEWS as TAKE_BACK_VIEWS
from pages.admin.language_tabs import TabsMedia, language_fieldset, language_title, served_languages
from pages.admin.page_form import PLACE_FIELDS, STARTER_TEXT, head_field, page_form_class
from pages.admin.page_list import PageListAdmin
from pages.admin.page_preview import VIEWS as PREVIEW_VIEWS
from pages.admin.picture_upload import patterns as picture_patterns
from pages.admin.preview import preview
from pages.admin.publishing.action_views import VIEWS as ACTION_VIEWS
from pages.admin.publishing.correct_view import VIEWS as CORRECT_VIEWS
from pages.admin.publishing.publish_view import VIEWS as PUBLISH_VIEWS
from pages.admin.rights import actor_of, may_edit, may_publish
from pages.models import Page, Revision
from pages.models.page import TEXT_FIELDS, text_field
from pages.publishing.drafts import DraftConflict, save_draft
from pages.publishing.places import create_page, set_place

# The views of one page, module by module.
PAGE_VIEWS = (
    *(*PUBLISH_VIEWS, *ACTION_VIEWS, *CORRECT_VIEWS),
    *(*HISTORY_VIEWS, *COMPARISON_VIEWS, *REVISION_VIEWS, *TAKE_BACK_VIEWS, *PREVIEW_VIEWS),
)


@admin.register(Page)
class PageAdmin(PageListAdmin):
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
            *(view.pattern(self) for view in PAGE_VIEWS),
            # Not wrapped: a preview must answer a logged-out editor with words, never with a login page.
            path("preview/", preview, name="pages_page_preview"),
            *picture_patterns(self),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Hold a page at its place: its address changes by a move alone."""
        return ("slug", "parent", "source_language") if obj else ()

    def get_fieldsets(self, request, obj=None):
        """Return the place, and a tab for each served language."""
        tabs = [
            language_fieldset(language, [*(text_field(name, language) for name in TEXT_FIELDS), head_field(language)])
            for language in served_languages()
        ]
        return [(None, {"fields": PLACE_FIELDS}), *tabs]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form with what a verb has refused, if it did."""
        url = reverse("admin:pages_page_preview") + (f"?page={obj.pk}" if obj else "")
        form = super().get_form(request, obj, change, **{**kwargs, "form": page_form_class(url)})
        form.refusal = getattr(request, "refusal", None)
        if obj:
            for head in obj.revisions.working().values("language", "pk"):
                if field := form.base_fields.get(head_field(head["language"])):
                    field.initial = head["pk"]
        return form

    def get_changeform_initial_data(self, request):
        """Fill in the parent that was asked for, and a text to begin with."""
        language = settings.LANGUAGE_CODE
        with override(language):
            starter = {text_field(name, language): str(words) for name, words in STARTER_TEXT.items()}
        return {**starter, **super().get_changeform_initial_data(request)}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show the form; what a verb refuses comes back at its field, and nothing that was typed is lost."""
        # Django's own title puts the noun into a sentence that Russian would decline.
        title = _("Edit this page") if object_id else _("New page")
        context = {"title": title, **(extra_context or {}), "may_publish": may_publish(actor_of(request.user))}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except DraftConflict as conflict:
            request.refusal = _explained(conflict)
            # Whoever saves again has been told: the tokens move on to what was saved meanwhile.
            request.POST = request.POST.copy()
            for language, revision in conflict.saved.items():
                request.POST[head_field(language)] = str(revision.pk)
        except ValidationError as error:
            request.refusal = error
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request, obj, form, change):
        """Save by the verbs: the place once, and the texts that changed."""
        now, by = timezone.now(), actor_of(request.user)
        if not change:
            place = {name: form.cleaned_data[name] for name in PLACE_FIELDS}
            made = create_page(**place, by=by)
            obj.pk, obj.uuid, obj.path, obj._state.adding = made.pk, made.uuid, made.path, False
        elif "weight" in form.changed_data:
            set_place(obj, weight=form.cleaned_data["weight"], review_by=obj.review_by, by=by, now=now)
        saved = save_draft(obj, form.texts(), by=by, now=now, expected=form.opened_with())
        if saved:
            text = _("Saved as a draft, readers do not see it yet: %(languages)s.")
            request.draft_message = text % {"languages": ", ".join(map(language_title, sorted(saved)))}

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        """Say what a save means here: not that a page was changed, but that a draft was kept."""
        if level == messages.SUCCESS:
            message = getattr(request, "draft_message", message)
        super().message_user(request, message, level, *args, **kwargs)

    def response_change(self, request, obj):
        """Go on to publishing, if that was asked for."""
        return self._publishing_or(request, obj, super().response_change(request, obj))

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to publishing, if that was asked for."""
        return self._publishing_or(request, obj, super().response_add(request, obj, post_url_continue))

    def _publishing_or(self, request, obj, response):
        if "_publish" in request.POST and may_publish(actor_of(request.user)):
            return HttpResponseRedirect(reverse("admin:pages_page_publish", args=[obj.pk]))
        return response

    def has_change_permission(self, request, obj=None):
        """Let in whoever may write one language; what else they post, the form and the verbs refuse."""
        return may_edit(actor_of(request.user))

    def has_delete_permission(self, request, obj=None):
        """Keep pages whose history readers may know of."""
        return super().has_delete_permission(request, obj) and not (obj and obj.versions.exists())

    def get_deleted_objects(self, objs, request):
        """Let the drafts of a page that was never published go with it; the database keeps all others."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking.discard(Revision._meta.verbose_name)
        return to_delete, counts, lacking, protected

    def view_on_site(self, obj):
        """Return the page's address once readers can open it."""
        return obj.get_absolute_url() if obj.versions.in_force(timezone.now()).exists() else None


def _explained(conflict: DraftConflict) -> ValidationError:
    return ValidationError(
        {
            text_field("body", language): _(
                "%(author)s saved this language at %(time)s, after you opened it. Nothing of yours is lost: your text "
                "is below, theirs is revision %(number)d. To keep yours on top of theirs, save again."
            )
            % {
                "author": revision.author,
                "time": timezone.localtime(revision.created_at).strftime("%H:%M"),
                "number": revision.pk,
            }
            for language, revision in conflict.saved.items()
        }
    )
