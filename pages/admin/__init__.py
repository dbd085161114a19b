"""The editors' door: the Django admin of pages, their history and the site. It writes through the verbs alone.

It must not know readers' views or files.
"""

from pages.admin import history_admin, page_admin, site_admin

__all__ = ["history_admin", "page_admin", "site_admin"]
