"""LinkGroup: links that stand together, in the top bar or in the footer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.shown_everywhere import ShownEverywhere


class Place(models.TextChoices):
    """Where a group stands."""

    TOP = "top", _("top bar")
    FOOTER = "footer", _("footer")


class LinkGroup(ShownEverywhere):
    """A heading with links below it; a group in a group is a part of it."""

    place = models.CharField(_("place"), max_length=10, choices=Place.choices, default=Place.FOOTER)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    title = models.CharField(_("title"), max_length=100, blank=True)
    weight = models.PositiveIntegerField(_("weight"), default=0)

    class Meta:
        verbose_name = _("group of links")
        verbose_name_plural = _("groups of links")
        ordering = ["place", "weight", "pk"]

    def __str__(self):
        columns = (name for name in self.__dict__ if name.startswith("title_"))
        named = next((self.__dict__[name] for name in columns if self.__dict__[name]), "")
        return named or str(self.get_place_display())
