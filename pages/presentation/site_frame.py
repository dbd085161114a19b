"""The frame of the site around a page: what `base.html` needs, for readers' pages and for editors' previews of them."""

from django.conf import settings
from django.utils.translation import get_language_info

from pages.presentation.directions import direction
from pages.presentation.site_presentation import SitePresentation


def frame_of(site: SitePresentation, language: str, *, origin: str, links: list[dict], noindex: bool) -> dict:
    """Return the context of the frame; `origin` is the site's address, `links` lead to the page's other languages."""
    return {
        "site": site,
        "language": language,
        "direction": direction(language),
        "origin": origin,
        "language_links": links,
        "noindex": noindex,
    }


def language_link(code: str) -> dict:
    """Return how a language names itself."""
    return {"code": code, "name": get_language_info(code)["name_local"], "direction": direction(code)}


def served() -> list[str]:
    """Return the codes of the served languages, the default first."""
    return list(dict(settings.LANGUAGES))
