"""The addresses of a static copy, in groups with a key of what their answers depend on.

They are candidates: the application decides what it answers at each. Addresses that only links lead to, such as some
comparisons, are added when the links are read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings

from pages.baking.planning.keys import SiteKeys
from pages.languages import served_languages
from pages.models import Redirect, VersionText
from pages.models.page import page_url
from pages.presentation.page_lists import PAGES_PER_LIST, VERSIONS_PER_PAGE
from pages.presentation.public_tree import PublicStatus, PublicTree
from pages.public.machine_readable.sitemaps import part_count

# Where web servers look for the page of their errors 404, and, with a slash, an address of no page: at the root, a slug
# has no dot.
NOT_FOUND = "404.html"
# What the application answers to a query or to any of countless addresses.
DYNAMIC_NAMES = frozenset({"as-of", "changes", "health", "ready"})
# A database takes a limited number of parameters.
PAGES_PER_QUERY = 5000


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
    """What of a page decides which addresses it has. `languages` are those of each version's texts, by its number."""

    path: str
    urls: Mapping[str, str]
    status: PublicStatus
    languages: Mapping[int, set[str]]


PublishedPages = Mapping[int, PublishedPage]


@dataclass(frozen=True)
class PlannedGroup:
    """A group whose addresses are made when they are needed, from the published pages with the keys `pages`."""

    name: str
    key: str
    make: Callable[[PublishedPages], AddressGroup]
    pages: tuple[int, ...] = ()


def plan_groups(keys: SiteKeys) -> list[PlannedGroup]:
    """Return the groups of a state: the site as a whole, each page, pictures and old addresses of pages."""
    planned = [_plan_single(f"site:{address}", address, keys.site) for address in _site_addresses(keys.tree)]
    redirects = list(Redirect.objects.order_by("old_path").values_list("old_path", "page__path"))
    for path, key in sorted(keys.tree.by_path.items()):
        planned += _plan_page(keys, path, key)
        covering = [(old, target) for old, target in redirects if f"{path}/".startswith(f"{target}/".lstrip("/"))]
        if covering:
            # Whether an old address redirects also depends on which addresses are those of pages.
            make = partial(_redirect_group, f"redirects:{path}", key, covering)
            planned.append(PlannedGroup(f"redirects:{path}", keys.page(key) + keys.addresses, make, (key,)))
    return [*planned, *_plan_pictures(keys)]


def published_pages(tree: PublicTree, keys: Iterable[int]) -> PublishedPages:
    """Return the pages with these keys."""
    shown, served = set(keys), served_languages()
    languages = _text_languages(shown)
    return {
        key: PublishedPage(
            path=tree.rows[key].path,
            urls=_urls(tree.rows[key].path, [*served, *sorted(set().union(*languages[key].values()) - set(served))]),
            status=tree.statuses[key],
            languages=languages[key],
        )
        for key in shown
    }


