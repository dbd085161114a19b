"""The start of the application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The one app."""

    name = "pages"
    verbose_name = _("Policies")
