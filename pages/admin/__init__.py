"""The editors' door: the Django admin of pages, their history and the site. It writes through the verbs alone.

It must not know readers' views or files.
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from pages.admin import history_admin, page_admin
from pages.admin.overview import start_page
from pages.admin.site import navigation, redirects, site_settings

__all__ = ["history_admin", "navigation", "page_admin", "redirects", "site_settings", "start_page"]

admin.site.site_header = admin.site.site_title = _("Policies")
# It remembers in the browser's storage whether it is open; public pages, which promise to store nothing, share that.
admin.site.enable_nav_sidebar = False
admin.site.index = start_page.start_page
