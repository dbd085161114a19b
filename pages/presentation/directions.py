"""Which way a language is read."""

from django.utils.translation import get_language_info


def direction(language: str) -> str:
    """Return `rtl` or `ltr`; a language that Django does not know is read from left to right."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"
