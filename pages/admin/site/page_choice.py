"""A form field for a page: its path is typed, and the browser suggests paths and titles from a datalist."""

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.models import Page
from pages.presentation.editors.page_states import page_states


def page_options() -> list[tuple[str, str]]:
    """Return the path and the draft's title of each page, in the order of the paths."""
    return sorted((page.shown_path, page.title.text) for page in page_states((), timezone.now()).values())


def _shown_paths() -> dict[int, str]:
    """Return the path of each page as shown, by primary key."""
    return {page.key: page.shown_path for page in page_states((), timezone.now()).values()}


class PageField(forms.CharField):
    """A page, entered as its path."""

    def __init__(self, **kwargs):
        # Read when it is first needed. Fields of the links in a group are copies of one field, which share it.
        self.paths = SimpleLazyObject(_shown_paths)
        # Without autocomplete, the browser suggests only the pages of the datalist.
        attributes = {"list": "page-paths", "autocomplete": "off"}
        super().__init__(
            label=gettext_lazy("Page"),
            help_text=gettext_lazy("Its path, such as /privacy-policy/. Type part of the path or title."),
            widget=AdminTextInputWidget(attrs=attributes),
            **kwargs,
        )

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


class PageChoiceMixin:
    """A model admin with such fields. The template contains the datalist once for all of them."""

    change_form_template = "admin/pages/page_choice_form.html"

    def render_change_form(self, request, context, *args, **kwargs):
        return super().render_change_form(request, {**context, "page_options": page_options()}, *args, **kwargs)
