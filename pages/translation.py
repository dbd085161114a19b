"""Which fields exist once per language (the file's name is fixed by django-modeltranslation)."""

from modeltranslation.translator import TranslationOptions, register

from pages.models import Link, LinkGroup, Page, SiteSettings
from pages.models.page import TEXT_FIELDS


@register(Page)
class PageTranslation(TranslationOptions):
    """The working copy has a column for each language that can be stored."""

    fields = TEXT_FIELDS


@register(SiteSettings)
class SiteSettingsTranslation(TranslationOptions):
    """The site's words have one too."""

    fields = ("name", "notice", "licence_name")


@register(LinkGroup)
class LinkGroupTranslation(TranslationOptions):
    """A group is named in each language."""

    fields = ("title",)


@register(Link)
class LinkTranslation(TranslationOptions):
    """A link is named in each language; its target is one."""

    fields = ("label",)
