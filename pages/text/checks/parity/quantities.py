"""Numbers, periods, dates and amounts of a text, in a form that does not depend on its language."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pages.text.checks.parity.number_words import find_number_word, write_as_digits
from pages.text.checks.parity.words import (
    CURRENCIES,
    MONTHS,
    MULTIPLIERS,
    PERCENT,
    PERIOD_WORDS,
    SIZES,
    UNITS,
)


class Quantity(NamedTuple):
    """A number, period, date or amount: its kind, its canonical form, its number, and as the text has it."""

    kind: str
    key: str
    number: str
    text: str

    @property
    def is_in_words(self) -> bool:
        return not any(map(str.isdigit, self.text))

    @property
    def is_contradictory(self) -> bool:
        """Tell whether it is written twice, with different numbers: seven (8) days."""
        return self.key.endswith(")")

    @property
    def number_sets(self) -> list[tuple[str, ...]]:
        """Return the numbers of which it can consist where words such as those for months are not known."""
        if self.kind == "date":
            year, *others = (part.lstrip("0") for part in self.key.split("-"))
            day = self.number if self.number != year else ""
            return [tuple(filter(None, (year, *others))), tuple(filter(None, (year, day)))]
        if self.kind == "time":
            hours, minutes = self.key.split(":")
            return [(self.number,), (hours,), (hours, minutes.lstrip("0") or "0")]
        return [(self.number,)]


def _alternatives(words: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


# The digits and signs of other scripts, each for one character.
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10)
_WESTERN = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_WESTERN |= {0x66A: "%", 0x66B: ".", 0x66C: ",", 0xFF05: "%"}
_OTHER_SCRIPT = re.compile(f"[{''.join(map(chr, _WESTERN))}]")
# Letters that make a number a part of a word. In other scripts words can begin right after a number.
_LETTER = "[0-9A-Za-z_\u00aa-\u024f\u0370-\u052f]"
# Groups of three digits are separated by a space of any kind, a comma, a point or an apostrophe.
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}){1,6}(?!\d)|\d{1,3}(?:[,.'’]\d{3}){1,6}(?!\d)"
_DIGITS = rf"(?:{_GROUPED}|\d+)(?:[.,]\d+)?"
_MONTH = rf"(?:{_alternatives(MONTHS)})"
_SPACE = r"[ \u00a0\u202f-]{0,3}"
_NARROW = "[ \u00a0\u202f]?"
_YEAR = r"(?:19|20)\d\d"
_TIMES = rf"(?:{_NARROW}(?P<times>{_alternatives(MULTIPLIERS)})(?!{_LETTER}))"
_ORDINAL = r"(?:st|nd|rd|th|er|x|['’]?s|-?(?:[йяех]|го|му|ый|ая|ой|ом|ую|ые|ых))"
_DATE = re.compile(
    rf"(?<!{_LETTER})(?:(?P<iso>(?P<iy>{_YEAR})-(?P<im>\d\d)-(?P<id>\d\d))(?=T\d|(?!{_LETTER}))"
    rf"|(?:(?P<cy>{_YEAR})[年년]{_NARROW}(?P<cm>\d\d?)[月월]{_NARROW}(?P<cd>\d\d?)[日号일])"
    rf"|(?:(?P<dd>\d\d?)[./](?P<dm>\d\d?)[./](?P<dy>{_YEAR}|\d\d(?![./]))"
    rf"|(?P<d1>\d\d?)(?:{_ORDINAL})?\.?{_SPACE}(?:of{_SPACE})?(?P<m1>{_MONTH})\.?,?(?:{_SPACE}(?P<y1>{_YEAR}))?"
    rf"|(?P<m2>{_MONTH})\.?{_SPACE}(?P<d2>\d\d?)(?:st|nd|rd|th)?(?!\d)(?:,?{_SPACE}(?P<y2>{_YEAR}))?"
    rf"|(?P<m3>{_MONTH})\.?,?{_SPACE}(?P<y3>{_YEAR}))(?!{_LETTER}))",
    re.IGNORECASE,
)
_PHONE = re.compile(
    rf"(?<!{_LETTER})(?:\+\d(?:[ \u00a0()./-]{{0,2}}\d){{6,14}}"
    r"|\(?(?:8|0\d{1,4})\)?(?:[ \u00a0/-]{1,2}\(?\d{2,5}\)?){2,4})(?!\d)"
)
# Laws, addresses of machines and versions of software: the same in every language.
_REFERENCE = re.compile(
    rf"(?<!{_LETTER})(?<![./])(?:\d{{2,4}}/\d{{2,4}}(?:/\d{{2,4}})?|\d+(?:\.\d+){{2,}})(?!{_LETTER}|[./]\d)"
)
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:(?:[:h](\d\d)(?::\d\d)?)(?![\d:])(?:[ \u00a0]?([ap])\.?m\b)?|[ \u00a0]?([ap])\.?m\b"
    r"|(?:\.(\d\d))?[ \u00a0]?Uhr\b)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?P<before>{_alternatives(CURRENCIES)}){_NARROW}(?P<a1>{_DIGITS}){_TIMES.replace('times', 'times1')}?"
    rf"|(?<!{_LETTER})(?<![.,])(?P<a2>{_DIGITS}){_TIMES.replace('times', 'times2')}?{_NARROW}"
    rf"(?P<after>{_alternatives(CURRENCIES)})(?!{_LETTER})",
    re.IGNORECASE,
)
_SIZE = re.compile(rf"(?<!{_LETTER})(?<![.,])({_DIGITS}){_SPACE}({_alternatives(SIZES)})(?!{_LETTER})", re.IGNORECASE)
_WORKING = "business|working|рабочих|рабочего|рабочий"
_QUALIFIERS = rf"{_WORKING}|full|calendar|consecutive|next|полных|календарных|календарного"
_IN_BRACKETS = rf"(?:{_SPACE}\((?:(?P<again>\d+)|[^\W\d]{{2,20}}(?:[ -][^\W\d]{{2,20}})?)\))?"
_UNIT = (
    rf"{_IN_BRACKETS}(?:{_SPACE}|[ \u00a0](?P<kind>{_QUALIFIERS})[ \u00a0])"
    rf"(?P<unit>{_alternatives(UNITS)})(?!{_LETTER})"
)
_PERIOD = re.compile(rf"(?<!{_LETTER})(?<![.,])(?P<digits>{_DIGITS}){_UNIT}", re.IGNORECASE)
_PERCENTAGE = re.compile(
    rf"(?<!{_LETTER})(?<![.,])({_DIGITS}){_NARROW}(?:{_alternatives(PERCENT)})(?!{_LETTER})", re.IGNORECASE
)
_NUMBER = re.compile(
    rf"(?<!{_LETTER})(?<![.,])(?<!\d[/-])(?:№[ \u00a0]?)?(?P<digits>{_DIGITS})"
    rf"(?:{_TIMES}|(?P<ordinal>{_ORDINAL}))?(?!{_LETTER}|[.,]\d)"
)
_WORD = re.compile(r"[^\W\d_]+")
# A number in words counts if this follows.
_COUNTED = re.compile(rf"{_UNIT}|{_NARROW}(?:{_alternatives(PERCENT)})(?!{_LETTER})", re.IGNORECASE)
_CANDIDATE = re.compile(r"\d+|[^\W\d_]+(?:-[^\W\d_]+)?")
# More than what can belong to a number before or after it.
_MARGIN = 40
# Means the same in words.
_ALWAYS = re.compile(r"\b24/7\b")
# Half a year, half an hour.
_HALF = re.compile(
    r"\bhalf(?: a|-a|-| an)?[ -](year|month|hour|day)\b|\bhalbe[sn]? (jahr|stunde)\b"
    r"|\ban? (year|month|hour|day) and a half\b",
    re.IGNORECASE,
)
# Seconds and months; those of hours and days are comparable, those of months and working days are not.
_BASE_UNITS = {
    "second": (1, "s"),
    "minute": (60, "s"),
    "hour": (3600, "s"),
    "day": (86400, "s"),
    "working day": (1, "working day"),
    "week": (604800, "s"),
    "month": (1, "month"),
    "year": (12, "month"),
}


def find_quantities(text: str) -> Iterator[Quantity]:
    """Yield the quantities of a text without markup and addresses; each part of the text belongs to one."""
    western = text.translate(_WESTERN) if _OTHER_SCRIPT.search(text) else text
    western = _ALWAYS.sub(_blank, western)
    for start, end in _cut_windows(western):
        yield from _find_in_window(text[start:end], western[start:end])


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _cut_windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text around digits and words for numbers. Searching all of it takes ten times as long."""
    start = end = 0
    for match in _CANDIDATE.finditer(text):
        if not match[0].isdigit() and not _is_number_word(match[0].lower()):
            continue
        if match.start() - _MARGIN > end:
            yield start, end
            start = max(end, _find_gap(text, match.start() - _MARGIN))
        end = max(match.end(), _find_gap(text, match.end() + _MARGIN))
    yield start, end


