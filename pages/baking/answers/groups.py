"""Baking one group of addresses: asking the application, finding links, writing files."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from django.conf import settings

from pages.baking.answers.application import BakedAnswer, SiteApplication
from pages.baking.answers.links import address_key, internal_links
from pages.baking.planning.addresses import NOT_FOUND, AddressGroup, language_prefix
from pages.baking.writing.files import FileWriter, codings_of
from pages.languages import served_languages
from selfprivacy_site.wsgi_middleware.baked_manifest import Entry, HeaderSet, file_of


@dataclass
class BakedGroup:
    """The entries of a group by address, without their percent-encoding, with the headers and the links of each."""

    name: str
    entries: dict[str, tuple[Entry, HeaderSet]] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)
    # The entries of notices of withdrawn pages, by their body.
    notices: dict[bytes, Entry] = field(default_factory=dict)
    # The entries whose files are new or have changed.
    written: list[Entry] = field(default_factory=list)


class GroupBaker:
    """Bakes groups of one state of the site. `former` are the entries of the former copy."""

    def __init__(self, application: SiteApplication, writer: FileWriter, former: Mapping[str, Entry]):
        self._application, self._writer, self._former = application, writer, former
        self._not_found = {f"{language_prefix(language)}{NOT_FOUND}/" for language in served_languages()}

    def bake(self, group: AddressGroup) -> BakedGroup:
        """Bake the addresses of a group. Raises StateChanged, UnexpectedAnswer, OSError."""
        with self._application.snapshot():
            return self._bake(group)

    def _bake(self, group: AddressGroup) -> BakedGroup:
        baked = BakedGroup(group.name)
        for address in group.addresses:
            answer = self._application.answer(address)
            if answer.status == 404 and address not in self._not_found:
                continue
            stored_at = address.removesuffix("/") if address in self._not_found else address
            key = address_key(stored_at)
            baked.links[key] = internal_links(stored_at, answer, site_url=settings.SITE_URL)
            baked.entries[key] = (self._entry(baked, key, answer), answer.headers)
        return baked

    def store(self, group: BakedGroup, key: str, body: bytes, content_type: str) -> Entry:
        """Write the file of an address, or keep that of the former copy if it has the same content."""
        entry = Entry(200, 0, file_of(key), sha256(body).hexdigest(), codings_of(body, content_type))
        former = self._former.get(key)
        if former and (former.digest, former.file, former.codings) == (entry.digest, entry.file, entry.codings):
            return entry
        self._writer.write(entry.file, body, entry.codings)
        group.written.append(entry)
        return entry

    def _entry(self, group: BakedGroup, key: str, answer: BakedAnswer) -> Entry:
        """Return the entry of an answer, and store its body. Redirects get theirs when all addresses are known."""
        if answer.location:
            return Entry(answer.status, 0, location=answer.location)
        # The notice of a withdrawn page is HTML: only an address that ends with a slash has a file of its own. A file
        # that was redacted has a notice of its own.
        if answer.status == 410 and not key.endswith("/") and answer.body in group.notices:
            return group.notices[answer.body]
        stored = self.store(group, key, answer.body, answer.content_type)
        entry = replace(stored, status=answer.status, link=answer.link)
        if answer.status == 410:
            group.notices.setdefault(answer.body, entry)
        return entry