def page_suffixes(page: PublishedPage, language: str) -> Iterator[str]:
    """Yield what is below the URL of a page in a language, apart from the version in force and the print view."""
    numbers = sorted(page.languages)
    is_withdrawn = page.status.is_withdrawn
    # At the addresses of a withdrawn page the application says so.
    if page.status.is_public or is_withdrawn:
        # The feed below the home page is that of the site.
        yield from ["feed.atom"] if page.path else ()
        if is_withdrawn or any(language in languages for languages in page.languages.values()):
            yield "index.md"
    if page.status.changes_at or is_withdrawn:
        yield "upcoming/"
    yield from ("history/", "history.json")
    yield from (f"history/{number}/" for number in range(2, -(-len(numbers) // VERSIONS_PER_PAGE) + 1))
    for number in numbers:
        yield f"v/{number}/"
        if language in page.languages[number]:
            yield f"v/{number}/index.md"
        if number > 1:
            yield f"compare/{number - 1}...{number}/"


def language_prefix(language: str) -> str:
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def _plan_page(keys: SiteKeys, path: str, key: int) -> Iterator[PlannedGroup]:
    status = keys.tree.statuses[key]
    own = partial(_page_group, f"page:{path}", key)
    yield PlannedGroup(f"page:{path}", keys.page(key), own, (key,))
    if status.is_public:
        # These also show other pages: menus, and all pages below.
        if path:
            yield PlannedGroup(f"text:{path}", keys.navigation(key), partial(_single, f"text:{path}", key, ""), (key,))
        printed = partial(_single, f"print:{path}", key, "_print/")
        yield PlannedGroup(f"print:{path}", keys.section(key), printed, (key,))


def _page_group(name: str, key: int, pages: PublishedPages) -> AddressGroup:
    page = pages[key]
    addresses = [f"{url}{suffix}" for language, url in page.urls.items() for suffix in _own_suffixes(page, language)]
    return AddressGroup(name, tuple(addresses), tuple(f"{url}compare/" for url in page.urls.values()))


def _own_suffixes(page: PublishedPage, language: str) -> Iterator[str]:
    # First, so that the notice of a withdrawn page is stored at its own address.
    if page.status.is_withdrawn:
        yield from _shown_suffixes(page)
    yield from page_suffixes(page, language)


def _shown_suffixes(page: PublishedPage) -> Iterator[str]:
    # The address of the home page is one of the site.
    yield from ["", "_print/"] if page.path else ["_print/"]


def _single(name: str, key: int, suffix: str, pages: PublishedPages) -> AddressGroup:
    return AddressGroup(name, tuple(f"{url}{suffix}" for url in pages[key].urls.values()))


def _redirect_group(name: str, key: int, covering: Iterable[tuple[str, str]], pages: PublishedPages) -> AddressGroup:
    """Return the addresses of a page with its old path, or that of a page above it, instead of the present one."""
    page, addresses = pages[key], list[str]()
    for old_path, target in covering:
        path = f"{old_path}/{page.path.removeprefix(target).lstrip('/')}".rstrip("/")
        for language, url in _urls(path, page.urls).items():
            suffixes = [*_shown_suffixes(replace(page, path=path)), *page_suffixes(page, language)]
            addresses += [f"{url}{suffix}" for suffix in suffixes]
    return AddressGroup(name, tuple(dict.fromkeys(addresses)))


def _plan_pictures(keys: SiteKeys) -> Iterator[PlannedGroup]:
    pictures = VersionText.objects.exclude(pictures={}).order_by().values_list("pictures", flat=True)
    for digest in sorted({digest for by_reference in pictures for digest in by_reference.values()}):
        yield _plan_single(f"picture:{digest}", f"/media/{digest}", keys.everywhere)


def _plan_single(name: str, address: str, key: str) -> PlannedGroup:
    return PlannedGroup(name, key, lambda _pages: AddressGroup(name, (address,)))


def _site_addresses(tree: PublicTree) -> Iterator[str]:
    listed = sum(bool(tree.rows[key].path) for key in tree.keys)
    used = set(VersionText.objects.order_by().values_list("language", flat=True).distinct())
    for language in [*served_languages(), *sorted(used - set(served_languages()))]:
        prefix = language_prefix(language)
        yield from (prefix, f"{prefix}feed.atom")
        yield from (f"{prefix}list.{number}/" for number in range(2, -(-listed // PAGES_PER_LIST) + 1))
    yield from (f"{language_prefix(language)}{NOT_FOUND}/" for language in served_languages())
    yield from ("/robots.txt", "/sitemap.xml", "/publication-log.json")
    parts = part_count(len(tree.keys))
    # Otherwise nothing leads to them.
    yield from (f"/sitemap-{number}.xml" for number in range(1, parts + 1) if parts > 1)


def _urls(path: str, languages: Iterable[str]) -> dict[str, str]:
    """Return the URLs of a path; in a language that is no longer served its code comes before the default URL."""
    served, default = served_languages(), page_url(path, settings.LANGUAGE_CODE)
    return {code: page_url(path, code) if code in served else f"/{code}{default}" for code in languages}


def _text_languages(pages: set[int]) -> dict[int, dict[int, set[str]]]:
    """Return the languages of the texts of each version, by page and number."""
    texts: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = VersionText.objects.order_by().values_list("version__page", "version__number", "language")
    keys = sorted(pages)
    for start in range(0, len(keys), PAGES_PER_QUERY):
        part = rows.filter(version__page__in=keys[start : start + PAGES_PER_QUERY])
        for page, number, language in part.iterator():
            texts[page][number].add(language)
    return texts
