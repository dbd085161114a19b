"""LinkGroup and Link: the links in the top bar and the footer."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.site_counter import SiteWideModel

# No schemes that run code or read local files, such as javascript: and file:.
validate_web_address = RegexValidator(
    r"\A(?:https?://[^\s/]|mailto:|tel:)[^\s]*\Z",
    _("An address begins with https://, http://, mailto: or tel:."),
)


class LinkPosition(models.TextChoices):
    TOP = "top", _("top bar")
    FOOTER = "footer", _("footer")


def _first_translation(row: models.Model, name: str) -> str:
    # By column: modeltranslation's attribute without a suffix is that of the active language, which can be empty.
    columns = (column for column in row.__dict__ if column.startswith(f"{name}_"))
    return next((row.__dict__[column] for column in columns if row.__dict__[column]), "")


class LinkGroup(SiteWideModel):
    """A heading with links below it. Groups can be nested."""

    position = models.CharField(_("position"), max_length=10, choices=LinkPosition.choices, default=LinkPosition.FOOTER)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="subgroups", verbose_name=_("part of")
    )
    title = models.CharField(_("title"), max_length=100, blank=True)
    weight = models.PositiveIntegerField(_("weight"), default=0)

    class Meta:
        verbose_name = _("group of links")
        verbose_name_plural = _("groups of links")
        ordering = ["position", "weight", "pk"]

    def __str__(self):
        return _first_translation(self, "title") or str(self.get_position_display())


class Link(SiteWideModel):
    """A label that links to a page of this site or to a URL. Without either it is plain text."""

    group = models.ForeignKey(LinkGroup, models.CASCADE, related_name="links", verbose_name=_("group"))
    label = models.CharField(_("label"), max_length=100, blank=True)
    page = models.ForeignKey(
        "pages.Page", models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("page")
    )
    url = models.CharField(_("address"), max_length=500, blank=True, validators=[validate_web_address])
    weight = models.PositiveIntegerField(_("weight"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["group", "weight", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(page__isnull=True) | models.Q(url=""), name="link_single_target")
        ]

    def __str__(self):
        return _first_translation(self, "label") or self.url
