"""Checks of a text before it is published: what its readers would get otherwise than its author meant."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import override

from pages.languages import name_in_sentence, served_or_default
from pages.models import Page, Picture, Redirect, Revision, Version, VersionText
from pages.presentation.file_links import read_file_links
from pages.presentation.page_presentation import read_version
from pages.presentation.rendered_bodies import public_picture_urls, render_body
from pages.presentation.site_presentation import VERIFY_PATH
from pages.publishing.pictures.storage import published_pictures, revision_pictures
from pages.publishing.starter_text import find_starter_line
from pages.publishing.version_writer import base_version, version_texts
from pages.text import source
from pages.text.checks.anchors import find_moved_anchors
from pages.text.checks.body import check_fields
from pages.text.checks.findings import Finding, FindingKind, sort_findings
from pages.text.checks.links import PlacedLink, find_missing_pictures
from pages.text.checks.parsed_body import ParsedBody, parse_body
from pages.text.checks.rendered_ids import find_ids, find_removed_ids
from pages.text.checks.surveyed_text import SurveyedText, TextWithSource, survey_text
from pages.text.fields import Fields
from pages.text.markup_work import TooMuchMarkup
from pages.text.messages import Message, plural_message
from pages.text.rendering import find_file_links

# The most removed anchors that a finding names.
_MAX_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class CheckedText:
    """A revision that is to be published, with the digests of its pictures by their references.

    `before` is the text that it replaces, None for a new language. `source_text` is the source text that a translation
    is said to reflect, None for the source language.
    """

    page: Page
    revision: Revision
    pictures: Mapping[str, str]
    before: VersionText | None
    source_text: Revision | None
    at: datetime

    @property
    def language(self) -> str:
        return self.revision.language

    @cached_property
    def body(self) -> str:
        return self.revision.fields.body

    @property
    def parsed(self) -> ParsedBody:
        return parse_body(self.body)

    @property
    def compared(self) -> TextWithSource:
        """The text as it is compared with its source text."""
        if self.source_text is None:
            return TextWithSource(self.body, self.language)
        source_body = source.extract_body(self.source_text.source)
        return TextWithSource(self.body, self.language, source_body, self.source_text.language)

    def render_ids(self, revision: Revision, pictures: Mapping[str, str]) -> tuple[str, ...]:
        """Return the ids in the public form of a text, in order."""
        body, base_url = source.extract_body(revision.source), self.page.url_in(self.language)
        rendered = render_body(body, public_picture_urls(pictures), language=self.language, base_url=base_url)
        return find_ids(rendered.html)

    @cached_property
    def file_links(self) -> Mapping[str, str]:
        """Return where the links to other files of an imported site lead."""
        has_links = find_file_links(self.body)
        return read_file_links(self.revision, served_or_default(self.language), self.at) if has_links else {}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return self.render_ids(self.revision, self.pictures)


def find_draft_findings(
    page: Page, revision: Revision, *, source_text: Revision | None, at: datetime
) -> tuple[Finding, ...]:
    """Return the findings in a draft, compared with the version that the next one will replace."""
    pictures = revision_pictures(revision, published_pictures(page, at))
    before = version_texts(base_version(page)).get(revision.language)
    text = CheckedText(page=page, revision=revision, pictures=pictures, before=before, source_text=source_text, at=at)
    return find_findings(text)


def find_findings(text: CheckedText) -> tuple[Finding, ...]:
    """Return what a person should look at before a text is published; what prevents it comes first."""
    try:
        return sort_findings(_find_all(text))
    except TooMuchMarkup:
        # Saving and publishing refuse such a text with a reason of their own.
        return ()


def find_site_findings(text: CheckedText, surveyed: SurveyedText, without: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings of a text that depend on other texts: links, anchors, and parity.

    Links to files are left out if they are among those in `without`, or lead to no page: imports report them.
    """
    skipped = {*without, *find_file_links(text.body)} - set(text.file_links)
    return sort_findings(_find_by_site(text, surveyed, skipped))


def _find_all(text: CheckedText) -> Iterator[Finding]:
    yield from _find_starter_text(text.revision.fields)
    yield from check_fields(text.revision.fields)
    yield from find_missing_pictures(text.parsed, frozenset(text.pictures))
    yield from _find_by_site(text, survey_text(text.compared))


def _find_by_site(text: CheckedText, surveyed: SurveyedText, skipped_links: Collection[str] = ()) -> Iterator[Finding]:
    for link in surveyed.links:
        if link.address not in skipped_links:
            # Links to files of an imported site lead to their pages.
            yield from _check_link(link._replace(address=text.file_links.get(link.address, link.address)), text)
    if text.before:
        yield from _compare_anchors(text, text.before)
    yield from surveyed.parity


def _find_starter_text(fields: Fields) -> Iterator[Finding]:
    if line := find_starter_line(fields.title, fields.body):
        template = "“%(line)s” is from the starter text of a new page: replace it by your own text."
        lines = [number for number, content in enumerate(fields.body.split("\n"), 1) if content == line]
        field, number = ("body", lines[0]) if lines else ("title", 1)
        message = Message(template, line=line)
        yield Finding(kind=FindingKind.TEMPLATE_TEXT, line=number, field=field, blocks=True, message=message)


