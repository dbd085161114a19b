"""What is worth a second look before a text goes out: it is asked of what readers would find."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import override

from pages.languages import served_or_default
from pages.models import Page, Picture, Redirect, Version
from pages.presentation.page_presentation import read_in_force
from pages.text import text_checks
from pages.text.rendering import RenderedBody


class CheckKind(StrEnum):
    """What was found."""

    MISSING_ALTERNATIVE = "missing alternative text"
    MISSING_PICTURE = "missing picture"
    BROKEN_LINK = "broken link"
    BROKEN_ANCHOR = "broken anchor"
    VANISHED_ANCHOR = "vanished anchor"
    TYPED_DATE = "typed date"


@dataclass(frozen=True)
class Finding:
    """A place of a text, as it stands there, and what is the matter with it."""

    kind: CheckKind
    subject: str


def check_text(
    page: Page, language: str, body: str, shown: RenderedBody, before: RenderedBody | None, at: datetime
) -> tuple[Finding, ...]:
    """Look through a text that would be the page's in a language; `before` is what is in force until then."""
    return tuple(_check_text(page, language, body, shown, before, at))


def _check_text(page, language, body, shown, before, at) -> Iterator[Finding]:
    for address in text_checks.find_pictures_without_alt(shown.html):
        yield Finding(CheckKind.MISSING_ALTERNATIVE, address)
    if 'class="missing-picture"' in shown.html:
        yield Finding(CheckKind.MISSING_PICTURE, "")
    ids = text_checks.find_ids(shown.html)
    for link in text_checks.find_links(shown.html):
        if kind := _trouble_with(link, page, language, ids, at):
            yield Finding(kind, link)
    had = [heading.id for heading in before.contents] if before else []
    for identifier in text_checks.find_removed_ids(had, ids):
        yield Finding(CheckKind.VANISHED_ANCHOR, f"#{identifier}")
    for line in text_checks.find_typed_dates(body):
        yield Finding(CheckKind.TYPED_DATE, line)


def _trouble_with(link: str, page: Page, language: str, ids: frozenset[str], at: datetime) -> CheckKind | None:
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return None
    fragment, path = unquote(address.fragment), unquote(address.path)
    if not path or path == page.url_in(language):
        return CheckKind.BROKEN_ANCHOR if fragment and fragment not in ids else None
    found = _resolved(path)
    return CheckKind.BROKEN_LINK if found is None else _trouble_at(found, fragment, _language_of(path), at)


def _trouble_at(found, fragment: str, language: str, at: datetime) -> CheckKind | None:
    path = found.kwargs.get("path")
    if found.url_name == "picture":
        leads = Picture.objects.filter(pk=found.kwargs["digest"]).exists()
    elif path is None:
        leads = True
    elif "number" in found.kwargs:
        leads = Version.objects.published(at).filter(page__path=path, number=found.kwargs["number"]).exists()
    elif Page.objects.public(at).filter(path=path).exists():
        names_place = bool(fragment) and found.url_name == "page"
        return CheckKind.BROKEN_ANCHOR if names_place and fragment not in _ids_at(path, language, at) else None
    else:
        leads = Redirect.objects.covering(path).exists()
    return None if leads else CheckKind.BROKEN_LINK


def _resolved(path: str):
    """Return what answers at a path, with a slash at its end if it is to be had by that alone."""
    # In the language of the address alone: its first part names it.
    with override(_language_of(path)):
        for candidate in (path, f"{path}/"):
            with suppress(Resolver404):
                return resolve(candidate)
    return None


def _ids_at(path: str, language: str, at: datetime) -> frozenset[str]:
    return text_checks.find_ids(read_in_force(path, language, at).rendered.html)


def _language_of(path: str) -> str:
    first = path.strip("/").partition("/")[0]
    return served_or_default(first)
