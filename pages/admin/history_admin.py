"""Versions, revisions and the publication log in the admin: to be read there, never to be changed."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pages.admin.allowed_lookups import AllowedLookupsMixin
from pages.models import PublicationRecord, Revision, Version, VersionText
from pages.text import source


class ReadOnly(AllowedLookupsMixin):
    """Look, and nothing else."""

    def has_add_permission(self, request, obj=None):
        """Rows are made by the verbs alone."""
        return False

    def has_change_permission(self, request, obj=None):
        """Rows never change."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Rows never go."""
        return False


class VersionTextInline(ReadOnly, admin.StackedInline):
    """What the version says in each language."""

    model = VersionText
    extra = 0
    fields = ("language", "significance", "change_note", "based_on", "modified_at", "revision", "see")
    readonly_fields = ("see",)

    @admin.display(description=gettext_lazy("text"))
    def see(self, text):
        """Lead to the text below its page."""
        return _link("text", text.version.page_id, text.language, f"v{text.version.number}", words=_("See the text"))

    def get_queryset(self, request):
        """Leave the sources where they are."""
        return super().get_queryset(request).select_related("revision", "version").defer("revision__source")


@admin.register(Version)
class VersionAdmin(ReadOnly, admin.ModelAdmin):
    """Publications, newest first."""

    list_display = ("page", "number", "published_at", "effective_at", "binding_language", "history")
    list_display_links = ("number",)
    search_fields = ("page__path",)
    list_select_related = ("page",)
    ordering = ("-published_at", "-number")
    inlines = (VersionTextInline,)

    @admin.display(description=gettext_lazy("history"))
    def history(self, version):
        """Lead to the history of the page."""
        return _link("history", version.page_id, words=_("History"))

    def get_queryset(self, request):
        """Name the page's path only: its texts in all languages are not needed."""
        return super().get_queryset(request).select_related("page").only("page__path", *_columns(Version))


@admin.register(Revision)
class RevisionAdmin(ReadOnly, admin.ModelAdmin):
    """Saved texts, newest first."""

    list_display = ("id", "page", "language", "title", "author", "created_at", "is_draft_head", "see")
    list_filter = ("language", "is_draft_head")
    search_fields = ("page__path", "title")
    ordering = ("-pk",)
    fields = (
        "page",
        "language",
        "title",
        "author",
        "created_at",
        "is_draft_head",
        "file_name",
        "digest",
        "see",
        "text",
    )

    @admin.display(description=gettext_lazy("history"))
    def see(self, revision):
        """Lead to the text below its page."""
        return _link("text", revision.page_id, revision.language, f"r{revision.pk}", words=_("See the text"))

    @admin.display(description=pgettext_lazy("the body of a page", "Text"))
    def text(self, revision):
        """Return the whole source as text."""
        return source.decode(bytes(revision.source))

    def get_queryset(self, request):
        """Leave the sources where they are until one is opened."""
        return super().get_queryset(request).select_related("page").only("page__path", *_columns(Revision, "source"))


@admin.register(PublicationRecord)
class PublicationRecordAdmin(ReadOnly, admin.ModelAdmin):
    """The log, newest first."""

    list_display = ("number", "kind", "page", "version", "at", "actor_name", "history")
    list_filter = ("kind",)
    search_fields = ("page__path",)
    ordering = ("-number",)
    fields = (
        *("number", "kind", "at", "page", "version", "commit", "language", "text_digest"),
        *("actor_name", "reasons", "hash", "canonical", "history"),
    )

    @admin.display(description=gettext_lazy("history"))
    def history(self, record):
        """Lead to the history of the page."""
        return _link("history", record.page_id, words=_("History")) if record.page_id else ""

    def get_queryset(self, request):
        """Name page, version and commit without what is long of them."""
        queryset = super().get_queryset(request).select_related("page", "version", "commit")
        shown = ("page__path", "version__number", "version__page_id", "commit__commit_id")
        return queryset.only(*shown, *_columns(PublicationRecord))


def _columns(model, *left_out: str) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in left_out]


def _link(name: str, *address, words: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:pages_page_{name}", args=address), words)
