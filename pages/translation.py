"""Which fields have a column per language; django-modeltranslation requires this module name."""

from modeltranslation.translator import TranslationOptions, register

from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.text.fields import FIELD_NAMES


@register(Page)
class PageTranslation(TranslationOptions):
    fields = FIELD_NAMES


@register(SiteSettings)
class SiteSettingsTranslation(TranslationOptions):
    fields = ("name", "notice", "licence_name", "language_name")


@register(LinkGroup)
class LinkGroupTranslation(TranslationOptions):
    fields = ("title",)


@register(Link)
class LinkTranslation(TranslationOptions):
    fields = ("label",)