def _compare_anchors(text: CheckedText, before: VersionText) -> Iterator[Finding]:
    ids_before = text.render_ids(before.revision, before.pictures)
    if removed := [f"#{identifier}" for identifier in find_removed_ids(ids_before, text.ids)]:
        subject = ", ".join(removed if len(removed) <= _MAX_NAMED else [*removed[:_MAX_NAMED], "…"])
        message = plural_message(
            "The last version had the anchor %(subject)s, which this text does not have: links from other sites to it "
            "will break. A heading can keep an old anchor: write it in curly brackets at the end of the heading.",
            "The last version had anchors that this text does not have: %(subject)s. Links from other sites to them "
            "will break. A heading can keep an old anchor: write it in curly brackets at the end of the heading.",
            count=len(removed),
            subject=subject,
        )
        yield Finding(kind=FindingKind.VANISHED_ANCHOR, subject=subject, message=message)
    yield from find_moved_anchors(parse_body(source.extract_body(before.revision.source)), text.parsed)


def _check_link(link: PlacedLink, text: CheckedText) -> Iterator[Finding]:
    try:
        # Most links lead to other sites: they need not be joined.
        if _leads_elsewhere(link.address):
            return
        resolved = urljoin(text.page.url_in(text.language), link.address)
        if _leads_elsewhere(resolved):
            return
        address = urlsplit(resolved)
    except ValueError:
        # The address is invalid, for example it has an unclosed bracket.
        yield _build_broken_link(link, link.address)
        return
    fragment, path = unquote(address.fragment), unquote(address.path)
    if not path or path == text.page.url_in(text.language):
        if fragment and not _is_anchor(fragment, text.ids):
            yield _build_broken_anchor(link, link.address if link.address.startswith("#") else resolved)
        return
    match = _resolve(path)
    if match is None:
        yield _build_broken_link(link, resolved)
    else:
        yield from _check_target(match, fragment, _language_of(path), PlacedLink(resolved, link.line), text)


def _leads_elsewhere(address: str) -> bool:
    """Tell whether an address is that of another site, which is not checked. Raises ValueError if it is invalid."""
    parts = urlsplit(address)
    own_host = urlsplit(settings.SITE_URL).netloc
    if own_host and parts.netloc.lower() == own_host and parts.scheme in {"", "http", "https"}:
        return False
    return bool(parts.scheme or parts.netloc)


def _is_anchor(fragment: str, ids: Collection[str]) -> bool:
    # To every browser, #top is the top of the page (HTML, section 7.4.6.4).
    return fragment in ids or fragment.lower() == "top"


def _check_target(
    match: ResolverMatch, fragment: str, language: str, link: PlacedLink, text: CheckedText
) -> Iterator[Finding]:
    path = match.kwargs.get("path")
    if match.url_name == "picture":
        exists = Picture.objects.filter(pk=match.kwargs["digest"]).exists()
    elif path is None or match.url_name == VERIFY_PATH:
        # A URL of the site itself, such as the list of pages or the sitemap.
        exists = True
    elif path == text.page.path and match.url_name == "page" and not text.page.versions.exists():
        # The page is published with this text, in all its languages or not at all.
        exists = True
    elif "number" in match.kwargs:
        exists = Version.objects.filter(page__path=path, number=match.kwargs["number"]).exists()
    elif page := Page.objects.public(text.at).only("path", "source_language").filter(path=path).first():
        # Only the ids of a page itself are known, not those of its history or its comparisons.
        if match.url_name == "page":
            yield from _check_page(page, fragment, language, link, text)
        return
    else:
        exists = Redirect.objects.covering(path).exists()
    if not exists:
        yield _build_broken_link(link, link.address)


def _check_page(page: Page, fragment: str, language: str, link: PlacedLink, text: CheckedText) -> Iterator[Finding]:
    version = page.versions.in_force(text.at).get()
    if fragment and not _is_anchor(fragment, find_ids(read_version(page, version, language, text.at).rendered.html)):
        yield _build_broken_anchor(link, link.address)
    # A link to another language of the page itself is meant, and one to a language in which there is no text.
    if language == text.language or page.path == text.page.path:
        return
    languages = set(version.texts.values_list("language", flat=True))
    if text.language in languages and language in {*languages, settings.LANGUAGE_CODE}:
        message = Message(
            "A link leads to the page in another language (%(language)s): %(subject)s. Readers of this text can have "
            "%(better)s.",
            language=name_in_sentence(language),
            subject=link.address,
            better=page.url_in(text.language),
        )
        yield Finding(kind=FindingKind.OTHER_LANGUAGE, line=link.line, subject=link.address, message=message)


def _build_broken_link(link: PlacedLink, subject: str) -> Finding:
    message = Message("A link leads to no page of this site that readers can open: %(subject)s", subject=subject)
    return Finding(kind=FindingKind.BROKEN_LINK, line=link.line, subject=subject, message=message)


def _build_broken_anchor(link: PlacedLink, subject: str) -> Finding:
    message = Message("A link leads to an anchor that does not exist: %(subject)s", subject=subject)
    return Finding(kind=FindingKind.BROKEN_ANCHOR, line=link.line, subject=subject, message=message)


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
