"""A text that begins with its own title as a heading: a page that shows the title above it must not show it twice."""

from dataclasses import replace

from pages.text.rendering import Rendered


def without_title(rendered: Rendered, title: str) -> Rendered:
    """Return a rendered body without its first heading if that is the title; its id is in `title_id` then."""
    first = next(iter(rendered.contents), None)
    if first is None or first.level != 1 or first.text.split() != title.split():
        return rendered
    before, opening, rest = rendered.html.partition(f'<h1 id="{first.id}">')
    _, closing, after = rest.partition("</h1>")
    if not (opening and closing):
        return rendered
    return replace(rendered, html=before + after.lstrip("\n"), contents=rendered.contents[1:], title_id=first.id)
