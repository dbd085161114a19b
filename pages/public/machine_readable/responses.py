"""Responses with machine-readable documents, revalidated in the same way as pages."""

import json
import re

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from pages.presentation.site_presentation import is_sample_site
from pages.presentation.site_state import SiteState
from pages.public.responses import with_last_modified

# XML 1.0, section 2.2, has no way to write these characters, not even escaped. An imported text may contain one.
INVALID_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document_response(content: bytes | str, content_type: str, state: SiteState) -> HttpResponse:
    """Return a response with a document of a content type, in UTF-8."""
    return _with_cache_headers(HttpResponse(content, content_type=f"{content_type}; charset=utf-8"), state)


def json_text(content: dict, state: SiteState) -> str:
    """Return a document as JSON. On a site with sample content it says so."""
    sample = {"sample": True} if is_sample_site(state) else {}
    return json.dumps({**sample, **content}, cls=DjangoJSONEncoder, ensure_ascii=False)


def json_response(text: str, state: SiteState, *, canonical: str) -> HttpResponse:
    """Return a response with JSON and its canonical URL. Search engines should index the page instead."""
    response = HttpResponse(text, content_type="application/json")
    response.headers["Link"] = f'<{canonical}>; rel="canonical"'
    response.headers["X-Robots-Tag"] = "noindex"
    return _with_cache_headers(response, state)


def xml_text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return INVALID_IN_XML.sub("", text)


def _with_cache_headers(response: HttpResponse, state: SiteState) -> HttpResponse:
    response.headers["Cache-Control"] = "no-cache"
    return with_last_modified(response, state)
