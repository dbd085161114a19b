"""Addresses that are the same in every language."""

from django.urls import path, register_converter

from pages.public import views
from pages.public.converters import Digest

register_converter(Digest, "digest")

urlpatterns = [
    path("media/<digest:digest>", views.picture, name="picture"),
    path("healthz", views.health, name="health"),
]
