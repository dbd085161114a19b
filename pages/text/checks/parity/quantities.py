"""Numbers, periods, dates and amounts of a text, in a form that does not depend on its language."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pages.text.checks.parity.words import CURRENCIES, MONTHS, NUMBER_WORDS, PERCENT, UNITS


class Quantity(NamedTuple):
    """A number, period, date or amount: its kind, its canonical form, its number, and as the text has it."""

    kind: str
    key: str
    number: str
    text: str


def _alternatives(words: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# Groups of three digits are separated by a space of any kind, a comma, a point or an apostrophe.
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}){1,6}(?!\d)|\d{1,3}(?:[,.'’]\d{3}){1,6}(?!\d)"
_DIGITS = rf"(?:{_GROUPED}|\d+)(?:[.,]\d+)?"
_WORDS = rf"(?<!\w)(?:{_alternatives(NUMBER_WORDS)})(?!\w)"
_MONTH = rf"(?:{_alternatives(MONTHS)})"
_SPACE = r"[ \u00a0\u202f-]{0,3}"
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<!\w)(?:(?P<iso>(?P<iy>{_YEAR})-(?P<im>\d\d)-(?P<id>\d\d))"
    rf"|(?P<dd>\d\d?)[./](?P<dm>\d\d?)[./](?P<dy>{_YEAR})"
    rf"|(?P<d1>\d\d?)(?:st|nd|rd|th)?\.?{_SPACE}(?:of{_SPACE})?(?P<m1>{_MONTH})\.?,?(?:{_SPACE}(?P<y1>{_YEAR}))?"
    rf"|(?P<m2>{_MONTH})\.?{_SPACE}(?P<d2>\d\d?)(?:st|nd|rd|th)?(?!\d)(?:,?{_SPACE}(?P<y2>{_YEAR}))?"
    rf"|(?P<m3>{_MONTH})\.?,?{_SPACE}(?P<y3>{_YEAR}))(?!\w)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:(?::(\d\d)(?::\d\d)?)(?![\d:])(?:[ \u00a0]?([ap])\.?m\b)?|[ \u00a0]?([ap])\.?m\b)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?P<before>{_alternatives(CURRENCIES)})[ \u00a0\u202f]?(?P<a1>{_DIGITS})"
    rf"|(?<![\w.,])(?P<a2>{_DIGITS})[ \u00a0\u202f]?(?P<after>{_alternatives(CURRENCIES)})(?!\w)",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    rf"(?<![\w.,])(?:(?P<digits>{_DIGITS})|(?P<word>{_WORDS}))(?:{_SPACE}\((?P<twice>\d+)\))?"
    rf"(?:{_SPACE}|[ ](?:full|calendar|business|working|полных|календарных|рабочих|календарных|next)[ ])"
    rf"(?P<unit>{_alternatives(UNITS)})(?!\w)",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(rf"(?<![\w.,])({_DIGITS})[ \u00a0\u202f]?(?:{_alternatives(PERCENT)})(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?<![\w.,/-])(?:№[ \u00a0]?)?({_DIGITS})(?:st|nd|rd|th|-?(?:[йяех]|го|му|ый|ая|ой))?(?![\w]|[.,]\d)"
)
_CANDIDATE = re.compile(r"\d+|[^\W\d_]+(?:-[^\W\d_]+)?")
# More than what can belong to a number before or after it.
_MARGIN = 40
# Means the same in words.
_ALWAYS = re.compile(r"\b24/7\b")
# Seconds and months; those of hours and days are comparable, those of months are not.
_BASE_UNITS = {
    "second": (1, "s"),
    "minute": (60, "s"),
    "hour": (3600, "s"),
    "day": (86400, "s"),
    "week": (604800, "s"),
    "month": (1, "month"),
    "year": (12, "month"),
}


def find_quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a text without markup and addresses; each part of the text belongs to one."""
    for window in _cut_windows(_ALWAYS.sub(" ", text)):
        yield from _find_in_window(window)


