"""The addresses of a static copy, in groups that show the same texts.

They are candidates: the application decides what it answers at each. Addresses that only links lead to, such as some
comparisons, are added when the links are read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from pages.languages import served_languages
from pages.models import Page, Redirect, Version, VersionText
from pages.presentation.page_lists import PAGES_PER_LIST, VERSIONS_PER_PAGE
from pages.public.machine_readable.sitemaps import part_count

# Where web servers look for the page of their errors 404, and, with a slash, an address of no page: at the root, a slug
# has no dot.
NOT_FOUND = "404.html"
# What the application answers to a query or to any of countless addresses.
DYNAMIC_NAMES = frozenset({"as-of", "changes", "health", "ready"})


@dataclass(frozen=True)
class AddressGroup:
    """Addresses that are asked for together, because the application reads the same texts for them.

    Comparisons are added when a link of the group leads to one below `comparisons`.
    """

    name: str
    addresses: tuple[str, ...]
    comparisons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    """What of a page decides which addresses it has."""

    path: str
    urls: dict[str, str]
    is_public: bool
    is_withdrawn: bool
    has_upcoming: bool
    # The languages of the texts of each version, by its number.
    languages: Mapping[int, set[str]]


def address_groups(at: datetime) -> list[AddressGroup]:
    """Return the candidates at a time: the site as a whole, each page, pictures and old addresses of pages."""
    pages = _published_pages(at)
    return [
        AddressGroup(name="site", addresses=tuple(_site_addresses(pages))),
        *(_page_group(page) for page in pages),
        AddressGroup(name="pictures", addresses=tuple(_picture_addresses())),
        AddressGroup(name="redirects", addresses=tuple(dict.fromkeys(_old_addresses(pages)))),
    ]


def language_prefix(language: str) -> str:
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def _page_group(page: PublishedPage) -> AddressGroup:
    comparisons = tuple(f"{url}compare/" for url in page.urls.values())
    return AddressGroup(f"page:{page.path}", tuple(page_addresses(page)), comparisons)


def page_addresses(page: PublishedPage) -> Iterator[str]:
    """Yield the addresses of a page in each language."""
    for language, url in page.urls.items():
        yield from (f"{url}{suffix}" for suffix in _suffixes(page, language))


def _suffixes(page: PublishedPage, language: str) -> Iterator[str]:
    numbers = sorted(page.languages)
    # At the addresses of a withdrawn page the application says so.
    if page.is_public or page.is_withdrawn:
        # The address of the home page and that of its feed belong to the site.
        yield from ("", "feed.atom") if page.path else ()
        yield "_print/"
        if page.is_withdrawn or any(language in languages for languages in page.languages.values()):
            yield "index.md"
    if page.has_upcoming or page.is_withdrawn:
        yield "upcoming/"
    yield from ("history/", "history.json")
    yield from (f"history/{number}/" for number in range(2, -(-len(numbers) // VERSIONS_PER_PAGE) + 1))
    for number in numbers:
        yield f"v/{number}/"
        if language in page.languages[number]:
            yield f"v/{number}/index.md"
        if number > 1:
            yield f"compare/{number - 1}...{number}/"


def _published_pages(at: datetime) -> list[PublishedPage]:
    """Return the pages with a published version, in the order of their paths."""
    published = Page.objects.filter(pk__in=Version.objects.order_by().values("page")).order_by("path")
    public, withdrawn = _keys(Page.objects.public(at)), _keys(Page.objects.withdrawn(at))
    upcoming = set(Version.objects.upcoming(at).order_by().values_list("page", flat=True))
    texts = _text_languages()
    return [
        PublishedPage(
            path=path,
            urls=_urls(path, dict.fromkeys([*served_languages(), *sorted(set().union(*texts[key].values()))])),
            is_public=key in public,
            is_withdrawn=key in withdrawn,
            has_upcoming=key in upcoming,
            languages=texts[key],
        )
        for key, path in published.values_list("pk", "path")
    ]


def _text_languages() -> dict[int, dict[int, set[str]]]:
    """Return the languages of the texts of each version, by page and number."""
    texts: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = VersionText.objects.order_by().values_list("version__page", "version__number", "language")
    for page, number, language in rows.iterator():
        texts[page][number].add(language)
    return texts


def _keys(pages: QuerySet[Page]) -> set[int]:
    return set(pages.order_by().values_list("pk", flat=True))


def _site_addresses(pages: Iterable[PublishedPage]) -> Iterator[str]:
    listed = sum(page.is_public and bool(page.path) for page in pages)
    unserved = {language for page in pages for language in page.urls} - set(served_languages())
    for language in [*served_languages(), *sorted(unserved)]:
        prefix = language_prefix(language)
        yield from (prefix, f"{prefix}feed.atom")
        yield from (f"{prefix}list.{number}/" for number in range(2, -(-listed // PAGES_PER_LIST) + 1))
    yield from (f"{language_prefix(language)}{NOT_FOUND}/" for language in served_languages())
    yield from ("/robots.txt", "/sitemap.xml", "/publication-log.json")
    parts = part_count(sum(page.is_public for page in pages))
    # Otherwise nothing leads to them.
    yield from (f"/sitemap-{number}.xml" for number in range(1, parts + 1) if parts > 1)


def _picture_addresses() -> Iterator[str]:
    pictures = VersionText.objects.exclude(pictures={}).order_by().values_list("pictures", flat=True)
    digests = {digest for by_reference in pictures for digest in by_reference.values()}
    yield from (f"/media/{digest}" for digest in sorted(digests))


def _old_addresses(pages: Iterable[PublishedPage]) -> Iterator[str]:
    """Yield the addresses of pages with the old path of the page, or of a page above it, instead of the present one."""
    for redirect in Redirect.objects.select_related("page").only("old_path", "page__path"):
        above = f"{redirect.page.path}/".lstrip("/")
        for page in pages:
            if f"{page.path}/".startswith(above):
                old_path = f"{redirect.old_path}/{page.path.removeprefix(redirect.page.path).lstrip('/')}".rstrip("/")
                yield from page_addresses(replace(page, path=old_path, urls=_urls(old_path, page.urls)))


def _urls(path: str, languages: Iterable[str]) -> dict[str, str]:
    """Return the URLs of a path; in a language that is no longer served its code comes before the default URL."""
    page, served = Page(path=path), served_languages()
    default = page.url_in(settings.LANGUAGE_CODE)
    return {code: page.url_in(code) if code in served else f"/{code}{default}" for code in languages}
