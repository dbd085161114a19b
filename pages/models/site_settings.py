"""SiteSettings: the site's name, notice, licence and issue trackers."""

from urllib.parse import unquote, urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from pages.models.links import validate_web_address
from pages.models.site_counter import SiteWideModel


class SiteSettings(SiteWideModel):
    """Settings shown on every page. There is exactly one row."""

    name = models.CharField(_("site name"), max_length=100, blank=True)
    logo = models.ForeignKey(
        "pages.Picture", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    # In CSS pixels, as it is shown.
    logo_width = models.PositiveSmallIntegerField(_("width of the logo"), default=0)
    logo_height = models.PositiveSmallIntegerField(_("height of the logo"), default=0)
    notice = models.TextField(
        _("notice"), blank=True, help_text=_("Shown at the top of every page; leave empty to show nothing. Plain text.")
    )
    licence_name = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("The name of the licence of the texts.")
    )
    licence_url = models.CharField(
        _("address of the licence"), max_length=500, blank=True, validators=[validate_web_address]
    )
    documentation_tracker = models.CharField(
        _("documentation tracker"),
        max_length=500,
        blank=True,
        validators=[validate_web_address],
        help_text=_("The address for a new issue on the texts; the page's title is filled in."),
    )
    project_tracker = models.CharField(
        _("project tracker"),
        max_length=500,
        blank=True,
        validators=[validate_web_address],
        help_text=_("The address for a new issue on the project."),
    )

    language_name = models.CharField(
        _("name of the language"),
        max_length=100,
        blank=True,
        help_text=_("What the language menu calls this language. Leave empty to use its usual name."),
    )
    original_address = models.CharField(
        _("address of the original site"),
        max_length=500,
        blank=True,
        validators=[validate_web_address],
        help_text=_("Where the imported texts were published. What is below its path redirects to the pages here."),
    )

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="site_settings_single_row")]

    def __str__(self):
        return str(_("Site settings"))

    @property
    def original_path(self) -> str:
        """The path of the original site's address, without slashes at its ends."""
        return unquote(urlsplit(self.original_address).path).strip("/")

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)
