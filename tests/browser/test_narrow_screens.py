"""Public pages on a phone: nothing is wider than the screen, and the text begins on the first screen."""

import re

import pytest

from tests.pages.public.endpoints import PAGE_ENDPOINTS, VERSION_ENDPOINTS, Endpoint, address_of

# A page below another one, with a long word wherever an editor can put one; a withdrawn page; and a page whose
# translation has fallen behind and which is about to change.
BUILD = """
from datetime import timedelta
from django.utils import timezone
from pages.models import SiteSettings
from pages.publishing.page_events import withdraw
from pages.publishing.versions import publish
from pages.publishing.drafts import save_draft
from pages.text.fields import Fields
from tests.building import EDITOR, make_page, publish_bodies, texts_to_publish

word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
body = f'''{word} [{word}](https://example.org/{word}) `{word}` **{word}** <https://example.org/{word}>

## {word}

- {word}
    1. {word}
        - {word}

> {word}

| {word} | Why | How long |
|---|---|---|
| {word} | `{word}` | [{word}](/other/) |

    {word * 3}

#### `{word}` [{word}](/other/)

{word}
: {word}

![{word}](missing.png) {word}[^1]

<details><summary>{word}</summary>{word}</details>

[^1]: {word}
'''
now = timezone.now() - timedelta(minutes=1)

def publish_words(page, body, days, **options):
    fields = {language: Fields(title=word, description=word, body=body) for language in ("en", "ru")}
    save_draft(page, fields, by=EDITOR, now=now)
    texts = texts_to_publish(page, ("en", "ru"), confirmed=["ru"])
    publish(page, texts, by=EDITOR, now=now + timedelta(days=days), notes={"en": word, "ru": word}, **options)

policy = make_page("policy")
other = make_page("other")
below, old = make_page("below", parent=policy), make_page("old")
for days, text in ((-30, body), (-3, body.replace(word, word[::-1]))):
    for page in (policy, below, old):
        publish_words(page, text, days)
publish_bodies(other, {"en": "One.", "ru": "Один."}, now - timedelta(days=3), confirmed=["ru"], binding_language="en")
note = "We say more about what we keep, and for how long."
publish_bodies(other, {"en": "Two."}, now - timedelta(days=2), note=note, binding_language="en")
announced = timezone.now() + timedelta(days=30)
publish_bodies(other, {"en": "Three."}, now, effective_at=announced, note=note)
publish_words(policy, "Soon. " + body, 0, effective_at=announced)
withdraw(old, reasons={"en": word, "ru": word}, by=EDITOR, now=timezone.now())
SiteSettings(name_en=word, notice_en=word, licence_name_en=word, language_name_en=word).save()
"""


def is_for_people(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint answers with a page, not with a file for programs."""
    return endpoint.name != "timemap" and not re.search(r"\.\w+$", endpoint.address)


ADDRESSES = [
    *(address_of(endpoint) for endpoint in PAGE_ENDPOINTS + VERSION_ENDPOINTS if is_for_people(endpoint)),
    *(f"/policy/below/{rest}" for rest in ("", "history/", "_print/")),
    *("/old/", "/old/v/1/", "/old/history/", "/policy/changes/", "/policy/as-of/1999-01-01/", "/nowhere/"),
]


@pytest.fixture(scope="module")
def site(start_site):
    # Before the sample, which is of today, nothing can be published.
    site = start_site(has_sample=False)
    site.manage("shell", "--command", BUILD)
    return site


@pytest.fixture(scope="module")
def narrow_tab(chromium):
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_long_words_do_not_widen_the_page(narrow_tab, site, address):
    narrow_tab.goto(site.url + address)
    narrow_tab.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert narrow_tab.evaluate("document.documentElement.scrollWidth") <= 320
    # What is wider than the screen scrolls by itself, and can be reached with the keyboard, by a name.
    unnamed = """[...document.querySelectorAll("main *")].filter(element => element.scrollWidth > element.clientWidth
        && ["auto", "scroll"].includes(getComputedStyle(element).overflowX)
        && !(element.tabIndex >= 0 && element.ariaLabel)).map(element => element.outerHTML)"""
    assert narrow_tab.evaluate(unnamed) == []


def test_wide_table_is_scrolled_with_the_keyboard(narrow_tab, site):
    narrow_tab.goto(f"{site.url}/policy/")
    table = narrow_tab.locator(".table-scroll")
    scrolled = table.evaluate_handle(
        "element => ({ end: new Promise(resolve => element.addEventListener('scroll', resolve, { once: true })) })"
    )
    table.press("ArrowRight")
    scrolled.evaluate("scrolled => scrolled.end.then(() => true)")
    assert table.evaluate("element => element.scrollLeft") > 0


@pytest.mark.parametrize("address", ["/other/", "/ru/other/", "/ru/other/v/1/"])
def test_text_begins_on_the_first_screen_below_all_notices(open_browser, site, address):
    tab = open_browser(viewport={"width": 390, "height": 844}).new_page()
    tab.goto(site.url + address)
    assert tab.locator(".notices > *").count() >= 2
    # Below the header of the site, which has a long name and a long notice here.
    top, title, notices, text = (
        tab.locator(place).first.bounding_box()["y"] for place in ("main", "h1", ".notices", ".policy-text p")
    )
    assert top <= title < notices < text < top + 560
