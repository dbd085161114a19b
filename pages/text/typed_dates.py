"""Dates that somebody typed into a text as the date of its last change: the site derives that date itself."""

import re

# Words that announce such a date, each followed on the same line by a year. At both ends stands no `\b`, for which the
# underscores of Markdown's emphasis are letters.
_ANNOUNCED = re.compile(
    r"^.{0,20}?(?<![^\W_])(?:last\s+(?:updated|modified|revised|changed)|effective\s+(?:date|as\s+of)|"
    r"(?:последнее|дата)\s+(?:последнего\s+)?(?:обновлени[ея]|изменени[ея])|"
    r"(?:последн(?:ий|яя)\s+)?(?:обновлено|изменено|редакция\s+от))\b.{0,40}?\b(?:19|20)\d\d(?![^\W_]).{0,10}$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"[*_#>]+")


def typed_dates(body: str) -> tuple[str, ...]:
    """Return the lines of a Markdown body that state by hand when it last changed, without their markup."""
    return tuple(_MARKUP.sub("", found[0]).strip(" -\t") for found in _ANNOUNCED.finditer(body))
