"""Comparisons of many pairs of versions, read together: only what changed between their texts."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from pages.languages import text_for
from pages.models import VersionText
from pages.models.page import page_url
from pages.models.version_text import VersionTextQuerySet
from pages.presentation.comparison.text_comparison import TextComparison, read_sources
from pages.presentation.comparison.version_comparison import version_text, with_redaction
from pages.presentation.public_tree import TreeRow


class NumberPair(NamedTuple):
    """The numbers of two versions of a page."""

    page: TreeRow
    older: int
    newer: int


def read_text_pairs(pairs: Sequence[NumberPair], language: str, root: str) -> list[TextComparison]:
    """Return the texts of pairs of versions in the reader's language, or else in one that either version has.

    `root` is the origin of the site, for absolute addresses of links and pictures.
    """
    texts = _read_texts(pairs, language)
    read = [_pair(pair, texts, language, root) for pair in pairs]
    read_sources(read)
    return read


def _read_texts(pairs: Sequence[NumberPair], language: str) -> Mapping[tuple[int, int], dict[str, VersionText]]:
    """Return texts by page, number and language: those in other languages only for pairs that have no others."""
    languages = {language, *(pair.page.source_language for pair in pairs)}
    texts = _by_version(_texts_of(pairs).filter(language__in=languages)) if pairs else {}
    others = [pair for pair in pairs if not any((pair.page.key, number) in texts for number in pair[1:])]
    return {**texts, **_by_version(_texts_of(others))} if others else texts


def _texts_of(pairs: Iterable[NumberPair]) -> VersionTextQuerySet:
    versions = (Q(version__page=page.key, version__number__in=numbers) for page, *numbers in pairs)
    texts = VersionText.objects.filter(reduce(or_, versions)).select_related("version", "revision").order_by()
    return with_redaction(texts)


def _by_version(texts: Iterable[VersionText]) -> dict[tuple[int, int], dict[str, VersionText]]:
    by_version: dict[tuple[int, int], dict[str, VersionText]] = {}
    for text in texts:
        by_version.setdefault((text.version.page_id, text.version.number), {})[text.language] = text
    return by_version


def _pair(
    pair: NumberPair, texts: Mapping[tuple[int, int], dict[str, VersionText]], language: str, root: str
) -> TextComparison:
    page, base_url = pair.page, f"{root}{page_url(pair.page.path, language)}"
    older, newer = (texts.get((page.key, number), {}) for number in (pair.older, pair.newer))
    text_language = text_for({**older, **newer}, language, page.source_language).language
    before, after = (version_text(texts.get(text_language), base_url, root) for texts in (older, newer))
    return TextComparison(before, after, text_language)
