"""How programs are answered: with the validators of a page, and out of reach of what must not stand in XML or HTML."""

import re
from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language

from pages.presentation.site_presentation import read_site
from pages.public.responses import with_last_modified

# XML 1.0, section 2.2, has no way at all to write these down; an imported text may hold one.
NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer_program(content: bytes | str, content_type: str, *, at: datetime) -> HttpResponse:
    """Answer with a document that a program may keep as long as it asks again."""
    return _kept(HttpResponse(content, content_type=f"{content_type}; charset=utf-8"), at)


def answer_json(content: dict, *, canonical: str, at: datetime) -> HttpResponse:
    """Answer with JSON and the one address it is known by; searching people find the page instead."""
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response.headers["Link"] = f'<{canonical}>; rel="canonical"'
    response.headers["X-Robots-Tag"] = "noindex"
    return _kept(response, at)


def xml_text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return NO_CHARACTER.sub("", text)


def _kept(response: HttpResponse, at: datetime) -> HttpResponse:
    response.headers["Cache-Control"] = "no-cache"
    return with_last_modified(response, read_site(get_language(), at), at)
