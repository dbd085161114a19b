"""The page that explains how to check the site, the script that it offers, and the links to them."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from pages.models import Blob, Page, SiteCounter
from pages.publishing.page_events import withdraw
from pages.publishing.page_tree import move
from pages.publishing.writer import writing
from tests.building import EDITOR, make_page, publish_bodies
from tests.documentation import ROOT

pytestmark = pytest.mark.django_db
# In each language, a sentence of what is proven and one of what is not.
SENTENCES = {
    "/verify/": ("exactly this text, byte for byte", "Until somebody notes a hash"),
    "/ru/verify/": ("этот текст, байт в байт", "Пока её никто не записал"),
}


@pytest.fixture
def policy():
    page = make_page("policy")
    publish_bodies(page, {"en": "One.", "ru": "Один."}, timezone.now() - timedelta(days=2))
    return page


def make_page_at_verify(now) -> Page:
    """Return a page with a slug that was not reserved when it was made."""
    page = make_page("check")
    publish_bodies(page, {"en": "Our own way to check."}, now)
    Page.objects.filter(pk=page.pk).update(slug="verify", path="verify")
    return page


@pytest.mark.parametrize("address", SENTENCES)
def test_page_says_what_is_proven_and_what_is_not_with_the_latest_record(client, policy, address):
    response = client.get(address)
    content = response.content.decode()
    assert [sentence in content for sentence in SENTENCES[address]] == [True, True]
    counter = SiteCounter.objects.get()
    assert f'<code class="latest-hash">{counter.head}</code>' in content
    assert re.search(rf"(record |№\xa0){counter.last_record}\b", content)
    assert 'href="/publication-log.json"' in content
    # Search engines may find it, in each language.
    assert "X-Robots-Tag" not in response.headers
    assert '<link rel="alternate" hreflang="ru" href="http://testserver/ru/verify/">' in content


def test_one_text_is_found_in_the_log_as_the_page_says(client, policy):
    content = client.get("/verify/").content.decode()
    assert "search the publication log for it: the record of that version contains it." in content
    digest = sha256(client.get("/policy/v/1/index.md").content).hexdigest()
    records = client.get("/publication-log.json").json()["records"]
    assert [record["kind"] for record in records if digest in record["canonical"]] == ["publish"]


def test_page_of_a_site_without_publications_has_no_hash(client):
    content = client.get("/verify/").content.decode()
    assert "Nothing has been published yet." in content
    assert "latest-hash" not in content.replace('id="latest-hash"', "")


def test_addresses_for_programs_are_on_the_page_and_exist(client, policy):
    names = re.findall('<code dir="ltr">…/([^<]+)</code>', client.get("/verify/").content.decode())
    assert names == ["current.json", "feed.atom", "history.json"]
    assert [client.get(f"/policy/{name}").status_code for name in names] == [200, 200, 200]


def test_current_json_is_linked_in_the_head_the_history_and_llms_txt(client, policy):
    head = client.get("/ru/policy/").content.decode().partition("</head>")[0]
    assert '<link rel="alternate" type="application/json" href="/ru/policy/current.json"' in head
    assert 'href="/ru/policy/current.json"' in client.get("/ru/policy/history/").content.decode()
    assert "`current.json`" in client.get("/llms.txt").content.decode()


def test_page_of_a_version_links_to_the_bytes_of_its_digest(client, policy):
    publish_bodies(policy, {"ru": "Два."}, timezone.now())
    html = client.get("/ru/policy/v/1/").content.decode()
    found = re.search(r'<code class="digest">([0-9a-f]{64})</code> <a href="([^"]+)"', html)
    assert found[2] == "/ru/policy/v/1/index.md"
    assert sha256(client.get(found[2]).content).hexdigest() == found[1]
    with writing(EDITOR, timezone.now()) as writer:
        writer.record("redact", at=timezone.now(), details={"digests": [found[1]]}, reasons={"en": "A number."})
    Blob.objects.filter(pk=found[1]).update(content=None, salt=b"")
    erased = client.get("/ru/policy/v/1/").content.decode()
    assert found[1] in erased
    assert "index.md" not in erased.partition("</head>")[2]


def test_script_is_the_documented_one_and_shown_as_text(client):
    response = client.get("/verify/check_history.py")
    script = (ROOT / "docs" / "check_history.py").read_bytes()
    assert response.content == script
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert sha256(script).hexdigest() in client.get("/ru/verify/").content.decode()


@pytest.mark.parametrize("host", ["policies.example.org", "localhost:8000"])
def test_command_has_the_address_of_the_site(client, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    content = client.get("/verify/", headers={"host": host}).content.decode()
    assert f"<code>python3 check_history.py http://{host}</code>" in content
    settings.SITE_URL = "https://law.example.org"
    assert "python3 check_history.py https://law.example.org HASH" in client.get("/verify/").content.decode()


@pytest.mark.parametrize("below", ["history/", "v/1/"])
@pytest.mark.parametrize(("prefix", "text"), [("", "How to check this site"), ("/ru", "Как проверить этот сайт")])
def test_histories_and_versions_link_to_the_page(client, policy, prefix, text, below):
    content = client.get(f"{prefix}/policy/{below}").content.decode()
    assert f'<a href="{prefix}/verify/">{text}</a>' in content


def test_printed_pages_name_its_address(client, policy):
    assert (
        'How to check it: <bdi dir="ltr">http://testserver/verify/</bdi>'
        in client.get("/policy/_print/").content.decode()
    )


def test_page_that_had_the_address_before_it_was_reserved_is_not_hidden(client, policy):
    own = make_page_at_verify(timezone.now() - timedelta(days=1))
    assert "Our own way to check." in client.get("/verify/").content.decode()
    # Links would lead to the wrong page.
    assert "/verify/" not in client.get("/policy/history/").content.decode()
    assert "/verify/" not in client.get("/policy/_print/").content.decode()
    withdraw(own, reasons={"en": "No longer."}, by=EDITOR, now=timezone.now())
    assert client.get("/verify/").status_code == 410


def test_page_that_moved_away_from_the_address_is_still_found_there(client, policy):
    page = make_page_at_verify(timezone.now() - timedelta(days=1))
    page.refresh_from_db()
    move(page, slug="ours", parent=None, by=EDITOR, now=timezone.now())
    for prefix in ("", "/ru"):
        response = client.get(f"{prefix}/verify/")
        assert (response.status_code, response.headers["Location"]) == (301, f"{prefix}/ours/")


def test_address_without_a_slash_leads_to_the_page(client, policy):
    for prefix in ("", "/ru"):
        response = client.get(f"{prefix}/verify")
        assert (response.status_code, response.headers["Location"]) == (301, f"{prefix}/verify/")
    # No page has such an address.
    assert client.get("/verify/history").status_code == 404


def test_old_address_of_a_page_at_the_address_leads_there(client, policy):
    move(policy, slug="former", parent=None, by=EDITOR, now=timezone.now())
    Page.objects.filter(pk=policy.pk).update(slug="verify", path="verify")
    assert client.get("/policy/").headers["Location"] == "/verify/"


def test_check_warns_of_pages_with_reserved_names(policy):
    assert run_checks(tags=["database"], databases=["default"]) == []
    make_page_at_verify(timezone.now())
    below = make_page("slug", parent=policy)
    Page.objects.filter(pk=below.pk).update(slug="compare", path="policy/compare")
    warnings = run_checks(tags=["database"], databases=["default"])
    assert [warning.msg for warning in warnings] == [
        "The page /policy/compare/ has a name that the site uses itself.",
        "The page /verify/ has a name that the site uses itself.",
    ]
