"""Link: an entry of the top bar or the footer."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.link_group import LinkGroup
from pages.models.shown_everywhere import ShownEverywhere

# Nothing that a browser would run or read from the reader's machine.
WEB_ADDRESS = RegexValidator(
    r"\A(?:https?://[^\s/]|mailto:|tel:)[^\s]*\Z",
    _("An address begins with https://, http://, mailto: or tel:."),
)


class Link(ShownEverywhere):
    """A name with a target: a page of this site, or an address; without either it is plain text."""

    group = models.ForeignKey(LinkGroup, models.CASCADE, related_name="links", verbose_name=_("group"))
    label = models.CharField(_("label"), max_length=100, blank=True)
    page = models.ForeignKey(
        "pages.Page", models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("page")
    )
    url = models.CharField(_("address"), max_length=500, blank=True, validators=[WEB_ADDRESS])
    weight = models.PositiveIntegerField(_("weight"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["group", "weight", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(page__isnull=True) | models.Q(url=""), name="link_has_one_target")
        ]

    def __str__(self):
        return f"{self.group_id} {self.pk}"
