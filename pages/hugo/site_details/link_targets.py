"""Where the links of a config lead: to a page of this site, or to an address of the original site or of another one."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pages.hugo.site_structure.addresses import lowercase
from pages.hugo.site_structure.site_config import language_tag

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_FILE_NAME = re.compile(r"(?:(?:\A|(?<=/))_?index)?\.(?:html?|md|markdown)\Z|(?:\A|(?<=/))_?index\Z", re.IGNORECASE)


@dataclass(frozen=True)
class LinkTargets:
    """Resolves links of a site with an address, which may be empty, and languages, which addresses begin with."""

    address: str
    languages: Collection[str]

    def resolve(self, url: str) -> tuple[str, str | None]:
        """Return the whole address of a link, empty if it is not known, and the path of its page, None for others.

        Raises ValueError if it is not an address.
        """
        url = url.strip()
        if url.startswith("//"):
            return f"https:{url}", None
        own = self._strip_address(url) if _SCHEME.match(url) else url
        if own is None:
            return url, None
        path = unquote(urlsplit(own).path).strip("/")
        base_path = unquote(urlsplit(self.address).path).strip("/")
        if base_path and (f"{path}/").startswith(f"{base_path}/"):
            path = path.removeprefix(base_path).lstrip("/")
            own = own.lstrip("/").removeprefix(urlsplit(self.address).path.strip("/"))
        whole = f"{self.address.rstrip('/')}/{own.lstrip('/')}" if self.address else ""
        return whole, self._page_path(path)

    def _strip_address(self, url: str) -> str | None:
        """Return what follows the site's address in a whole address; None for an address of another site."""
        address = self.address.rstrip("/")
        return url.removeprefix(address) if address and f"{url}/".startswith(f"{address}/") else None

    def _page_path(self, path: str) -> str:
        parts = _FILE_NAME.sub("", path).strip("/").split("/")
        if language_tag(parts[0]) in self.languages:
            del parts[0]
        return lowercase("/".join(parts))
