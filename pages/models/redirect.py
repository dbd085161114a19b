"""Redirect: a path that a page once had; what lies below it goes along."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from pages.models.site_counter import SiteWideModel, SiteWideQuerySet

OLD_PATH = RegexValidator(
    r"\A[^/\x00-\x1f\x7f?#]+(?:/[^/\x00-\x1f\x7f?#]+)*\Z",
    _("A path is made of names with slashes between them, such as privacy-policy or legal/terms."),
)


def _slashes_in(path: str) -> list[int]:
    return [place for place, character in enumerate(path) if character == "/"]


class RedirectQuerySet(SiteWideQuerySet):
    """Ways from an old address."""

    def covering(self, path: str):
        """Return the redirects of a path and of the paths above it, the longest first.

        Any address that somebody asks for may be given: what could be no old path is not looked for.
        """
        longest = self.model._meta.get_field("old_path").max_length
        ends = [end for end in (*_slashes_in(path[: longest + 1]), len(path)) if 0 < end <= longest]
        # PostgreSQL takes no NUL in a text.
        above = [path[:end] for end in ends] if "\0" not in path else []
        return self.filter(old_path__in=above).order_by(Length("old_path").desc())


class Redirect(SiteWideModel):
    """An address that outside links may still have. It names the page, so it follows wherever that goes next."""

    old_path = models.CharField(
        _("old path"),
        max_length=1000,
        unique=True,
        validators=[OLD_PATH],
        help_text=_("Without the language and without slashes at its ends. What lies below it is covered as well."),
    )
    page = models.ForeignKey("pages.Page", models.CASCADE, related_name="redirects", verbose_name=_("page"))

    objects = RedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["old_path"]

    def __str__(self):
        return f"/{self.old_path}/"
