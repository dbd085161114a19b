"""Tests of `llms.txt`: the form of llmstxt.org, and only what is public."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.models import SiteSettings
from pages.publishing.actors import system_actor
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import withdraw
from pages.text.fields import Fields
from tests.building import EDITOR, make_page, publish, publish_bodies, save_bodies, texts_to_publish

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
# A heading, perhaps a quotation, text without headings, then sections of links.
FORM = re.compile(
    r"# .+\n\n(?:> .+\n\n)?[^#>\n].+\n\n(?:## .+\n\n(?:- \[.+\]\(.+\)(?:: .+)?(?: \(\[.+\]\(.+\)\))?\n)+\n?)+"
)


def _read(client) -> str:
    response = client.get("/llms.txt")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    assert FORM.fullmatch(text) or "- " not in text.partition("## Optional")[0]
    return text


def test_pages_are_listed_with_their_markdown_and_history(client):
    SiteSettings(name_en="Policies of Ann").save()
    page = make_page("policy")
    fields = Fields(title="A [policy]\nof *ours*", description="What we keep.", body="Text.")
    save_draft(page, {"en": fields}, by=system_actor("Ann"), now=NOW)
    publish(page, texts_to_publish(page, ["en"]), by=system_actor("Ann"), now=NOW)
    publish_bodies(make_page("only", source_language="ru"), {"ru": "Один."}, NOW)
    text = _read(client)
    assert text.startswith("# Policies of Ann\n\n")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    site = "http://testserver"
    assert lines[0] == f"- [Privacy policy]({site}/ru/only/index.md) ([history]({site}/only/history/))"
    assert lines[1] == (
        rf"- [A \[policy\] of \*ours\*]({site}/policy/index.md): What we keep. ([history]({site}/policy/history/))"
    )
    for address in re.findall(rf"\({site}([^)]+)\)", text):
        assert client.get(address).status_code == 200


def test_drafts_upcoming_and_withdrawn_pages_are_left_out(client):
    save_bodies(make_page("draft"), NOW, en="Draft.")
    publish_bodies(make_page("soon"), {"en": "Soon."}, NOW, effective_at=timezone.now() + timedelta(days=1))
    gone = make_page("gone")
    publish_bodies(gone, {"en": "Gone."}, NOW)
    withdraw(gone, reasons={"en": "Wrong."}, by=EDITOR, now=NOW + timedelta(days=1))
    text = _read(client)
    assert not re.search("draft|soon|gone", text)


def test_page_in_a_language_no_longer_served_is_linked_as_people_read_it(client):
    publish_bodies(make_page("policy", source_language="ar"), {"ar": "نص."}, NOW)
    assert "(http://testserver/policy/)" in _read(client)
