"""Which addresses there are: those of published pages and their redirects. All others get one constant 404 page."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Max
from django.utils.translation import override

from pages.languages import served_languages
from pages.models import Redirect, Version
from pages.presentation.site_state import read_snapshot
from pages.public.redirects import match_url
from selfprivacy_site.wsgi_middleware.public_state import PublicState

# The arguments of URLs that are, or can be, numbers of versions.
NUMBER_ARGUMENTS = ("number", "older", "newer")


@dataclass(frozen=True)
class _Addresses:
    """The paths of published pages with the number of their last version, and old paths, in a state of the site."""

    state: PublicState | None = None
    last_numbers: dict[str, int] = field(default_factory=dict)
    old_paths: frozenset[str] = frozenset()

    def has(self, path: str, numbers: list[int]) -> bool:
        """Tell whether there can be something at a path of a page, or at an old one, with these versions."""
        known = self.last_numbers.get(path)
        if known is not None:
            return all(number <= known for number in numbers)
        parts = path.split("/")
        is_redirected = any("/".join(parts[:count]) in self.old_paths for count in range(len(parts) + 1))
        # An address in a language that is no longer served, if the first part is one.
        is_unserved = len(parts) == 1 and parts[0] in settings.MODELTRANSLATION_LANGUAGES
        return is_redirected or is_unserved or (len(parts) > 1 and "/".join(parts[1:]) in self.last_numbers)


class KnownAddresses:
    """Tells unknown addresses without a query for each.

    The addresses are read again only if one is missing from them and the site has changed since. So a draft's address
    takes as long as any other unknown one.
    """

    def __init__(self) -> None:
        self._addresses = _Addresses()

    def language_of_unknown(self, path_info: str, state: PublicState) -> str | None:
        """Return the language of the 404 page for the path of a request (PEP 3333), or None if there may be a page."""
        path = path_info.encode("latin-1").decode("utf-8", "replace")
        prefix = path[1:].partition("/")[0]
        language = prefix if prefix in served_languages() else settings.LANGUAGE_CODE
        with override(language):
            match = match_url(path)
        if match and "path" not in match.kwargs:
            # Addresses that do not belong to a page: the home page, the feed of the site, the sitemap, pictures …
            return None
        below_prefix = path.removeprefix("/" if language == settings.LANGUAGE_CODE else f"/{language}/")
        page_path = match.kwargs["path"] if match else below_prefix.strip("/")
        numbers = [
            int(value) for name in NUMBER_ARGUMENTS if (value := str(match and match.kwargs.get(name))).isdigit()
        ]
        if self._addresses.has(page_path, numbers):
            return None
        if self._addresses.state != state:
            try:
                self._addresses = _read_addresses(state)
            except (DatabaseError, InterfaceError):
                connection.close()
                # The view says so.
                return None
        # An old path can end with what the URL patterns take for a route below a page.
        candidates = ((page_path, numbers), (below_prefix.strip("/"), []))
        return None if any(self._addresses.has(*candidate) for candidate in candidates) else language


def _read_addresses(state: PublicState) -> _Addresses:
    with read_snapshot():
        last_numbers = Version.objects.order_by().values_list("page__path").annotate(Max("number"))
        old_paths = Redirect.objects.values_list("old_path", flat=True)
        return _Addresses(state, dict(last_numbers), frozenset(old_paths))
