"""What readers see of texts and pictures that were redacted."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from pages.languages import LocalizedText, interface_language
from pages.models import Blob


def shown_title(title: str) -> str:
    """Return a title, or what stands in for that of a redacted text: any other text has one."""
    return title or _("Redacted text")


def localized_title(title: str, language: str) -> LocalizedText:
    """Return the title of a text in a language, or what stands in for that of a redacted text."""
    return LocalizedText(shown_title(title), language if title else interface_language())


def has_redacted_pictures(pictures: Mapping[str, str]) -> bool:
    """Tell whether nothing is left of one of the pictures, given their digests by reference."""
    return bool(pictures) and Blob.objects.filter(pk__in=pictures.values(), content=None).exists()
