"""Page: a node in the page tree, and the editors' draft of its text."""

import uuid
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField
from modeltranslation.utils import build_localized_fieldname

from pages.languages import served_or_default
from pages.models.publication_record import PublicationRecord
from pages.models.text_columns import TextColumns
from pages.models.version import Version, highest_in_force
from pages.text.fields import FIELD_NAMES, Fields

MAX_PATH_LENGTH = 1000
MAX_REVIEW_MONTHS, MAX_NOTICE_DAYS = 120, 365
# The characters that `reverse` leaves as they are (RFC 3986, section 3.3).
URL_SAFE = "!$&'()*+,;=/~:@"


def text_field(name: str, language: str) -> str:
    """Return the name of the column or form field that holds a field in a language: `body_zh_hans`."""
    return build_localized_fieldname(name, language)


def text_fields(language: str, *, prefix: str = "") -> dict[str, str]:
    """Return the column, or form field, of each field of a text in a language, by the field's name."""
    return {name: text_field(f"{prefix}{name}", language) for name in FIELD_NAMES}


def draft_columns(text: Fields, language: str) -> dict[str, str]:
    """Return the values of a draft's columns in a language, by column."""
    # By column name: modeltranslation's bare attributes depend on the active language.
    return {column: getattr(text, name) for name, column in text_fields(language).items()}


def page_url(path: str, language: str) -> str:
    """Return the URL of a page in a language. If it is not served, only the URLs of versions below it show anything."""
    return _cached_url(path, language, settings.LANGUAGE_CODE)


@lru_cache(maxsize=4096)
def _cached_url(path: str, language: str, default_language: str) -> str:
    home = _home_url(language, default_language)
    # As `reverse` writes it, twenty times as fast: lists, sitemaps and logs name all pages.
    return f"{home}{quote(path, safe=URL_SAFE)}/" if path else home


@lru_cache(maxsize=256)
def _home_url(language: str, _default_language: str) -> str:
    # Which language has no prefix depends on the default one, so it is part of the key.
    with override(language):
        return reverse("home")


class PageQuerySet(models.QuerySet):
    def get_locked(self, key):
        """Return a page, locked until the transaction ends. Its draft, a column per field and language, is not read."""
        columns = ("uuid", "parent", "slug", "path", "weight", "source_language")
        columns += ("review_by", "review_months", "notice_days")
        return self.select_for_update().only(*columns).get(pk=key)

    def public(self, at):
        """Return the pages that have a version in force at a time and are not withdrawn."""
        # If any version is effective and not cancelled, one is in force; which one does not matter here.
        effective = Version.objects.filter(page=models.OuterRef("pk"), effective_at__lte=at).not_cancelled(at)
        return self.filter(models.Exists(effective), ~models.Exists(self._active_withdrawals(at)))

    def withdrawn(self, at):
        """Return the pages that were withdrawn by a time and not brought back."""
        return self.filter(models.Exists(self._active_withdrawals(at)))

    def with_public_status(self, at):
        """Annotate what readers may see at a time.

        That is the key of the `version_in_force`, `is_withdrawn`, the number of the `newest` version, and when an
        upcoming one `changes_at`.
        """
        versions = Version.objects.filter(page=models.OuterRef("pk"))
        newest = versions.order_by("-number").values("number")[:1]
        upcoming = versions.upcoming(at).order_by("effective_at").values("effective_at")[:1]
        return self.annotate(
            version_in_force=models.Subquery(highest_in_force(models.OuterRef("pk"), at)),
            is_withdrawn=models.Exists(self._active_withdrawals(at)),
            newest=models.Subquery(newest),
            changes_at=models.Subquery(upcoming),
        )

    @staticmethod
    def _active_withdrawals(at):
        return PublicationRecord.objects.active_withdrawals(at).filter(page=models.OuterRef("pk"))

    def in_sibling_order(self):
        """Order pages by weight, then by path, as siblings in the tree. A weight of 0 comes last, as in Hugo."""
        unweighted = models.Case(models.When(weight=0, then=1), default=0, output_field=models.IntegerField())
        return self.order_by(unweighted, "weight", "path")


class Page(TextColumns):
    """A policy: its position in the tree, and the draft that editors work on. Readers see versions, never the draft."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent page")
    )
    slug = models.CharField(_("slug"), max_length=200, blank=True, help_text=_("The last part of the page's address."))
    path = models.CharField(_("path"), max_length=MAX_PATH_LENGTH, unique=True, editable=False)
    weight = models.IntegerField(
        _("weight"), default=0, help_text=_("Sorts the page among its siblings: lower weights first, 0 comes last.")
    )
    source_language = models.CharField(
        _("source language"), max_length=20, help_text=_("The language that translations are made from.")
    )
    review_by = models.DateField(
        _("review by"), null=True, blank=True, help_text=_("The date by which this page should be reviewed.")
    )
    review_months = models.PositiveSmallIntegerField(
        _("review period"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_REVIEW_MONTHS)],
        help_text=_("In months: after a review, the next one is due that much later. Empty: it is asked each time."),
    )
    notice_days = models.PositiveSmallIntegerField(
        _("notice period"),
        default=0,
        validators=[MaxValueValidator(MAX_NOTICE_DAYS)],
        help_text=_("In days: how long before it comes into force readers are told of a major change. 0: no period."),
    )
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
            ("review_page", _("Can record that a page was reviewed")),
        ]
        # What lists read of all pages: the rows themselves are long, because they hold the drafts.
        indexes = [
            models.Index(fields=["weight", "path", "parent", "source_language", "review_by"], name="page_in_lists")
        ]

    def __str__(self):
        return f"/{self.path}/" if self.path else "/"

    def get_absolute_url(self):
        """Return the URL in the active language, or in the default one if the active one is only that of the admin."""
        return page_url(self.path, served_or_default(get_language()))

    def url_in(self, language: str) -> str:
        return page_url(self.path, language)

    def version_url(self, number: int, language: str) -> str:
        """Return the permanent URL of a version's text in a language, served or not."""
        return f"{self.url_in(language)}v/{number}/"

    def draft_text(self, language: str) -> dict[str, str]:
        """Return the draft's fields in a language by name, without the language's suffix. NULL becomes ""."""
        return {name: getattr(self, column) or "" for name, column in text_fields(language).items()}
