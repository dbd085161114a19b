"""Checks of a text before it is published: broken links, missing pictures, and the like."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import override

from pages.languages import served_or_default
from pages.models import Page, Picture, Redirect, Version
from pages.presentation.page_presentation import read_version
from pages.text.checks import rendered_html
from pages.text.rendering import RenderedBody


class CheckKind(StrEnum):
    MISSING_ALTERNATIVE = "missing alternative text"
    MISSING_PICTURE = "missing picture"
    BROKEN_LINK = "broken link"
    BROKEN_ANCHOR = "broken anchor"
    VANISHED_ANCHOR = "vanished anchor"
    HARD_CODED_DATE = "hard-coded date"


@dataclass(frozen=True)
class Finding:
    """A possible problem in a text. `subject` is the link, address or line that it is about."""

    kind: CheckKind
    subject: str


def check_text(
    page: Page, language: str, body: str, rendered: RenderedBody, before: RenderedBody | None, at: datetime
) -> Iterator[Finding]:
    """Yield the findings in a body that is to be published; `before` is the rendered body that it replaces."""
    for address in rendered_html.find_pictures_without_alt(rendered.html):
        yield Finding(CheckKind.MISSING_ALTERNATIVE, address)
    if 'class="missing-picture"' in rendered.html:
        yield Finding(CheckKind.MISSING_PICTURE, "")
    ids = rendered_html.find_ids(rendered.html)
    for link in rendered_html.find_links(rendered.html):
        if kind := _check_link(link, page, language, ids, at):
            yield Finding(kind, link)
    ids_before = [heading.id for heading in before.contents] if before else []
    for removed_id in rendered_html.find_removed_ids(ids_before, ids):
        yield Finding(CheckKind.VANISHED_ANCHOR, f"#{removed_id}")
    for line in rendered_html.find_hard_coded_dates(body):
        yield Finding(CheckKind.HARD_CODED_DATE, line)


def _check_link(link: str, page: Page, language: str, ids: frozenset[str], at: datetime) -> CheckKind | None:
    address = urlsplit(link)
    # Links to other sites are not checked.
    if address.scheme or address.netloc:
        return None
    fragment, path = unquote(address.fragment), unquote(address.path)
    if not path or path == page.url_in(language):
        return CheckKind.BROKEN_ANCHOR if fragment and fragment not in ids else None
    match = _resolve(path)
    return CheckKind.BROKEN_LINK if match is None else _check_target(match, fragment, _language_of(path), at)


def _check_target(match: ResolverMatch, fragment: str, language: str, at: datetime) -> CheckKind | None:
    path = match.kwargs.get("path")
    if match.url_name == "picture":
        exists = Picture.objects.filter(pk=match.kwargs["digest"]).exists()
    elif path is None:
        # A URL of the site itself, such as the list of pages or the sitemap.
        exists = True
    elif "number" in match.kwargs:
        exists = Version.objects.filter(page__path=path, number=match.kwargs["number"]).exists()
    elif page := Page.objects.public(at).only("path", "source_language").filter(path=path).first():
        # Only the ids of a page itself are known, not those of its history or its comparisons.
        if not fragment or match.url_name != "page":
            return None
        presentation = read_version(page, page.versions.in_force(at).get(), language, at)
        ids = rendered_html.find_ids(presentation.rendered.html)
        return None if fragment in ids else CheckKind.BROKEN_ANCHOR
    else:
        exists = Redirect.objects.covering(path).exists()
    return None if exists else CheckKind.BROKEN_LINK


def _resolve(path: str) -> ResolverMatch | None:
    """Return the match of a path of the site, or None. The final slash may be missing."""
    # Django accepts only the language prefix of the active language.
    with override(_language_of(path)):
        for candidate in (path, f"{path}/"):
            with suppress(Resolver404):
                return resolve(candidate)
    return None


def _language_of(path: str) -> str:
    return served_or_default(path.strip("/").partition("/")[0])
