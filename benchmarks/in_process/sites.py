"""Large sites, built with the importer of batches."""

import uuid
from collections.abc import Iterator
from random import Random

from django.utils import timezone

from benchmarks.generators.texts import LANGUAGES, TextGenerator
from benchmarks.rows.hugo_sites import copy_name, sample_texts
from pages.models import Page
from pages.publishing.actors import system_actor
from pages.publishing.importing.batches import Batches
from pages.publishing.importing.page_updates import ImportedText
from pages.text.fields import Fields
from pages.text.source import parse

ACTOR = system_actor("import_hugo")
BATCH_PAGES = 500
# Each page has at most so many pages below it.
BRANCHES = 10


def make_text(title: str, body: str, language: str) -> ImportedText:
    content = f"---\ntitle: {title}\n---\n\n{body}\n".encode()
    return ImportedText(content, Fields(title, body=body), f"content/{language}/{title}.md")


def page_path(number: int) -> str:
    """Return the path of a page in a tree in which ten pages are at the top and ten below each page."""
    parent = page_path(number // BRANCHES - 1) + "/" if number >= BRANCHES else ""
    return f"{parent}page-{number}"


def numbers_around(number: int) -> list[int]:
    """Return the numbers of a page, of those above it, and of all pages beside one of these."""
    first = number - number % BRANCHES
    above = numbers_around(number // BRANCHES - 1) if number >= BRANCHES else []
    return [*above, *range(first, first + BRANCHES)]


def make_site(pages: int, languages: int, body_bytes: int = 2000, *, is_around_last: bool = False) -> str:
    """Publish pages in languages, if asked to only those that are listed around the last one; return its path."""
    batches, now = Batches(by=ACTOR), timezone.now()
    numbers = numbers_around(pages - 1) if is_around_last else range(pages)
    bodies = dict(_bodies(languages, body_bytes))
    for start in numbers[::BATCH_PAGES]:
        with batches.batch(now) as importer:
            for number in numbers[start : start + BATCH_PAGES]:
                page = importer.create_page(page_path(number), source_language="en", identifier=uuid.uuid4())
                texts = {
                    code: make_text(f"Policy {number}", f"{body}\n\n{number}", code) for code, body in bodies.items()
                }
                importer.import_tree(page, texts, {})
    return page_path(numbers[-1])


def make_history(versions: int, languages: int, body_bytes: int = 2000) -> str:
    """Publish versions of one page in all languages, each with a note; return its path."""
    batches, now, bodies = Batches(by=ACTOR), timezone.now(), dict(_bodies(languages, body_bytes))
    with batches.batch(now) as importer:
        importer.create_page("long", source_language="en", identifier=uuid.uuid4())
    page = Page.objects.get(path="long")
    for start in range(0, versions, BATCH_PAGES):
        with batches.batch(now) as importer:
            for number in range(start, min(versions, start + BATCH_PAGES)):
                texts = {
                    code: make_text(f"Policy {number}", f"{body}\n\n{number}", code) for code, body in bodies.items()
                }
                importer.import_tree(page, texts, dict.fromkeys(texts, f"Note {number}"))
    return page.path


def _bodies(languages: int, body_bytes: int) -> Iterator[tuple[str, str]]:
    for code in list(LANGUAGES)[:languages]:
        generator = TextGenerator(code, Random(5))
        yield code, "\n\n".join(generator.blocks(body_bytes + 500, generator.paragraph))


def make_copies(copies: int) -> None:
    """Publish the sample policy under many addresses, in its languages."""
    texts, batches, now = sample_texts(), Batches(by=ACTOR), timezone.now()
    for start in range(0, copies, BATCH_PAGES):
        with batches.batch(now) as importer:
            for number in range(start, min(copies, start + BATCH_PAGES)):
                page = importer.create_page(copy_name(number), source_language="en", identifier=uuid.uuid4())
                importer.import_tree(page, {code: read_text(content, code) for code, content in texts.items()}, {})


def edit_copy(number: int) -> None:
    """Publish a new version of a copy in one language."""
    texts = {"en": read_text(sample_texts()["en"] + f"\n\nEdit {number}.\n".encode(), "en")}
    with Batches(by=ACTOR).batch(timezone.now()) as importer:
        importer.import_tree(Page.objects.get(path=copy_name(number)), texts, {"en": "Edited."})


def read_text(content: bytes, language: str) -> ImportedText:
    return ImportedText(content, parse(content).fields, f"content/{language}/policy.md")
