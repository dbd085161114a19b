"""The interface around a text is in one language, and so marked: without a catalogue it is English."""

import re
from datetime import date, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override, trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR

from pages.management.catalogues import extract_messages, messages_of
from pages.presentation.as_of import format_day
from pages.public.errors import server_error
from pages.publishing.page_events import withdraw
from pages.templatetags.page_tags import change_count
from tests.building import EDITOR, make_page, publish_bodies

pytestmark = pytest.mark.django_db
VOID = {"meta", "link", "input", "br", "hr", "img", "col", "wbr"}
ADDRESSES = (
    "", "policy/", "policy/history/", "policy/v/1/", "policy/v/3/", "policy/compare/1...2/", "policy/upcoming/",
    "policy/changes/?since=2024-03-05", "policy/changes/?since=2020-01-01", "policy/changes/", "policy/_print/",
    "policy/sections/", "policy/with/en/", "verify/", "policy/as-of/", "policy/as-of/2020-01-01/",
    "policy/as-of/2999-01-01/", "gone/", "missing/",
)  # fmt: skip


class Interface(HTMLParser):
    """Collects the text that is marked as being in the language of the page, and labels that only programs read."""

    def __init__(self):
        super().__init__()
        self.open, self.words, self.start = [], [], {}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "html":
            self.start = attributes
        language = attributes.get("lang") or (self.open[-1][1] if self.open else "")
        if language == self.start.get("lang"):
            self.words += [attributes[name] for name in ("aria-label", "title") if name in attributes]
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tag, language = self.open[-1] if self.open else ("", "")
        # The title names the page. Its element takes no markup that could say in which language.
        if language == self.start.get("lang") and tag not in {"title", "script"}:
            self.words.append(data)


def _read(client, address: str) -> tuple[dict, str]:
    interface = Interface()
    interface.feed(client.get(address).content.decode())
    return interface.start, " ".join(" ".join(interface.words).split())


@pytest.fixture
def page():
    """Return a page in two languages with two versions and two upcoming ones, next to one that is withdrawn."""
    page, gone, now = make_page("policy"), make_page("gone"), timezone.now()
    publish_bodies(gone, {"en": "Text.", "ar": "نص."}, now - timedelta(days=50))
    notes = {"en": "A note.", "ar": "ملاحظة."}
    withdraw(gone, reasons={"en": "Wrong.", "ar": "سبب"}, by=EDITOR, now=now - timedelta(days=40))
    for number, days in enumerate((-30, -20, 10, 20)):
        bodies = {"en": f"# Text {number}\n\nText.", "ar": f"# نص {number}\n\nنص."}
        at = now + timedelta(days=days)
        publish_bodies(page, bodies, min(at, now), effective_at=at if days > 0 else None, notes=notes)
    return page


@pytest.mark.parametrize("address", ADDRESSES)
def test_interface_is_english_and_so_marked_without_a_catalogue(client, settings, page, address):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("ar", "Arabic")]
    start, words = _read(client, f"/ar/{address}")
    assert (start["lang"], start["dir"]) == ("en", "ltr")
    assert not re.search(r"[\u0590-\u06ff\u0400-\u04ff]", words), words
    assert "This site sets no cookies" in words


def test_labels_in_a_feed_are_marked_as_english(client, settings, page):
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    feed = unescape(client.get("/ar/policy/feed.atom").content.decode())
    assert '<p lang="en" dir="ltr"><b>Changed</b></p>' in feed
    assert '<blockquote lang="ar" dir="rtl">' in feed


@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur", "de", "ja"])
def test_page_for_an_error_is_english_and_so_marked(settings, language):
    with override(language):
        html = server_error(None).content.decode()
    assert '<html lang="en" dir="ltr">' in html
    assert "Something went wrong" in html


@pytest.mark.parametrize(("language", "expected"), [("fa", "rtl"), ("he", "rtl"), ("ur", "rtl"), ("zh-hans", "ltr")])
def test_text_has_its_own_direction_within_an_english_interface(client, settings, language, expected):
    settings.LANGUAGES = [("en", "English"), (language, language)]
    publish_bodies(make_page("policy"), {"en": "Text.", language: "Text."}, timezone.now())
    for address in ("policy/", "policy/v/1/", "policy/_print/"):
        html = client.get(f"/{language}/{address}").content.decode()
        assert '<html lang="en" dir="ltr">' in html
        assert re.search(rf'<article[^>]* lang="{language}" dir="{expected}"', html)
        assert re.search(r'<(div|p) class="version-line[^"]*" lang="en" dir="ltr"', html)


@pytest.fixture
def unreviewed(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "German"), ("ar", "Arabic")]
    settings.PUBLIC_CATALOGUES = ["de", "ar"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "Bevorstehende Änderungen am 1.\xa0Mai\xa02024"), ("ar", "تغييرات قادمة في 1\xa0مايو\xa02024")],
)
def test_setting_turns_an_unreviewed_catalogue_on(unreviewed, language, expected):
    with override(language):
        text = gettext("Upcoming changes on %(date)s") % {"date": format_day(date(2024, 5, 1))}
    assert text == expected


@pytest.mark.parametrize(("number", "words"), [(1, "إضافة واحدة"), (2, "إضافتان"), (3, "3 إضافات"), (11, "11 إضافة")])
def test_arabic_has_its_plural_forms(unreviewed, number, words):
    with override("ar"):
        assert change_count(number, "addition") == words


def test_page_in_arabic_is_from_right_to_left_as_a_whole(client, unreviewed, page):
    start, words = _read(client, "/ar/policy/")
    assert (start["lang"], start["dir"]) == ("ar", "rtl")
    assert "لا يستخدم هذا الموقع ملفات تعريف الارتباط" in words


def test_public_catalogues_hold_every_string_that_readers_are_shown(client, settings, page, monkeypatch):
    settings.LANGUAGES = [("en", "English"), ("ru", "Russian"), ("ar", "Arabic")]
    translation, asked = trans_real.translation("ru"), set()
    for name in ("gettext", "ngettext"):
        original = getattr(translation, name)
        monkeypatch.setattr(translation, name, lambda text, *rest, call=original: asked.add(text) or call(text, *rest))
    for address in (*ADDRESSES, "feed.atom", "policy/feed.atom", "policy/history.json"):
        client.get(f"/ru/{address}")
    public = [(message.context, message.id) for message in messages_of(extract_messages(public_only=True))]
    singular = {(context, text if isinstance(text, str) else text[0]) for context, text in public}
    known = {text if context is None else f"{context}{CONTEXT_SEPARATOR}{text}" for context, text in singular}
    assert len(asked) > 80
    assert asked - known == set()
