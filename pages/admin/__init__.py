"""The editors' site: the Django admin of pages, their history and the site's settings.

Everything is written through the operations of `pages.publishing`. This package imports nothing from `pages.public` or
`pages.hugo`.
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pages.admin import history_admin, imports_admin, page_admin
from pages.admin.overview import start_page
from pages.admin.site import mail_settings, navigation, redirects, site_settings, users

__all__ = [
    "history_admin",
    "imports_admin",
    "mail_settings",
    "navigation",
    "page_admin",
    "redirects",
    "site_settings",
    "start_page",
    "users",
]

admin.site.site_header = admin.site.site_title = _("Policies")
# Django's navigation sidebar keeps its state in localStorage. Public pages share that storage with the admin, and the
# site promises its readers to store nothing.
admin.site.enable_nav_sidebar = False
admin.site.index = start_page.start_page
admin.site.get_urls = mail_settings.admin_urls
admin.site.get_app_list = start_page.app_list
