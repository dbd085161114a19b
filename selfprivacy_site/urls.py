"""The three doors' addresses: the editors' admin, files by content, and readers' pages in each language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # Below /admin/, where the cookie of the choice is bound to.
    path("admin/language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("pages.public.machine_urls")),
    *i18n_patterns(path("", include("pages.public.urls")), prefix_default_language=False),
]
handler404 = "pages.public.errors.not_found"
handler500 = "pages.public.errors.server_error"
