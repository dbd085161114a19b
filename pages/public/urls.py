"""Readers' addresses, below the language's prefix. Each stands twice: for the home page, and for a page's path."""

from django.urls import path, register_converter

from pages.public import views
from pages.public.converters import PagePath, VersionNumber

register_converter(PagePath, "page")
register_converter(VersionNumber, "version")

# The longer first: a page's path could swallow what a shorter one leaves over.
PAGE_DOORS = [
    ("v/<version:number>/index.md", views.source_of_version, "version-source"),
    ("v/<version:number>/", views.numbered_version, "version"),
    ("history/", views.history, "history"),
    ("index.md", views.source_in_force, "source"),
]

urlpatterns = [
    path("", views.home, name="home"),
    *(path(address, view, {"path": ""}, name=name) for address, view, name in PAGE_DOORS),
    *(path(f"<page:path>/{address}", view, name=name) for address, view, name in PAGE_DOORS),
    path("<page:path>/", views.page, name="page"),
]
