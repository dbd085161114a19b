"""Import of the site's settings and links from the config of a source, and what the report says of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from pages.hugo.commits.page_tracker import PageTracker
from pages.hugo.site_details.reading import ReadSite, SiteReader
from pages.hugo.site_structure.site_config import language_tag
from pages.models import ImportRun
from pages.publishing.importing.report_lines import LineKind
from pages.publishing.importing.runs import RunLog
from pages.publishing.importing.site_details import fill_site
from pages.text.front_matter.nested_values import Value
from pages.text.messages import Message

# The details, as the report names them.
_NAMES = {
    "name": Message("the name of the site"),
    "original_address": Message("the address of the original site"),
    "language_name": Message("the names of languages"),
    "notice": Message("the notice"),
    "licence_name": Message("the licence"),
    "licence_url": Message("the address of the licence"),
    "documentation_tracker": Message("the tracker for issues with the texts"),
    "project_tracker": Message("the tracker for issues with the project"),
    "top": Message("the links of the top bar"),
    "footer": Message("the links of the footer"),
}
# The others are empty on many sites.
_WANTED = ("name", "original_address", "licence_name", "documentation_tracker", "project_tracker", "top", "footer")
_LINKS = ("top", "footer")


def read_site(tracker: PageTracker, now: datetime) -> ReadSite:
    """Return what the config and the front matter say of the site after the last commit."""
    structure = tracker.structure or tracker.default
    codes = dict(structure.language_map)
    default = structure.default_language or structure.fallback_language
    reader = SiteReader(
        tracker.config_values,
        default_language=default,
        tag=lambda name: codes.get(language_tag(name), language_tag(name)),
    )
    return reader.read(_page_menus(tracker, now))


def _page_menus(tracker: PageTracker, now: datetime) -> Iterator[tuple[str, str, Value]]:
    """Yield the menus of the texts that the source publishes now."""
    for path in sorted(tracker.owners):
        page, language = tracker.owners[path], tracker.locations[path].language
        menus = page.menus.get(language)
        if page.address is not None and menus and tracker.publishes(path, now):
            yield language, page.address, menus


@transaction.atomic
def import_site(site: ReadSite, log: RunLog, *, at: datetime, exported: Mapping[str, Any] | None = None) -> None:
    """Fill in the empty settings and links of this site, and report what is missing or not understood.

    Do nothing if the source has the same details as when it was last imported, or those that this site `exported` to
    it since: what a person emptied after that stays empty.
    """
    last = _last_details(log.run) if exported is None else exported
    if site.details.as_json() == last:
        return
    filled = fill_site(site.details, last, at=at)
    messages = [
        *(Message("%(what)s: set from the source.", what=_NAMES[name]) for name in filled.filled),
        *(Message("not imported: %(value)s: %(reason)s", value=value, reason=why) for value, why in filled.invalid),
        *site.remarks,
        *(_missing(name) for name in filled.empty if name in _WANTED),
        *_address_hint(site.details.original_address),
    ]
    for message in messages:
        log.add(LineKind.SITE, "", message)
    log.close()
    log.save()


def _last_details(run: ImportRun) -> Mapping[str, Any]:
    """Return the details that the last import of the same source read. One to drafts reads none."""
    earlier = ImportRun.objects.ended().filter(source=run.source).exclude(pk=run.pk).values_list("options", "plan")
    return next((plan.get("site") or {} for options, plan in earlier if not options.get("as_drafts")), {})


def _missing(name: str) -> Message:
    page = "admin:pages_linkgroup_add" if name in _LINKS else "admin:pages_sitesettings_changelist"
    return Message(
        "%(what)s: not in the source. Set it in the admin at %(address)s", what=_NAMES[name], address=reverse(page)
    )


def _address_hint(original: str) -> Iterator[Message]:
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(original)) if original else ""
    if origin and origin != settings.SITE_URL:
        yield Message(
            "the original site was at %(original)s. If this site takes its place, set SITE_URL to %(origin)s.",
            original=original,
            origin=origin,
        )
