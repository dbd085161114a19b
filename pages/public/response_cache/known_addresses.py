"""Which addresses there are: those of published pages and their redirects. All others get one constant 404 page."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Max
from django.utils.translation import override

from pages.models import Redirect, SiteSettings, Version
from pages.presentation.site_presentation import VERIFY_PATH
from pages.presentation.site_state import read_snapshot
from pages.public.original_addresses import original_forms
from pages.public.redirects import NUMBER_ARGUMENTS, language_of_path, match_url
from selfprivacy_site.wsgi_middleware.public_state import PublicState


@dataclass(frozen=True)
class _Addresses:
    """The paths of published pages with the number of their last version, and old paths, in a state of the site."""

    state: PublicState | None = None
    last_numbers: dict[str, int] = field(default_factory=dict)
    old_paths: frozenset[str] = frozenset()
    original_path: str = ""

    def has(self, path: str, numbers: list[int]) -> bool:
        """Tell whether there can be something at a path of a page, or at an old one, with these versions."""
        known = self.last_numbers.get(path)
        if known is not None:
            return all(number <= known for number in numbers)
        parts = path.split("/")
        is_redirected = any("/".join(parts[:count]) in self.old_paths for count in range(1, len(parts) + 1))
        # An address in a language that is no longer served, if the first part is one.
        is_unserved = parts[1:] in ([], [VERIFY_PATH]) and parts[0] in settings.MODELTRANSLATION_LANGUAGES
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
        language = language_of_path(path)
        if self._can_exist(path):
            return None
        if self._addresses.state != state:
            try:
                self._addresses = _read_addresses(state)
            except (DatabaseError, InterfaceError):
                connection.close()
                # The view says so.
                return None
            if self._can_exist(path):
                return None
        return language

    def _can_exist(self, path: str) -> bool:
        """Tell whether there can be something at a path of a request, or at one that it is another form of."""
        forms = (path, *original_forms(path, self._addresses.original_path))
        return any(_can_be_at(form, self._addresses) for form in forms)


def _can_be_at(path: str, addresses: _Addresses) -> bool:
    language = language_of_path(path)
    with override(language):
        match = match_url(path)
    if match and ("path" not in match.kwargs or match.url_name == VERIFY_PATH):
        # Addresses that do not belong to a page: the home page, the feed of the site, the sitemap, pictures …
        return True
    below_prefix = path.removeprefix("/" if language == settings.LANGUAGE_CODE else f"/{language}/").strip("/")
    page_path = match.kwargs["path"] if match else below_prefix
    numbers = [int(value) for name in NUMBER_ARGUMENTS if (value := str(match and match.kwargs.get(name))).isdigit()]
    # An old path can end with what the URL patterns take for a route below a page.
    return addresses.has(page_path, numbers) or addresses.has(below_prefix, [])


def _read_addresses(state: PublicState) -> _Addresses:
    with read_snapshot():
        last_numbers = Version.objects.order_by().values_list("page__path").annotate(Max("number"))
        old_paths = Redirect.objects.values_list("old_path", flat=True)
        settings_row = SiteSettings.objects.first() or SiteSettings()
        return _Addresses(state, dict(last_numbers), frozenset(old_paths), settings_row.original_path)
