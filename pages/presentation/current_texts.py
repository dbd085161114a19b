"""The texts of the version in force as programs show them elsewhere: with absolute addresses, and nothing around."""

from collections.abc import Mapping
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pages.languages import served_languages, served_or_default, text_for
from pages.models import Page, VersionText
from pages.models.version_text import VersionTextQuerySet
from pages.presentation.file_links import read_file_links
from pages.presentation.rendered_bodies import render_revision
from pages.text import source
from pages.text.rendering import find_file_links, remove_title_heading


def texts_of(version: int) -> VersionTextQuerySet:
    """Return the texts of the version with a key that were not redacted, with their revisions."""
    texts = VersionText.objects.filter(version=version).exclude(revision__blob__content=None)
    return texts.select_related("revision").order_by("language")


def read_current_texts(page: Page, version: int, at: datetime) -> dict[str, VersionText]:
    """Return the texts that readers get in the served languages, by the language of the text."""
    texts = {text.language: text for text in texts_of(version).with_modified_at(at).with_updated_in(at)}
    if not texts:
        return {}
    shown = [text_for(texts, language, page.source_language) for language in served_languages()]
    return {text.language: text for text in shown}


def render_fragment(
    text: VersionText, page: Page, *, root: str, picture_urls: Mapping[str, str], at: datetime
) -> SafeString:
    """Render the body of a text as an element with its language.

    `root` is the origin of the site. The bytes of the text's blob must have been read, or are read now.
    """
    revision, language = text.revision, served_or_default(text.language)
    links = read_file_links(revision, language, at) if find_file_links(source.extract_body(revision.source)) else {}
    body = render_revision(
        revision,
        picture_urls,
        link_urls={link: f"{root}{url}" for link, url in links.items()},
        base_url=f"{root}{page.url_in(language)}",
    )
    context = {"body": remove_title_heading(body, revision.title), "language": text.language}
    return render_to_string("pages/fragment.html", context)
