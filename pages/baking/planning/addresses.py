"""The addresses of a static copy, in groups with a key of what their answers depend on.

They are candidates: the application decides what it answers at each. Addresses that only links lead to, such as some
comparisons, are added when the links are read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from django.conf import settings

from pages.baking.planning.keys import SiteKeys
from pages.history.version_spans import VersionState, find_previous
from pages.languages import served_languages
from pages.models import Redirect, SiteSettings, VersionText
from pages.models.page import page_url
from pages.presentation.page_lists import PAGES_PER_LIST, VERSIONS_PER_PAGE
from pages.presentation.public_tree import PublicStatus
from pages.presentation.site_presentation import VERIFY_PATH, is_page_at
from pages.public.machine_readable import sitemaps
from pages.public.machine_readable.feeds import feed_name, part_count

# Where web servers look for the page of their errors 404, and, with a slash, an address of no page: at the root, a slug
# has no dot.
NOT_FOUND = "404.html"
# What the application answers to a query or to any of countless addresses.
DYNAMIC_NAMES = frozenset({"as-of", "as-of-question", "changes", "health", "ready", "timegate", "timemap"})
DYNAMIC_NAMES |= {"site-feed-part"}


@dataclass(frozen=True)
class AddressGroup:
    """Addresses that are asked for together, because the application reads the same texts for them."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    """What of a page decides which addresses it has.

    `languages` are those of each version's texts, by its number. `in_force` is the number of the version in force, and
    `cancelled` has those of cancelled versions.
    """

    path: str
    urls: Mapping[str, str]
    status: PublicStatus
    languages: Mapping[int, set[str]]
    in_force: int | None
    cancelled: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PlannedGroup:
    """A group whose addresses are made when they are needed."""

    name: str
    key: str
    make: Callable[[], AddressGroup]


def plan_groups(keys: SiteKeys, pages: frozenset[int] | None = None) -> list[PlannedGroup]:
    """Return the groups of a state: the site as a whole, each page, pictures and old addresses of pages.

    With `pages`, only those of the site as a whole and of these pages.
    """
    planned = keys.tree.statuses if pages is None else pages
    keys.read(planned)
    groups = [*_plan_site(keys), *_plan_lists(keys, pages)]
    redirects = list(Redirect.objects.order_by("old_path").values_list("old_path", "page__path"))
    for key in sorted(planned, key=lambda key: keys.tree.rows[key].path):
        groups += _plan_page(keys, key, redirects)
    return [*groups, *_plan_pictures(keys, pages)]


def read_page(keys: SiteKeys, key: int) -> PublishedPage:
    """Return a published page."""
    path, status, facts, served = keys.tree.rows[key].path, keys.tree.statuses[key], keys.facts(key), served_languages()
    others = set().union(*facts.languages.values()) - set(served)
    in_force = (number for number, span in facts.spans.items() if span.state == VersionState.IN_FORCE)
    return PublishedPage(
        path=path,
        urls=_urls(path, [*served, *sorted(others)]),
        status=status,
        languages=facts.languages,
        in_force=next(in_force, None),
        cancelled=facts.cancelled_numbers,
    )


def page_suffixes(page: PublishedPage, language: str) -> Iterator[str]:
    """Yield what is below the URL of a page in a language, apart from versions and what also shows other pages."""
    numbers = sorted(page.languages)
    is_withdrawn = page.status.is_withdrawn
    # At the addresses of a withdrawn page the application says so.
    if page.status.is_public or is_withdrawn:
        # The feed below the home page is that of the site.
        parts = range(part_count(page.status.newest) + 1)
        yield from (feed_name(part) for part in parts if page.path)
        # In this order: the archive contains the document, so that the texts are read only for it.
        yield from ("bundle.zip", "current.json")
        if is_withdrawn or any(language in languages for languages in page.languages.values()):
            yield from ("index.md", "fragment.html")
        yield "sections/"
    if page.status.changes_at or is_withdrawn:
        yield "upcoming/"
    yield from ("history/", "history.json")
    yield from (f"history/{number}/" for number in range(2, -(-len(numbers) // VERSIONS_PER_PAGE) + 1))
    in_force = page.languages[page.in_force] if page.in_force and not is_withdrawn else set()
    # In no other language can they be read next to each other.
    if language in in_force and language in served_languages():
        yield from (f"with/{code}/" for code in served_languages() if code in in_force and code != language)
    # The pages of all other versions lead there.
    if page.in_force and not is_withdrawn and language in served_languages():
        yield from (f"compare/{number}...live/" for number in numbers if number != page.in_force)


def version_suffixes(page: PublishedPage, number: int, language: str) -> Iterator[str]:
    """Yield what is below the URL of a page in a language for one version."""
    yield f"v/{number}/"
    if language in page.languages[number]:
        yield f"v/{number}/index.md"
    if previous := find_previous(number, page.cancelled):
        yield f"compare/{previous}...{number}/"


def language_prefix(language: str) -> str:
    return "/" if language == settings.LANGUAGE_CODE else f"/{language}/"


def _plan_page(keys: SiteKeys, key: int, redirects: Iterable[tuple[str, str]]) -> Iterator[PlannedGroup]:
    path, status = keys.tree.rows[key].path, keys.tree.statuses[key]
    read = partial(read_page, keys, key)
    for number in sorted(keys.facts(key).publications):
        name = f"version:{path}:{number}"
        yield PlannedGroup(name, keys.version(key, number), partial(_version_group, name, read, number))
    if status.is_public:
        # These also show other pages: menus, and all pages below.
        if path:
            yield PlannedGroup(f"text:{path}", keys.navigation(key), partial(_single, f"text:{path}", read, ""))
        yield PlannedGroup(f"print:{path}", keys.section(key), partial(_single, f"print:{path}", read, "_print/"))
    # An empty old path is that of a home page that moved. No page is below it.
    covering = [
        (old, target)
        for old, target in redirects
        if path == target or (old and f"{path}/".startswith(f"{target}/".lstrip("/")))
    ]
    # After its texts, which the application then has in memory.
    yield PlannedGroup(f"page:{path}", keys.page(key), lambda: _group(f"page:{path}", read(), _own_suffixes))
    if covering:
        # Whether an old address redirects also depends on which addresses are those of pages.
        make = partial(_redirect_group, f"redirects:{path}", read, covering)
        yield PlannedGroup(f"redirects:{path}", keys.page(key) + keys.addresses, make)


def _group(name: str, page: PublishedPage, suffixes: Callable[[PublishedPage, str], Iterable[str]]) -> AddressGroup:
    return AddressGroup(
        name, tuple(f"{url}{suffix}" for language, url in page.urls.items() for suffix in suffixes(page, language))
    )


def _version_group(name: str, read: Callable[[], PublishedPage], number: int) -> AddressGroup:
    return _group(name, read(), lambda page, language: version_suffixes(page, number, language))


def _own_suffixes(page: PublishedPage, language: str) -> Iterator[str]:
    # First, so that the notice of a withdrawn page is stored at its own address.
    if page.status.is_withdrawn:
        yield from _shown_suffixes(page)
    yield from page_suffixes(page, language)


def _shown_suffixes(page: PublishedPage) -> Iterator[str]:
    # The address of the home page is one of the site.
    yield from ["", "_print/"] if page.path else ["_print/"]


def _single(name: str, read: Callable[[], PublishedPage], suffix: str) -> AddressGroup:
    return _group(name, read(), lambda _page, _language: (suffix,))


def _redirect_group(name: str, read: Callable[[], PublishedPage], covering: Iterable[tuple[str, str]]) -> AddressGroup:
    """Return the addresses of a page with its old path, or that of a page above it, instead of the present one."""
    page, addresses = read(), list[str]()
    for old_path, target in covering:
        path = f"{old_path}/{page.path.removeprefix(target).lstrip('/')}".rstrip("/")
        for language, url in _urls(path, page.urls).items():
            moved = replace(page, path=path)
            suffixes = [*_shown_suffixes(moved), *page_suffixes(moved, language)]
            suffixes += [suffix for number in page.languages for suffix in version_suffixes(page, number, language)]
            addresses += [f"{url}{suffix}" for suffix in suffixes]
    return AddressGroup(name, tuple(dict.fromkeys(addresses)))


def _plan_pictures(keys: SiteKeys, pages: frozenset[int] | None) -> Iterator[PlannedGroup]:
    texts = VersionText.objects.exclude(pictures={}).order_by()
    shown = texts if pages is None else texts.filter(version__page__in=pages)
    pictures = shown.values_list("pictures", flat=True)
    logos = SiteSettings.objects.exclude(logo=None).values_list("logo", flat=True) if pages is None else ()
    for digest in sorted({*logos, *(digest for by_reference in pictures for digest in by_reference.values())}):
        yield _plan_address("picture", digest, f"/media/{digest}", keys.everywhere)


def _plan_address(kind: str, name: str, address: str, key: str) -> PlannedGroup:
    return PlannedGroup(f"{kind}:{name}", key, lambda: AddressGroup(f"{kind}:{name}", (address,)))


def _plan_site(keys: SiteKeys) -> Iterator[PlannedGroup]:
    for prefix in _prefixes():
        yield from (_plan_address("site", address, address, keys.site) for address in (prefix, f"{prefix}feed.atom"))
    for language in served_languages():
        address = f"{language_prefix(language)}{NOT_FOUND}/"
        yield _plan_address("site", address, address, keys.everywhere)
        address = f"{language_prefix(language)}{VERIFY_PATH}/"
        # Else the page has a group of its own.
        if not is_page_at(VERIFY_PATH, keys.state):
            yield _plan_address("site", address, address, keys.site)
    for address in ("/robots.txt", "/verify/check_history.py"):
        yield _plan_address("site", address, address, keys.everywhere)
    parts = sitemaps.part_count(len(keys.tree.keys))
    # With one part, nothing leads to it.
    names = [f"/sitemap-{number}.xml" for number in range(1, parts + 1) if parts > 1]
    for address in ("/sitemap.xml", *names, "/publication-log.json", "/publication-log.atom", "/llms.txt"):
        yield _plan_address("site", address, address, keys.site)


def _plan_lists(keys: SiteKeys, pages: frozenset[int] | None) -> Iterator[PlannedGroup]:
    """Plan the lists of pages after the first ones, or those of them that list some of these pages."""
    listed = [key for key in keys.tree.keys if keys.tree.rows[key].path]
    for start in range(PAGES_PER_LIST, len(listed), PAGES_PER_LIST):
        shown = listed[start : start + PAGES_PER_LIST]
        if pages is None or not pages.isdisjoint(shown):
            for prefix in _prefixes():
                address = f"{prefix}list.{start // PAGES_PER_LIST + 1}/"
                yield _plan_address("list", address, address, keys.listed(shown))


def _prefixes() -> Iterator[str]:
    """Yield the prefix of each language that is served or that a version has a text in."""
    used = set(VersionText.objects.order_by().values_list("language", flat=True).distinct())
    yield from map(language_prefix, [*served_languages(), *sorted(used - set(served_languages()))])


def _urls(path: str, languages: Iterable[str]) -> dict[str, str]:
    """Return the URLs of a path; in a language that is no longer served its code comes before the default URL."""
    served, default = served_languages(), page_url(path, settings.LANGUAGE_CODE)
    return {code: page_url(path, code) if code in served else f"/{code}{default}" for code in languages}