def _is_number_word(word: str) -> bool:
    return bool(find_number_word(word)) or word in PERIOD_WORDS or word.startswith(("half", "halbe"))


def _find_gap(text: str, position: int) -> int:
    """Return the last space before a position, or the position itself if the text has no spaces there."""
    space = text.rfind(" ", max(position - _MARGIN, 0), position)
    return position if space < 0 or position >= len(text) else space


def _find_in_window(original: str, text: str) -> Iterator[Quantity]:
    """Yield the quantities of a window; `text` has the same length, with western digits."""
    text = write_as_digits(text, _COUNTED)
    for kind, pattern, read in _READERS:
        position, rest = 0, list[str]()
        for match in pattern.finditer(text):
            if key := read(match):
                shown = " ".join(original[match.start() : match.end()].split())
                yield Quantity(_name_kind(kind, key, match), key, _find_number(match[0], key), shown)
                rest += (text[position : match.start()], "\n" * len(match[0]))
                position = match.end()
        text = "".join([*rest, text[position:]])


def _name_kind(kind: str, key: str, match: re.Match[str]) -> str:
    # Russian writes a year as a number with the word for years.
    if kind == "period" and " " not in key:
        return "number"
    return "ordinal" if kind == "number" and match["ordinal"] else kind


def _find_number(text: str, key: str) -> str:
    """Return the number that a quantity is written with."""
    if match := re.search(_DIGITS, text):
        return _normalise_number(match[0])
    return key.partition(" ")[0]


