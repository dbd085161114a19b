"""Readers' addresses, below the language's prefix. Each stands twice: for the home page, and for a page's path."""

from django.urls import path, register_converter

from pages.public import comparison_views, views
from pages.public.converters import Day, PagePath, VersionName, VersionNumber
from pages.public.errors import gone_if_withdrawn
from pages.public.machine_readable import feeds, history_json

register_converter(PagePath, "page")
register_converter(VersionNumber, "version")
register_converter(VersionName, "version_name")
register_converter(Day, "day")

# The longer first: a page's path could swallow what a shorter one leaves over.
PAGE_DOORS = [
    ("v/<version:number>/index.md", views.source_of_version, "version-source"),
    ("v/<version:number>/", views.numbered_version, "version"),
    ("compare/<version_name:older>...<version_name:newer>/", comparison_views.comparison, "comparison"),
    ("as-of/<day:day>/", comparison_views.as_of, "as-of"),
    ("changes/", comparison_views.changes, "changes"),
    ("upcoming/", comparison_views.upcoming, "upcoming"),
    ("_print/", views.printed, "print"),
    ("history/", views.history, "history"),
    ("history.json", history_json.history_json, "history-json"),
    ("index.md", views.source_in_force, "source"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("feed.atom", feeds.site_feed, name="site-feed"),
    path("<page:path>/feed.atom", gone_if_withdrawn(feeds.page_feed), name="feed"),
    *(path(address, gone_if_withdrawn(view), {"path": ""}, name=name) for address, view, name in PAGE_DOORS),
    *(path(f"<page:path>/{address}", gone_if_withdrawn(view), name=name) for address, view, name in PAGE_DOORS),
    path("<page:path>/", gone_if_withdrawn(views.page), name="page"),
]
