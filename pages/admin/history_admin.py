"""The admin of versions, revisions and the publication log, which can only be read."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.admin.model_admins import AllowedLookupsMixin, PagePathsMixin
from pages.history import hash_chain
from pages.languages import translated_name
from pages.models import PublicationRecord, Revision, Version, VersionText
from pages.models.publication_record import RecordKind
from pages.presentation.as_of import format_moment
from pages.text import source


class ReadOnlyAdminMixin(AllowedLookupsMixin):
    """Refuse adding, changing and deleting: these rows are inserted by `pages.publishing` and never change."""

    change_form_template = "admin/read_only_form.html"

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_name(self, row):
        return translated_name(row.language) if row.language else ""

    @admin.display(description=gettext_lazy("history"))
    def history(self, row):
        return _link("history", row.page_id, label=_("History")) if row.page_id else ""


class VersionTextInline(ReadOnlyAdminMixin, admin.StackedInline):
    model = VersionText
    extra = 0
    fields = ("language_name", "significance", "change_note", "based_on", "last_updated", "revision", "text_link")
    readonly_fields = ("language_name", "change_note", "last_updated", "text_link")

    @admin.display(description=gettext_lazy("last updated"))
    def last_updated(self, text):
        return format_moment(text.modified_at)

    @admin.display(description=gettext_lazy("change note"))
    def change_note(self, text):
        return text.change_note

    @admin.display(description=gettext_lazy("text"))
    def text_link(self, text):
        return _link("text", text.version.page_id, text.language, f"v{text.version.number}", label=_("View the text"))

    def get_queryset(self, request):
        texts = super().get_queryset(request).with_modified_at(timezone.now())
        return texts.select_related("revision", "version", "note")


@admin.register(Version)
class VersionAdmin(PagePathsMixin, ReadOnlyAdminMixin, admin.ModelAdmin):
    list_display = ("page", "number", "published_at", "effective_at", "binding_language_name", "history")
    fields = ("page", "number", "published_at", "effective_at", "binding_language_name")
    list_display_links = ("number",)
    search_fields = ("page__path",)
    ordering = ("-published_at", "-number")
    inlines = (VersionTextInline,)

    @admin.display(description=gettext_lazy("binding language"), ordering="binding_language")
    def binding_language_name(self, version):
        return translated_name(version.binding_language) if version.binding_language else ""


class NamedLanguageFilter(admin.AllValuesFieldListFilter):
    """Filters by one of the languages that rows have, with their names instead of their codes."""

    def choices(self, changelist):
        languages = {str(code) for code in self.lookup_choices}
        for choice in super().choices(changelist):
            # The number of rows can follow: "en (3)".
            code, space, count = str(choice["display"]).partition(" ")
            name = f"{capfirst(translated_name(code))}{space}{count}"
            yield {**choice, "display": name} if code in languages else choice


@admin.register(Revision)
class RevisionAdmin(PagePathsMixin, ReadOnlyAdminMixin, admin.ModelAdmin):
    list_display = ("number", "page", "language_name", "title", "author", "created_at", "is_draft_head", "text_link")
    list_filter = (("language", NamedLanguageFilter), "is_draft_head")
    search_fields = ("page__path", "title")
    ordering = ("-pk",)
    fields = (
        *("page", "language_name", "title", "author", "created_at", "is_draft_head", "file_name"),
        *("sha256", "text_link", "text"),
    )

    @admin.display(description=gettext_lazy("revision"), ordering="pk")
    def number(self, revision):
        return f"r{revision.pk}"

    @admin.display(description=gettext_lazy("text"))
    def text_link(self, revision):
        return _link("text", revision.page_id, revision.language, f"r{revision.pk}", label=_("View the text"))

    @admin.display(description=gettext_lazy("SHA-256 digest of the source"))
    def sha256(self, revision):
        return revision.digest

    @admin.display(description=gettext_lazy("source"))
    def text(self, revision):
        return source.decode(revision.source)


@admin.register(PublicationRecord)
class PublicationRecordAdmin(PagePathsMixin, ReadOnlyAdminMixin, admin.ModelAdmin):
    related_columns = ("page__path", "version__number", "version__page_id", "commit__commit_id", "actor__content")
    list_display = ("number", "kind", "address", "version_number", "at", "actor_name", "history")
    list_filter = ("kind",)
    search_fields = ("page__path",)
    ordering = ("-number",)
    fields = (
        *("number", "kind", "at", "address", "version_number", "commit", "language_name", "text_digest"),
        *("actor_name", "reasons", "hash", "canonical", "history"),
    )

    def get_queryset(self, request):
        """Add the record that last named the address of the page, up to each record."""
        naming = PublicationRecord.objects.filter(
            page=OuterRef("page"), kind__in=[RecordKind.PUBLISH, RecordKind.PLACE], number__lte=OuterRef("number")
        )
        newest = naming.order_by("-number").values("canonical")[:1]
        return super().get_queryset(request).annotate(naming_record=Subquery(newest))

    @admin.display(description=gettext_lazy("page"), ordering="page__path")
    def address(self, record):
        """Return the path that the page had at that time, which may be another one now."""
        if not record.naming_record:
            return str(record.page) if record.page else ""
        payload = hash_chain.parse_record(record.naming_record)
        path = payload["after"]["path"] if payload["kind"] == RecordKind.PLACE else payload["path"]
        return f"/{path}/" if path else "/"

    @admin.display(description=gettext_lazy("version"), ordering="version__number")
    def version_number(self, record):
        return record.version.number if record.version else ""

    @admin.display(description=gettext_lazy("by"), ordering="actor__content")
    def actor_name(self, record):
        return record.actor_name

    @admin.display(description=gettext_lazy("reason"))
    def reasons(self, record):
        return "; ".join(f"{translated_name(language)}: {reason}" for language, reason in record.reasons.items())


def _link(name: str, *args, label: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:pages_page_{name}", args=args), label)
