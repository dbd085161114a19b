"""The public URLs below the language prefix.

Each URL of a page has two patterns: for the home page, whose path is empty, and for a page with a path.
"""

from django.urls import path, register_converter

from pages.presentation.site_presentation import VERIFY_PATH
from pages.public import comparison_views, day_views, side_by_side_views, verification_views, views
from pages.public.converters import (
    DayConverter,
    LanguageConverter,
    PagePathConverter,
    VersionNameConverter,
    VersionNumberConverter,
)
from pages.public.errors import handle_nothing_to_show
from pages.public.machine_readable import app_files, current_json, feeds, history_json, mementos
from pages.public.public_view import public_view

register_converter(PagePathConverter, "page")
register_converter(VersionNumberConverter, "version")
register_converter(VersionNameConverter, "version_name")
register_converter(DayConverter, "day")
register_converter(LanguageConverter, "language")

# Longer routes come first: the path of a page could match the rest of a shorter one.
PAGE_ROUTES = [
    ("v/<version:number>/index.md", views.source, "version-source"),
    ("v/<version:number>/", views.version, "version"),
    ("compare/<version_name:older>...<version_name:newer>/", comparison_views.comparison, "comparison"),
    ("as-of/<day:day>/", day_views.as_of, "as-of"),
    ("as-of/", day_views.as_of_question, "as-of-question"),
    ("changes/", comparison_views.changes, "changes"),
    ("upcoming/", comparison_views.upcoming, "upcoming"),
    ("sections/", comparison_views.sections, "sections"),
    ("with/<language:other>/", side_by_side_views.side_by_side, "side-by-side"),
    ("timemap/", mementos.timemap, "timemap"),
    ("timegate/", mementos.timegate, "timegate"),
    ("_print/", views.print_view, "print"),
    ("history/<version:results_page>/", views.history, "history-page"),
    ("history/", views.history, "history"),
    ("current.json", current_json.current_json, "current-json"),
    ("fragment.html", app_files.fragment, "fragment"),
    ("bundle.zip", app_files.bundle, "bundle"),
    ("history.json", history_json.history_json, "history-json"),
    ("index.md", views.source, "source"),
]


def _page_view(view):
    return public_view(handle_nothing_to_show(view))


urlpatterns = [
    path("", public_view(views.home), name="home"),
    # At the root, no path of a page has a name with a dot.
    path("list.<version:results_page>/", public_view(views.home), name="home-page"),
    # Not among PAGE_ROUTES, because at the root this is the feed of the site, not that of the home page.
    path("feed.atom", public_view(feeds.site_feed), name="site-feed"),
    path("feed.<version:part>.atom", public_view(feeds.site_feed), name="site-feed-part"),
    path("<page:path>/feed.atom", _page_view(feeds.page_feed), name="feed"),
    path("<page:path>/feed.<version:part>.atom", _page_view(feeds.page_feed), name="feed-part"),
    # With a path, because a page can have it.
    path(f"{VERIFY_PATH}/", _page_view(verification_views.verify), {"path": VERIFY_PATH}, name="verify"),
    *(path(route, _page_view(view), {"path": ""}, name=name) for route, view, name in PAGE_ROUTES),
    *(path(f"<page:path>/{route}", _page_view(view), name=name) for route, view, name in PAGE_ROUTES),
    path("<page:path>/", _page_view(views.page), name="page"),
]
