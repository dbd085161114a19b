"""The text in the form of a new page: an example of how a policy is built, which nobody may publish."""

from functools import cache

from django.utils.translation import gettext, gettext_lazy, override

from pages.languages import has_complete_catalogue, served_languages
from pages.text.fields import Fields
from pages.text.source import normalise, unify_newlines

_TITLE = gettext_lazy("New policy")
_BODY = gettext_lazy("Describe this policy in one sentence.\n\n## First section\n\nText.")


@cache
def starter_text(language: str) -> Fields:
    """Return the starter text in a language; an empty one if the interface is not translated into it."""
    if not has_complete_catalogue(language):
        return Fields()
    with override(language):
        return Fields(title=str(_TITLE), body=str(_BODY))


def is_starter_text(text: Fields, language: str) -> bool:
    """Tell whether nobody has changed the starter text of a language."""
    starter = starter_text(language)
    return not starter.is_blank and normalise(text) == normalise(starter)


def find_starter_line(title: str, body: str) -> str:
    """Return a line of a text that is still one of the starter text, in any language; "" if there is none.

    A policy may have one of its words, so only the title, the first sentence and the whole example section count.
    """
    starters = _starter_parts(frozenset({"en", *served_languages()}))
    if title.strip() in {starter_title for starter_title, _parts in starters}:
        return title.strip()
    text = f"\n{unify_newlines(body)}\n"
    kept = (part for _title, parts in starters for part in parts if f"\n{part}\n" in text)
    return next(kept, "").partition("\n")[0]


@cache
def _starter_parts(languages: frozenset[str]) -> list[tuple[str, list[str]]]:
    """Return the title, and the first sentence and the example section, of each starter text."""
    texts = [text for text in map(starter_text, sorted(languages)) if not text.is_blank]
    return [(text.title, text.body.split("\n\n", 1)) for text in texts]


def describe_starter_line(line: str) -> str:
    """Return why a text with a line of the starter text is not published."""
    return gettext("“%(line)s” is from the starter text of a new page: replace it by your own text.") % {"line": line}