def _cut_windows(text: str) -> Iterator[str]:
    """Yield the parts of a text around digits and words for numbers. Searching all of it takes ten times as long."""
    start = end = 0
    for match in _CANDIDATE.finditer(text):
        if not match[0].isdigit() and match[0].lower() not in NUMBER_WORDS:
            continue
        if match.start() - _MARGIN > end:
            yield text[start:end]
            start = max(end, _find_gap(text, match.start() - _MARGIN))
        end = max(match.end(), _find_gap(text, match.end() + _MARGIN))
    yield text[start:end]


def _find_gap(text: str, position: int) -> int:
    """Return the last space before a position, or the position itself if the text has no spaces there."""
    space = text.rfind(" ", max(position - _MARGIN, 0), position)
    return position if space < 0 or position >= len(text) else space


def _find_in_window(text: str) -> Iterator[Quantity]:
    for kind, pattern, read in _READERS:
        position, rest = 0, list[str]()
        for match in pattern.finditer(text):
            if key := read(match):
                # Russian writes a year as a number with the word for years.
                is_number = kind == "period" and " " not in key
                yield Quantity("number" if is_number else kind, key, _find_number(match[0]), " ".join(match[0].split()))
                rest += (text[position : match.start()], "\n")
                position = match.end()
        text = "".join([*rest, text[position:]])


def _find_number(text: str) -> str:
    """Return the number that a quantity is written with."""
    if match := re.search(_DIGITS, text):
        return _normalise_number(match[0])
    return next((str(NUMBER_WORDS[word]) for word in re.findall(r"[\w-]+", text.lower()) if word in NUMBER_WORDS), "")


def _read_date(match: re.Match[str]) -> str:
    if match["iso"]:
        return _format_date(match["iy"], int(match["im"]), int(match["id"]))
    if match["dd"]:
        return _read_numeric_date(int(match["dd"]), int(match["dm"]), match["dy"])
    month = MONTHS[(match["m1"] or match["m2"] or match["m3"]).lower()]
    day, year = match["d1"] or match["d2"], match["y1"] or match["y2"] or match["y3"]
    return _format_date(year or "", month, int(day) if day else 0)


def _read_numeric_date(first: int, second: int, year: str) -> str:
    # Of 05/06/2024 nobody knows which is the month: the order of the two does not count.
    low, high = sorted((first, second))
    return _format_date(year, low, high) if low <= 12 and high <= 31 else ""


def _format_date(year: str, month: int, day: int) -> str:
    if day and day <= 12:
        month, day = sorted((month, day))
    return f"{year}-{month}-{day}" if day <= 31 else ""


def _read_time(match: re.Match[str]) -> str:
    hours = int(match[1])
    if half := match[3] or match[4]:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    return f"{hours}:{match[2] or '00'}" if hours < 25 else ""


def _read_amount(match: re.Match[str]) -> str:
    currency = CURRENCIES[(match["before"] or match["after"]).lower()]
    return f"{_normalise_number(match['a1'] or match['a2'])} {currency}"


def _read_period(match: re.Match[str]) -> str:
    number = _normalise_number(match["digits"]) if match["digits"] else str(NUMBER_WORDS[match["word"].lower()])
    return _normalise_period(number, UNITS[match["unit"].lower()])


def _normalise_period(number: str, unit: str) -> str:
    """Return a period in seconds or in months: 24 hours are a day, and 12 months a year."""
    if unit == "year" and re.fullmatch(_YEAR, number):
        return number
    factor, base = _BASE_UNITS[unit]
    return f"{float(number) * factor:g} {base}"


def _read_percentage(match: re.Match[str]) -> str:
    return f"{_normalise_number(match[1])}"


def _read_number(match: re.Match[str]) -> str:
    return f"{_normalise_number(match[1])}"


def _normalise_number(digits: str) -> str:
    """Return a number without the separators of its groups, and with a point before its fraction."""
    digits = re.sub(r"[ \u00a0\u202f\u2009'’]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    whole, _, fraction = digits.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


_READERS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("date", _DATE, _read_date),
    ("time", _TIME, _read_time),
    ("amount", _AMOUNT, _read_amount),
    ("percentage", _PERCENTAGE, _read_percentage),
    ("period", _PERIOD, _read_period),
    ("number", _NUMBER, _read_number),
)
