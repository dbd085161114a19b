"""Page: a place in the tree, and the editors' working copy."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from markdownx.models import MarkdownxField
from modeltranslation.utils import build_localized_fieldname

from pages.models.publication_record import PublicationRecord
from pages.models.version import Version

TEXT_FIELDS = ("title", "link_title", "description", "body")


def text_field(name: str, language: str) -> str:
    """Return the name of the column that holds a field of the working copy in a language."""
    return build_localized_fieldname(name, language)


class PageQuerySet(models.QuerySet):
    """Which pages there are to see."""

    def public(self, at):
        """Return the pages that have a version in force at the moment, and are not withdrawn."""
        # Where any version stands whose moment has come, one is in force: which of them need not be asked.
        standing = Version.objects.filter(page=models.OuterRef("pk"), effective_at__lte=at).not_cancelled(at)
        return self.filter(models.Exists(standing), ~models.Exists(self._withdrawing(at)))

    def withdrawn(self, at):
        """Return the pages that were withdrawn by the moment and not brought back."""
        return self.filter(models.Exists(self._withdrawing(at)))

    @staticmethod
    def _withdrawing(at):
        return PublicationRecord.objects.active_withdrawals(at).filter(page=models.OuterRef("pk"))

    def in_tree_order(self):
        """Order siblings by weight, then by path; a weight of 0 comes last, as Hugo has it."""
        unweighted = models.Case(models.When(weight=0, then=1), default=0, output_field=models.IntegerField())
        return self.order_by(unweighted, "weight", "path")


class Page(models.Model):
    """A policy: where it stands, and the text that editors work on. Readers see versions, never this text."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent page")
    )
    slug = models.CharField(_("slug"), max_length=200, blank=True, help_text=_("The last part of the page's address."))
    path = models.CharField(_("path"), max_length=1000, unique=True, editable=False)
    weight = models.PositiveIntegerField(
        _("weight"), default=0, help_text=_("Orders a page among its siblings: lighter ones first, 0 last.")
    )
    source_language = models.CharField(
        _("source language"), max_length=20, help_text=_("The language that translations are made from.")
    )
    review_by = models.DateField(
        _("review by"), null=True, blank=True, help_text=_("A day by which somebody should read this page again.")
    )
    title = models.CharField(_("title"), max_length=300, blank=True)
    link_title = models.CharField(
        _("link title"), max_length=300, blank=True, help_text=_("A shorter title for menus, if one is needed.")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("One sentence for lists and search."))
    body = MarkdownxField(_("text"), blank=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["path"]
        permissions = [
            ("publish_page", _("Can publish page")),
            ("withdraw_page", _("Can withdraw page and bring it back")),
            ("move_page", _("Can move page")),
        ]

    def __str__(self):
        return f"/{self.path}/" if self.path else "/"

    def get_absolute_url(self):
        """Return the address in the language that is active."""
        return reverse("page", args=[self.path]) if self.path else reverse("home")

    def url_in(self, language: str) -> str:
        """Return the address in a served language."""
        with override(language):
            return self.get_absolute_url()

    def draft_text(self, language: str) -> dict[str, str]:
        """Return the working copy's fields in a language, by their untranslated names; "" where there is none."""
        return {name: getattr(self, text_field(name, language)) or "" for name in TEXT_FIELDS}
