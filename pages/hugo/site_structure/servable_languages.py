"""Which language of this site a language of the source could be, if the site cannot serve it under its own code."""

from collections.abc import Collection, Iterator

# Codes that are no longer in use, that mean several languages, or whose region tells the script.
_RELATIVES = {
    "no": "nb",
    "nn": "nb",
    "iw": "he",
    "in": "id",
    "mo": "ro",
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-my": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
}


def find_relative(language: str, servable: Collection[str]) -> str:
    """Return the language out of those that can be served that comes closest; empty if none does."""
    return next((code for code in _relatives(language) if code in servable and code != language), "")


def _relatives(language: str) -> Iterator[str]:
    while language:
        yield language
        if language in _RELATIVES:
            yield _RELATIVES[language]
        language = language.rpartition("-")[0]
