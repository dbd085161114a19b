"""`llms.txt` (llmstxt.org): the policies as Markdown, for language models and anyone who reads with one."""

import re

from django.conf import settings
from django.utils.translation import override

from pages.languages import served_languages
from pages.models.page import page_url
from pages.presentation.public_tree import read_tree
from pages.presentation.site_presentation import read_site
from pages.presentation.site_state import SiteState
from pages.public.machine_readable.responses import document_response
from pages.public.responses import origin

# What would end a link, or begin markup.
_MARKUP = re.compile(r"([\\`*_\[\]<>#])")


def llms_txt(request, state):
    """Return a list of the public pages with links to their Markdown, in the default language."""
    root, language = origin(request), settings.LANGUAGE_CODE
    with override(language):
        site = read_site(language, state)
    head = [f"# {_text(site.name.text) or 'Policies'}"]
    if site.is_sample:
        head.append("> The content of this site is a sample. It is nobody's policy.")
    head.append(
        "Each link leads to the text in force. What changed, since when a version was in force, and earlier versions "
        "are in the history of each page. `current.json` below the address of a page says which version is in force."
    )
    optional = [
        f"- [All changes]({root}/feed.atom): major changes of all pages, as Atom",
        f"- [Publication log]({root}/publication-log.json): a record with a hash of everything that was published",
    ]
    parts = [*head, "## Policies", "\n".join(_pages(root, language, state)), "## Optional", "\n".join(optional)]
    return document_response("\n\n".join(part for part in parts if part) + "\n", "text/plain", state)


def _pages(root: str, language: str, state: SiteState) -> list[str]:
    tree = read_tree(state)
    titles = tree.shown_titles(tree.keys, language)
    lines = []
    for key in tree.keys:
        title, path = titles[key], tree.rows[key].path
        # The Markdown of a text is at an address in its own language only.
        is_served = title.language in served_languages()
        text_url = f"{page_url(path, title.language)}index.md" if is_served else page_url(path, language)
        description = f": {_text(title.description)}" if title.description else ""
        history = f"[history]({root}{page_url(path, language)}history/)"
        lines.append(f"- [{_text(title.full_title)}]({root}{text_url}){description} ({history})")
    return lines


def _text(text: str) -> str:
    """Return a text on one line, without what Markdown would take for markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
