"""The admin of imports, which can only be read: how each source was read, and its report."""

from django.contrib import admin
from django.forms import Media
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pages.admin.history_admin import ReadOnlyAdminMixin
from pages.models import ImportRun
from pages.presentation.import_report import present_run


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    change_form_template = "admin/pages/importrun/change_form.html"
    list_display = ("source_name", "started_at", "state", "by", "numbers")
    fields = ("source_name", "by", "started_at", "state", "ended_at")
    search_fields = ("source",)
    ordering = ("-pk",)

    @property
    def media(self):
        return super().media + Media(css={"all": ("pages/admin/imports.css",)})

    # With a context: the "source" of a text is something else.
    @admin.display(description=pgettext_lazy("of an import", "source"), ordering="source")
    def source_name(self, run):
        return run.source

    @admin.display(description=gettext_lazy("state"))
    def state(self, run):
        if run.ended_at:
            return _("ended")
        return _("not ended: it is running, or it was interrupted, and the next import of the source continues it")

    @admin.display(description=gettext_lazy("totals"))
    def numbers(self, run):
        return " ".join(present_run(run).counts)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the report below the fields."""
        run = self.get_object(request, object_id)
        report = {"report": present_run(run)} if run else {}
        return super().change_view(request, object_id, form_url, {**report, **(extra_context or {})})
