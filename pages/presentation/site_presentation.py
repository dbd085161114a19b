"""What every page of the site shows: its name, notice, licence, links and the latest hash of the publication log."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Model
from django.utils.safestring import SafeString
from modeltranslation.utils import build_localized_fieldname

from pages.languages import LocalizedText, direction, interface_language, served_languages
from pages.models import Link, LinkGroup, SiteSettings
from pages.models.links import LinkPosition
from pages.models.page import page_url
from pages.presentation.public_tree import read_tree
from pages.presentation.site_state import SiteState
from pages.presentation.state_memo import Memorised, StateMemo
from pages.publishing.sample.changes import is_sample


@dataclass(frozen=True)
class LinkPresentation:
    """A link of the top bar or the footer. It is shown as plain text if `url` is empty."""

    label: LocalizedText
    url: str


@dataclass(frozen=True)
class LinkGroupPresentation:
    """Links below a heading, and the groups nested in it."""

    title: LocalizedText
    links: tuple[LinkPresentation, ...]
    subgroups: tuple["LinkGroupPresentation", ...]


@dataclass(frozen=True)
class SitePresentation:
    """The site in a language at a time."""

    settings: SiteSettings
    name: LocalizedText
    notice: LocalizedText
    licence: LocalizedText
    top_links: tuple[LinkPresentation, ...]
    footer: tuple[LinkGroupPresentation, ...]
    latest_hash: str
    record_count: int
    # Whether the content is a sample: every page says so.
    is_sample: bool = False
    # Whether a page has the address at which the site explains how to check it.
    is_verify_taken: bool = False
    # HTML that templates made of this.
    fragments: dict[Hashable, SafeString] = field(default_factory=dict, compare=False, repr=False)


# Where the site explains how to check it. A page from before the site used this address keeps it.
VERIFY_PATH = "verify"
# The last value says whether the content is a sample.
_Rows = tuple[SiteSettings, list[LinkGroup], list[Link], bool]


class SiteFrame:
    """What every page shows, in a state of the site: the rows, and their presentations in the languages asked for."""

    def __init__(self, state: SiteState, last: "Memorised[SiteFrame] | None"):
        tree = read_tree(state)
        self._state, self._stamp = state, tree.frame_stamp
        is_unchanged = last is not None and last.value._stamp == self._stamp
        self._rows: _Rows = last.value._rows if last and is_unchanged else _read_rows()
        self._settings, self._groups, self._links, self._is_sample = self._rows
        linked = {link.page_id for link in self._links if link.page_id in tree.parent}
        self._public_paths = {key: tree.rows[key].path for key in linked}
        self._is_verify_taken = is_page_at(VERIFY_PATH, state)
        self._by_language: dict[str, SitePresentation] = {}
        # The same rows and addresses: only the log went on.
        if last and last.value._rows is self._rows and last.value._addresses == self._addresses:
            self._by_language = {
                language: replace(site, latest_hash=state.latest_hash, record_count=state.record_count)
                for language, site in last.value._by_language.copy().items()
            }

    @property
    def is_sample(self) -> bool:
        return self._is_sample

    @property
    def _addresses(self) -> tuple[dict[int, str], bool]:
        return self._public_paths, self._is_verify_taken

    def in_language(self, language: str) -> SitePresentation:
        if language not in self._by_language:
            self._by_language[language] = self._present(language)
        return self._by_language[language]

    def _present(self, language: str) -> SitePresentation:
        settings, groups = self._settings, self._present_groups(language)
        return SitePresentation(
            settings=settings,
            name=localized_field(settings, "name", language),
            notice=localized_field(settings, "notice", language),
            licence=localized_field(settings, "licence_name", language),
            top_links=tuple(link for group in groups.get(LinkPosition.TOP, ()) for link in group.links),
            footer=tuple(groups.get(LinkPosition.FOOTER, ())),
            latest_hash=self._state.latest_hash,
            record_count=self._state.record_count,
            is_sample=self._is_sample,
            is_verify_taken=self._is_verify_taken,
        )

    def _present_groups(self, language: str) -> dict[str, list[LinkGroupPresentation]]:
        """Return the top-level groups by position."""
        links: dict[int, list[LinkPresentation]] = {}
        for link in self._links:
            links.setdefault(link.group_id, []).append(self._present_link(link, language))
        by_position: dict[str, list[LinkGroupPresentation]] = {}
        for row in self._groups:
            if row.parent_id is None:
                by_position.setdefault(row.position, []).append(_group(row, self._groups, links, language))
        return by_position

    def _present_link(self, link: Link, language: str) -> LinkPresentation:
        label = localized_field(link, "label", language)
        if link.page_id is None:
            return LinkPresentation(label, escape_fragment(link.url))
        # A link to a page that is not public must not lead readers to an error.
        path = self._public_paths.get(link.page_id)
        return LinkPresentation(label, "" if path is None else page_url(path, language))


_frames = StateMemo(SiteFrame)


def _read_rows() -> _Rows:
    # A new site has no row.
    settings = SiteSettings.objects.first() or SiteSettings()
    groups, links = (list(model.objects.order_by("weight", "pk")) for model in (LinkGroup, Link))
    return settings, groups, links, is_sample()


def is_page_at(path: str, state: SiteState) -> bool:
    """Tell whether a page has a path and answers there: with its text, or by saying that it is withdrawn."""
    tree = read_tree(state)
    status = tree.statuses.get(tree.by_path.get(path, -1))
    return status is not None and (status.is_public or status.is_withdrawn)


def is_sample_site(state: SiteState) -> bool:
    """Tell whether the content of the site is a sample."""
    return _frames.get(state).is_sample


def read_site(language: str, state: SiteState) -> SitePresentation:
    """Return the site in a language, in a state that was read in the current snapshot of the database."""
    return _frames.get(state).in_language(language)


def base_context(site: SitePresentation, language: str, *, origin: str, links: list[dict], noindex: bool) -> dict:
    """Return the context of `base.html`, for readers' pages and for previews of drafts.

    `origin` is the address of the site without a slash at its end; `links` lead to the page in each language.
    """
    return {
        "site": site,
        # Of the interface. That of the texts can be another one, and so can the one that the reader asked for.
        "language": interface_language(),
        "direction": direction(interface_language()),
        "requested_language": language,
        "origin": origin,
        "language_links": links,
        "noindex": noindex,
    }


def localized_field(row: Model, field: str, language: str) -> LocalizedText:
    """Return a translated field in a language, or else in the first served language that has a value."""
    for candidate in (language, *served_languages()):
        if text := getattr(row, build_localized_fieldname(field, candidate), None):
            return LocalizedText(text, candidate)
    return LocalizedText("", language)


def escape_fragment(url: str) -> str:
    """Escape a second # in the fragment (RFC 3986, section 3.5). Addresses at matrix.to have one."""
    address, separator, fragment = url.partition("#")
    return address + separator + fragment.replace("#", "%23")


def _group(
    row: LinkGroup, rows: Iterable[LinkGroup], links: dict[int, list[LinkPresentation]], language: str
) -> LinkGroupPresentation:
    subgroups = tuple(_group(group, rows, links, language) for group in rows if group.parent_id == row.pk)
    return LinkGroupPresentation(localized_field(row, "title", language), tuple(links.get(row.pk, ())), subgroups)
