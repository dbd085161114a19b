"""URLs that are the same in every language."""

from django.urls import path, register_converter

from pages.public import views
from pages.public.converters import DigestConverter, VersionNumberConverter
from pages.public.machine_readable import publication_log, sitemaps

register_converter(DigestConverter, "digest")
# Record numbers have the same form as version numbers.
register_converter(VersionNumberConverter, "record")

urlpatterns = [
    path("media/<digest:digest>", views.picture, name="picture"),
    path("healthz", views.health, name="health"),
    path("readyz", views.ready, name="ready"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("publication-log.json", publication_log.publication_log, name="publication-log"),
    path("publication-log-after-<record:after>.json", publication_log.publication_log, name="publication-log-after"),
]
