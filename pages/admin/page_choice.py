"""A form field for a page: its path is typed, and the browser suggests paths and titles from a datalist."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.languages import served_languages
from pages.models import Page
from pages.models.page import text_field


def page_options(*, outside: Page | None = None) -> list[tuple[str, str]]:
    """Return the path and the draft's title of each page, in the order of the paths.

    `outside` leaves out what cannot be the parent of a page: the home page, the page itself and all pages below it.
    """
    columns = [text_field("title", language) for language in served_languages()]
    rows = Page.objects.order_by("path").values_list("path", "source_language", *columns)
    if outside is not None:
        rows = rows.exclude(Q(path="") | Q(path=outside.path) | Q(path__startswith=f"{outside.path}/"))
    return [
        (_shown_path(path), _title(source, dict(zip(served_languages(), titles, strict=True))))
        for path, source, *titles in rows
    ]


def _title(source_language: str, titles: dict[str, str | None]) -> str:
    return titles.get(source_language) or next(filter(None, titles.values()), "")


def _shown_path(path: str) -> str:
    return f"/{path}/" if path else "/"


def _shown_paths() -> dict[int, str]:
    """Return the path of each page as shown, by primary key."""
    return {key: _shown_path(path) for key, path in Page.objects.values_list("pk", "path")}


class PageField(forms.CharField):
    """A page, entered as its path. Make the field in each request: it reads the paths once."""

    def __init__(self, **kwargs):
        # Read when it is first needed. Fields of the links in a group are copies of one field, which share it.
        self.paths = SimpleLazyObject(_shown_paths)
        # Without autocomplete, the browser suggests only the pages of the datalist.
        attributes = {"list": "page-paths", "autocomplete": "off"}
        defaults = {
            "label": gettext_lazy("Page"),
            "help_text": gettext_lazy("Its path, such as /privacy-policy/. Type part of the path or title."),
            "widget": AdminTextInputWidget(attrs=attributes),
        }
        super().__init__(**{**defaults, **kwargs})

    def prepare_value(self, value):
        """Turn a primary key into the path; an entered path is returned unchanged."""
        return self.paths.get(value, value)

    def to_python(self, value):
        entered = super().to_python(value)
        if not entered:
            return None
        path = entered.strip("/")
        page = Page.objects.only("pk", "path").filter(path=path).first()
        if page is None:
            raise ValidationError(_("No page has the path %(path)s.") % {"path": entered})
        return page

    def has_changed(self, initial, data):
        """Compare the paths, ignoring slashes at their ends."""
        return (data or "").strip().strip("/") != self.paths.get(initial, "").strip("/") or bool(data) != bool(initial)


def parent_field() -> PageField:
    """Return the field for the parent of a page."""
    return PageField(
        label=gettext_lazy("Parent page"),
        required=False,
        help_text=gettext_lazy(
            "Its path, such as /policies/. Type part of the path or title. Leave empty to put the page at the root."
        ),
    )


class PageChoiceMixin:
    """A model admin with such fields. The template contains the datalist once for all of them."""

    change_form_template = "admin/pages/page_choice_form.html"

    def render_change_form(self, request, context, *args, **kwargs):
        return super().render_change_form(request, {**context, "page_options": page_options()}, *args, **kwargs)
