"""Primary keys that come as text: from a URL, a query string or a form."""


def parse_key(text: str) -> int | None:
    """Return the primary key in the text, or None if it cannot be one."""
    # `isdecimal()` alone accepts digits of other scripts. `int()` refuses thousands of digits, and some lookups (`in`)
    # refuse numbers over 64 bits; 18 digits are always within both limits.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
