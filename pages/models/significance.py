"""How much a change of a text matters to readers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Significance(models.TextChoices):
    """Whether readers need to know about a change (major) or not (minor)."""

    MAJOR = "major", _("major change")
    MINOR = "minor", _("minor change")
    UNCHANGED = "unchanged", _("unchanged")
