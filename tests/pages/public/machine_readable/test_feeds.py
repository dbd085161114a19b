"""Tests of the Atom feeds: valid by RFC 4287, with entries for major changes in the language of the feed only."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from django.utils.translation import override

from pages.models import SiteSettings
from pages.public.responses import IS_BAKED
from pages.publishing.actors import system_actor
from pages.publishing.announcements import cancel
from pages.publishing.page_tree import move
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d{2}-\d{2}:[A-Za-z0-9/._~-]+")


def _day(day: int) -> datetime:
    return datetime(2024, 3, day, 12, tzinfo=UTC)


@pytest.fixture
def page():
    """Return a page: both languages on 1 March 2024, then a major change of Russian and a minor one of English."""
    page = make_page("policy")
    publish_bodies(page, {"en": "English.", "ru": "Русский."}, _day(1), confirmed=["ru"], note="")
    publish_bodies(page, {"ru": "Русский, иначе."}, _day(11), confirmed=["ru"], note="Иначе <b>сказано</b>.")
    publish_bodies(page, {"en": "English!"}, _day(12), significance="minor", note="A typo.")
    return page


def _feed(client, address: str, *related: str) -> ElementTree.Element:
    """Return a feed, after checking what RFC 4287 requires of feeds and entries.

    `related` are the relations of other documents of the feed.
    """
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    _check(
        feed, once=("title", "id", "updated", "author"), links={"self": 1, "alternate": 1, **dict.fromkeys(related, 1)}
    )
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"http://testserver{address}"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        _check(entry, once=("title", "id", "updated", "published", "summary", "content"), links={"alternate": 1})
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "html"
        assert content.get(LANG)
        assert content.get("src") is None
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    if entries:
        assert feed.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated") for entry in entries)
    return feed


def _check(element, *, once, links) -> None:
    """Check which elements occur once, and the form of ids, timestamps and links."""
    names = [child.tag.removeprefix(ATOM) for child in element]
    assert {name: names.count(name) for name in once} == dict.fromkeys(once, 1)
    assert TAG.fullmatch(element.findtext(f"{ATOM}id"))
    assert element.findtext(f"{ATOM}title").strip()
    for name in {"updated", "published"} & set(names):
        assert datetime.fromisoformat(element.findtext(f"{ATOM}{name}")).tzinfo
    relations = [link.get("rel") for link in element.findall(f"{ATOM}link")]
    assert {relation: relations.count(relation) for relation in relations} == links
    assert all(link.get("href").startswith("http://testserver/") for link in element.findall(f"{ATOM}link"))


def _titles(feed) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def test_each_language_has_entries_for_its_own_major_changes(client, page):
    assert _titles(_feed(client, "/policy/feed.atom")) == ["Privacy policy: version 1, March\xa01,\xa02024"]
    assert len(_titles(_feed(client, "/ru/policy/feed.atom"))) == 2


def test_entry_shows_the_changes_in_its_language(client, page):
    feed = _feed(client, "/ru/policy/feed.atom")
    assert feed.get(LANG) == "ru"
    entry = feed.find(f"{ATOM}entry")
    content = entry.find(f"{ATOM}content")
    assert content.get(LANG) == "ru"
    assert content.text.startswith('<p lang="ru" dir="ltr">Иначе &lt;b&gt;сказано&lt;/b&gt;.</p>')
    assert "<b>Изменено</b>" in content.text or "<b>Добавлено</b>" in content.text
    assert "<ins>" in content.text or "<blockquote" in content.text
    assert entry.findtext(f"{ATOM}summary") == "Иначе <b>сказано</b>."
    assert entry.find(f"{ATOM}link").get("href") == "http://testserver/ru/policy/v/2/"
    assert entry.findtext(f"{ATOM}published") == "2024-03-11T12:00:00+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2024-03-11T12:00:00+00:00"


def test_first_version_without_a_note_gets_a_sentence(client, page):
    assert "The first version." in _feed(client, "/policy/feed.atom").findtext(f".//{ATOM}content")


def test_translation_without_a_note_gets_the_note_of_the_source(client, page):
    publish_bodies(page, {"en": "New.", "ru": "Новое."}, _day(13), notes={"en": "New rule."}, confirmed=["ru"])
    content = _feed(client, "/ru/policy/feed.atom").find(f".//{ATOM}content")
    assert (content.get(LANG), "New rule." in content.text) == ("en", True)


def test_announced_version_is_titled_as_upcoming(client, page):
    announced, effective = timezone.now() - timedelta(days=2), timezone.now() + timedelta(days=40)
    publish_bodies(page, {"en": "Announced."}, announced, effective_at=effective, note="Soon.")
    feed = _feed(client, "/policy/feed.atom")
    before = feed.find(f"{ATOM}entry")
    # To the minute, as on the page.
    assert before.findtext(f"{ATOM}title").startswith("Privacy policy: upcoming changes on ")
    assert before.findtext(f"{ATOM}title").endswith(f", {effective:%H:%M}\xa0(UTC)")
    assert before.findtext(f"{ATOM}updated") == announced.isoformat()
    assert "Soon." in before.findtext(f"{ATOM}content")


def test_announced_version_is_updated_when_it_comes_into_force(client, page):
    announced, effective = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    publish_bodies(page, {"en": "Announced."}, announced, effective_at=effective, note="Soon.")
    entry = _feed(client, "/policy/feed.atom").find(f"{ATOM}entry")
    assert "version 4" in entry.findtext(f"{ATOM}title")
    assert entry.findtext(f"{ATOM}published") == announced.isoformat()
    assert entry.findtext(f"{ATOM}updated") == effective.isoformat()


def test_cancelled_version_is_left_out(client, page):
    before = client.get("/policy/feed.atom").content
    version = publish_bodies(page, {"en": "No."}, _day(13), effective_at=timezone.now() + timedelta(days=9))
    assert client.get("/policy/feed.atom").content != before
    cancel(version, by=system_actor("Ann"), now=_day(14))
    assert client.get("/policy/feed.atom").content == before


def test_feed_in_a_missing_language_is_about_the_source_text(client):
    publish_bodies(make_page("policy"), {"en": "English."}, _day(1), note="First.")
    feed = _feed(client, "/ru/policy/feed.atom")
    assert feed.get(LANG) == "ru"
    assert feed.find(f".//{ATOM}content").get(LANG) == "en"


def test_page_without_a_version_in_force_has_no_feed(client, db):
    save_bodies(make_page("draft"), _day(1), en="Draft.")
    publish_bodies(make_page("soon"), {"en": "Soon."}, _day(1), effective_at=timezone.now() + timedelta(days=1))
    for address in ("/draft/feed.atom", "/soon/feed.atom", "/nowhere/feed.atom"):
        assert client.get(address).status_code == 404


def test_site_feed_has_the_entries_of_all_pages_newest_first(client, page):
    SiteSettings(name_en="Policies of Ann", name_ru="Правила Анны").save()
    publish_bodies(make_page("terms"), {"en": "Terms."}, _day(15))
    feed = _feed(client, "/feed.atom")
    assert feed.findtext(f"{ATOM}title") == feed.findtext(f"{ATOM}author/{ATOM}name") == "Policies of Ann"
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]
    assert links == ["http://testserver/terms/v/1/", "http://testserver/policy/v/1/"]
    assert _feed(client, "/ru/feed.atom").findtext(f"{ATOM}title") == "Правила Анны"


def test_feed_of_an_empty_site_is_valid(client, db):
    assert _titles(_feed(client, "/feed.atom")) == []


def test_home_page_has_no_feed_other_than_that_of_the_site(client, page):
    publish_bodies(make_page(""), {"en": "Welcome."}, _day(20))
    assert len(_titles(_feed(client, "/feed.atom"))) == 2


def test_feed_has_at_most_twenty_entries(client):
    page = make_page("policy")
    for hour in range(55):
        publish_bodies(page, {"en": f"Text {hour}."}, _day(1) + timedelta(hours=hour))
    for address in ("/policy/feed.atom", "/feed.atom"):
        titles = _titles(_feed(client, address, "first", "next", "last"))
        assert len(titles) == 20
        assert "version 55" in titles[0]


def _related(feed) -> dict[str, str]:
    links = {link.get("rel"): link.get("href").removeprefix("http://testserver") for link in feed.iter(f"{ATOM}link")}
    return {name: links[name] for name in ("first", "previous", "next", "last") if name in links}


def _read_all(client, address: str) -> tuple[list[str], set[str]]:
    """Follow a feed to its last document; return the addresses of its documents, and the ids of all entries."""
    documents, ids, first = [], set(), address
    while address:
        related = _related(ElementTree.fromstring(client.get(address).content))
        feed = _feed(client, address, *related)
        assert related["first"] == first
        assert related.get("previous") == (documents[-1] if documents else None)
        documents.append(address)
        ids |= {entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")}
        address = related.get("next")
    assert related["last"] == documents[-1]
    return documents, ids


def test_further_documents_of_a_long_feed_have_every_earlier_entry(client):
    page, other = make_page("policy"), make_page("other")
    for hour in range(45):
        significance = "minor" if hour in (3, 30) else "major"
        at = _day(1) + timedelta(hours=hour)
        publish_bodies(page, {"en": f"Text {hour}.", "ru": f"Текст {hour}."}, at, significance=significance)
        if hour % 10 == 0:
            publish_bodies(other, {"en": f"Other {hour}."}, at)
    for prefix in ("", "/ru"):
        documents, ids = _read_all(client, f"{prefix}/policy/feed.atom")
        assert documents == [f"{prefix}/policy/{name}" for name in ("feed.atom", "feed.2.atom", "feed.1.atom")]
        assert len(ids) == 43
        # That of the site, by 51 records of the log.
        documents, ids = _read_all(client, f"{prefix}/feed.atom")
        assert documents == [f"{prefix}/feed{part}.atom" for part in ("", ".3", ".2", ".1")]
        assert len(ids) == 43 + 5
    for address in ("/policy/feed.3.atom", "/policy/feed.0.atom", "/feed.4.atom", "/other/feed.1.atom"):
        assert client.get(address).status_code == 404
    copied = ElementTree.fromstring(client.get("/feed.atom", **{IS_BAKED: True}).content)
    assert _related(copied) == {}


def test_old_address_of_a_further_document_redirects_only_if_there_is_one(client, page):
    move(page, slug="new", parent=None, by=system_actor("Ann"), now=_day(13))
    assert client.get("/policy/feed.1.atom").status_code == 404
    for hour in range(18):
        publish_bodies(page, {"en": f"Text {hour}."}, _day(14) + timedelta(hours=hour))
    assert client.get("/policy/feed.1.atom").headers["Location"] == "/new/feed.1.atom"
    assert client.get("/new/feed.1.atom").status_code == 200


def test_links_and_pictures_in_entries_are_absolute(client):
    page = make_page("policy")
    publish_bodies(page, {"en": "Old."}, _day(1))
    publish_bodies(page, {"en": "## See {#see}\n\n[a](../terms/) [b](/x/) [c](#see) [d](https://e.example/)"}, _day(2))
    for address in ("/policy/feed.atom", "/feed.atom"):
        content = _feed(client, address).find(f".//{ATOM}content")
        # Sections of the text are those of the page that the entry is about.
        assert content.get("{http://www.w3.org/XML/1998/namespace}base") == "http://testserver/policy/v/2/"
        links = [link for link in re.findall(r'href="([^"]*)"', content.text) if not link.startswith("#")]
        assert links == ["http://testserver/terms/", "http://testserver/x/", "https://e.example/"]


def test_ids_differ_by_language_and_contain_no_path(client, page, settings):
    settings.SITE_URL = "https://policies.example.org:8443"
    root = ElementTree.fromstring(client.get("/policy/feed.atom").content)
    start = f"tag:policies.example.org,2024-03-01:{page.uuid}"
    assert root.findtext(f"{ATOM}id") == f"{start}/en"
    assert root.findtext(f"{ATOM}entry/{ATOM}id") == f"{start}/v1/en"
    russian = ElementTree.fromstring(client.get("/ru/policy/feed.atom").content)
    assert russian.findtext(f"{ATOM}id") == f"{start}/ru"
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == "https://policies.example.org:8443/policy/feed.atom"


def test_host_that_a_tag_uri_cannot_contain_is_replaced(client, page, settings):
    settings.SITE_URL = "http://[::1]:8000"
    assert b"tag:localhost,2024-03-01:" in client.get("/policy/feed.atom").content


def test_characters_invalid_in_xml_are_left_out(client, page):
    publish_bodies(page, {"en": "New."}, _day(13), note="Bell\x07 and \x0b tab, \ufffe ]]> & <script>")
    content = _feed(client, "/policy/feed.atom").findtext(f".//{ATOM}content")
    assert "Bell and  tab,  ]]&gt; &amp; &lt;script&gt;" in content


def test_feed_does_not_depend_on_the_clock(client, page):
    assert client.get("/policy/feed.atom").content == client.get("/policy/feed.atom").content


def test_titles_are_in_the_readers_language(client, page):
    with override("ru"):
        english = "%(title)s: version %(number)s, %(date)s"
        translated = _titles(_feed(client, "/ru/policy/feed.atom"))[0]
    assert "11\xa0марта\xa02024" in translated
    assert english not in translated


@pytest.mark.parametrize("address", ["/feed.atom", "/policy/feed.atom", "/ru/feed.atom", "/ru/policy/feed.atom"])
def test_feeds_are_revalidated_set_no_cookie_and_refuse_post(client, page, address):
    first = client.get(address)
    assert not first.cookies
    assert first.headers["Cache-Control"] == "no-cache"
    assert client.get(address, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_entries_are_found_behind_many_versions_that_have_none(client, page):
    other = make_page("other")
    for hour in range(70):
        publish_bodies(other, {"en": f"Other {hour}."}, _day(15) + timedelta(hours=hour), significance="minor")
    titles = _titles(_feed(client, "/feed.atom", "first", "next", "last"))
    assert titles[1:] == ["Privacy policy: version 1, March\xa01,\xa02024"]


def test_cancelled_version_is_not_the_one_before(client, page):
    later = timezone.now() + timedelta(days=9)
    version = publish_bodies(page, {"en": "Never."}, _day(13), effective_at=later, note="Never.")
    cancel(version, by=system_actor("Ann"), now=_day(14))
    publish_bodies(page, {"en": "English, again."}, _day(15), note="Again.")
    content = _feed(client, "/policy/feed.atom").findtext(f".//{ATOM}content")
    assert "English<del>!</del>" in content
    assert "Never" not in content


@pytest.mark.parametrize("address", ["/feed.atom", "/policy/feed.atom"])
def test_number_of_queries_does_not_grow_with_pages_and_versions(client, page, address, django_assert_max_num_queries):
    for day in range(3):
        client.get("/nowhere/")
        with django_assert_max_num_queries(11):
            client.get(address)
        # Titles and bodies are in memory now.
        with django_assert_max_num_queries(9):
            client.get(address)
        for number in range(4):
            moment = _day(15 + day) + timedelta(minutes=number)
            publish_bodies(page, {"en": f"English {day} {number}."}, moment)
            publish_bodies(make_page(f"page-{day}-{number}"), {"en": "Another."}, moment)
