"""Choosing a page by its path or its title: a field to type in, and a list that the browser offers."""

from collections.abc import Mapping

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.languages import served_languages
from pages.models import Page
from pages.models.page import text_field


def page_paths(request) -> dict[int, str]:
    """Return each page's path as readers see it, asked for once a request."""
    if not hasattr(request, "page_paths"):
        request.page_paths = {key: _shown(path) for key, path in Page.objects.values_list("pk", "path")}
    return request.page_paths


def page_options() -> list[tuple[str, str]]:
    """Return each page's path, and the title that its editors know it by."""
    titles = {language: text_field("title", language) for language in served_languages()}
    rows = Page.objects.order_by("path").values("path", "source_language", *titles.values())
    return [(_shown(row["path"]), _title(row, titles)) for row in rows]


def _title(row: Mapping, titles: Mapping[str, str]) -> str:
    own = titles.get(row["source_language"])
    return next((row[name] for name in (own, *titles.values()) if name and row[name]), "")


def _shown(path: str) -> str:
    return f"/{path}/" if path else "/"


class PageField(forms.CharField):
    """A page, typed as its path."""

    def __init__(self, paths: Mapping[int, str], **options):
        self.paths = paths
        attributes = {"list": "page-paths", "autocomplete": "off"}
        super().__init__(
            label=gettext_lazy("Page"),
            help_text=gettext_lazy("Its path, such as /privacy-policy/. Type a part of its path or title."),
            widget=AdminTextInputWidget(attrs=attributes),
            **options,
        )

    def prepare_value(self, value):
        """Return the path of a page that is given by its key."""
        return self.paths.get(value, value)

    def to_python(self, value):
        """Return the page at a path, or None."""
        typed = super().to_python(value)
        if not typed:
            return None
        path = typed.strip("/")
        page = Page.objects.only("pk", "path").filter(path=path).first()
        if page is None:
            raise ValidationError(_("There is no page at %(path)s.") % {"path": typed})
        return page

    def has_changed(self, initial, data):
        """Tell whether another page was typed."""
        return (data or "").strip().strip("/") != self.paths.get(initial, "").strip("/") or bool(data) != bool(initial)


class ChoosesPages:
    """An admin with such fields; the template holds the list once."""

    change_form_template = "admin/pages/page_choice_form.html"

    def render_change_form(self, request, context, *args, **kwargs):
        """Bring the list along."""
        return super().render_change_form(request, {**context, "page_options": page_options()}, *args, **kwargs)
