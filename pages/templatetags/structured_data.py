"""Writes data into a page for programs to read."""

import json

from django import template
from django.utils.safestring import SafeString

register = template.Library()

# None of these may reach the HTML parser as they are; inside JSON's strings, where alone they stand, this is the same.
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


@register.filter
def json_ld(data: dict) -> SafeString:
    """Return a script element that browsers do not run (HTML Standard, data blocks) and no content can leave."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return SafeString(f'<script type="application/ld+json">{written}</script>')
