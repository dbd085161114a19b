"""Redirect: an old path of a page; it also covers every path below it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from pages.models.site_counter import SiteWideModel, SiteWideQuerySet

validate_old_path = RegexValidator(
    r"\A[^/\x00-\x1f\x7f?#]+(?:/[^/\x00-\x1f\x7f?#]+)*\Z",
    _("A path consists of names separated by slashes, such as privacy-policy or legal/terms."),
)


def _slash_positions(path: str) -> list[int]:
    return [index for index, character in enumerate(path) if character == "/"]


class RedirectQuerySet(SiteWideQuerySet):
    def covering(self, path: str):
        """Return the redirects from a path and from its parents, the longest old path first.

        The last one is that of a home page that moved: its old path is empty.
        """
        # The path can come from any request. Parts that are longer than any old path are not looked up.
        max_length = self.model._meta.get_field("old_path").max_length
        ends = [end for end in (*_slash_positions(path[: max_length + 1]), len(path)) if 0 < end <= max_length]
        # PostgreSQL rejects NUL characters in text.
        paths = [path[:end] for end in ends] if "\0" not in path else []
        return self.filter(old_path__in=["", *paths] if paths else []).order_by(Length("old_path").desc())


class Redirect(SiteWideModel):
    """An old path that external links may still use. It refers to the page, so it still works after another move."""

    old_path = models.CharField(
        _("old path"),
        max_length=1000,
        unique=True,
        validators=[validate_old_path],
        help_text=_("Without the language, and without slashes at the ends. Covers everything below it as well."),
    )
    page = models.ForeignKey("pages.Page", models.CASCADE, related_name="redirects", verbose_name=_("page"))
    language = models.CharField(
        _("language"),
        max_length=20,
        blank=True,
        help_text=_(
            "Leads to the page in this language, unless the address names one. Empty: in the default language."
        ),
    )

    objects = RedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["old_path"]

    def __str__(self):
        return f"/{self.old_path}/" if self.old_path else "/"
