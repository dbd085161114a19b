"""URLs that are the same in every language."""

from django.urls import path, register_converter

from pages.public import verification_views, views
from pages.public.converters import DigestConverter, VersionNumberConverter
from pages.public.machine_readable import llms_txt, log_feed, publication_log, sitemaps
from pages.public.public_view import public_view

register_converter(DigestConverter, "digest")
# Record numbers have the same form as version numbers.
register_converter(VersionNumberConverter, "record")

log_view = public_view(publication_log.publication_log)

urlpatterns = [
    path("media/<digest:digest>", public_view(views.picture), name="picture"),
    path("healthz", views.health, name="health"),
    path("readyz", views.ready, name="ready"),
    path("robots.txt", public_view(sitemaps.robots), name="robots"),
    path("sitemap.xml", public_view(sitemaps.sitemap), name="sitemap"),
    path("sitemap-<record:number>.xml", public_view(sitemaps.sitemap_part), name="sitemap-part"),
    path("publication-log.json", log_view, name="publication-log"),
    path("publication-log.atom", public_view(log_feed.log_feed), name="log-feed"),
    path("publication-log-archive-<record:number>.atom", public_view(log_feed.log_archive), name="log-archive"),
    path("llms.txt", public_view(llms_txt.llms_txt), name="llms"),
    path("publication-log-after-<record:after>.json", log_view, name="publication-log-after"),
    path("verify/check_history.py", public_view(verification_views.check_script), name="check-script"),
]