def _read_date(match: re.Match[str]) -> str:
    if match["iso"] or match["cy"]:
        year, month, day = match.group("iy", "im", "id") if match["iso"] else match.group("cy", "cm", "cd")
        return _format_date(year, int(month), int(day))
    if match["dd"]:
        return _read_numeric_date(int(match["dd"]), int(match["dm"]), match["dy"])
    month = MONTHS[(match["m1"] or match["m2"] or match["m3"]).lower()]
    day, year = match["d1"] or match["d2"], match["y1"] or match["y2"] or match["y3"]
    return _format_date(year or "", month, int(day) if day else 0)


def _read_numeric_date(first: int, second: int, year: str) -> str:
    # Of 05/06/2024 nobody knows which is the month: the order of the two does not count.
    low, high = sorted((first, second))
    year = year if len(year) == 4 else f"20{year}"
    return _format_date(year, low, high) if 0 < low <= 12 and high <= 31 else ""


def _format_date(year: str, month: int, day: int) -> str:
    if day and day <= 12:
        month, day = sorted((month, day))
    return f"{year}-{month}-{day}" if day <= 31 else ""


def _read_phone(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return digits if len(digits) >= 9 or match[0].startswith("+") else ""


def _read_reference(match: re.Match[str]) -> str:
    return match[0]


def _read_time(match: re.Match[str]) -> str:
    hours = int(match[1])
    if half := match[3] or match[4]:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    return f"{hours}:{match[2] or match[5] or '00'}" if hours < 25 else ""


def _read_amount(match: re.Match[str]) -> str:
    currency = CURRENCIES[(match["before"] or match["after"]).lower()]
    times = match["times1"] or match["times2"]
    return f"{_multiply(match['a1'] or match['a2'], times)} {currency}"


def _multiply(digits: str, times: str | None) -> str:
    number = _normalise_number(digits)
    return _normalise_number(f"{float(number) * MULTIPLIERS[times.lower()]:.2f}") if times else number


def _read_size(match: re.Match[str]) -> str:
    return f"{_normalise_number(match[1])} {SIZES[match[2].lower()]}"


def _read_period(match: re.Match[str]) -> str:
    unit = UNITS[match["unit"].lower()]
    is_working = unit == "day" and re.fullmatch(_WORKING, match["kind"] or "", re.IGNORECASE)
    number = _normalise_number(match["digits"])
    key = normalise_period(number, "working day" if is_working else unit)
    # A number that is written twice, seven (7) days, can contradict itself.
    return key if match["again"] in {None, number} else f"{key} ({match['again']})"


def _read_half(match: re.Match[str]) -> str:
    return normalise_period("1.5" if match[3] else "0.5", UNITS[(match[1] or match[2] or match[3]).lower()])


def _read_period_word(match: re.Match[str]) -> str:
    number, unit = PERIOD_WORDS.get(match[0].lower(), (0, ""))
    return normalise_period(f"{number:g}", unit) if unit else ""


def normalise_period(number: str, unit: str) -> str:
    """Return a period in seconds or in months: 24 hours are a day, and 12 months a year."""
    if unit == "year" and re.fullmatch(_YEAR, number):
        return number
    factor, base = _BASE_UNITS[unit]
    return f"{float(number) * factor:g} {base}"


def _read_percentage(match: re.Match[str]) -> str:
    return f"{_normalise_number(match[1])}"


def _read_number(match: re.Match[str]) -> str:
    return _multiply(match["digits"], match["times"])


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
    ("phone", _PHONE, _read_phone),
    ("date", _DATE, _read_date),
    ("reference", _REFERENCE, _read_reference),
    ("time", _TIME, _read_time),
    ("amount", _AMOUNT, _read_amount),
    ("percentage", _PERCENTAGE, _read_percentage),
    ("size", _SIZE, _read_size),
    ("period", _PERIOD, _read_period),
    ("period", _HALF, _read_half),
    ("period", _WORD, _read_period_word),
    ("number", _NUMBER, _read_number),
)
