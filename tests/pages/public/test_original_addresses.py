"""Tests of the addresses of the imported site: each form of an address leads to the page, and to nothing else."""

import unicodedata
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from pages.models import Redirect, SiteSettings
from pages.public.original_addresses import original_forms
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def pages():
    legal = make_page("legal")
    for page in (
        legal,
        make_page("terms_of_use", parent=legal),
        make_page("Большой"),
        make_page("datenschutzerklärung"),
    ):
        publish_bodies(page, {"en": "Text.", "ru": "Текст."}, NOW)
    save_bodies(make_page("draft"), NOW, en="Draft.")


def target(client, address):
    response = client.get(address)
    assert response.status_code in (301, 404)
    location = response.headers.get("Location")
    assert location is None or client.get(location).status_code == 200
    return location


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/en/legal/", "/legal/"),
        ("/en/legal", "/legal/"),
        ("/en/", "/"),
        ("/en", "/"),
        ("/en/feed.atom", "/feed.atom"),
        ("/en/legal/history/?page=2", "/legal/history/?page=2"),
        ("/en/ru/legal/", "/ru/legal/"),
        ("/index.html", "/"),
        ("/ru/index.html", "/ru/"),
        ("/en/index.html", "/"),
        ("/legal/index.html", "/legal/"),
        ("/legal/index.htm", "/legal/"),
        ("/legal.html", "/legal/"),
        ("/legal.HTM", "/legal/"),
        ("/ru/legal/terms_of_use.html", "/ru/legal/terms_of_use/"),
        ("/en/legal/terms_of_use/index.html", "/legal/terms_of_use/"),
        ("/Legal/Terms_Of_Use/", "/legal/terms_of_use/"),
        ("/Legal/Terms_Of_Use", "/legal/terms_of_use/"),
        ("/RU/Legal/Terms_of_Use.html", "/ru/legal/terms_of_use/"),
        (f"/{quote('datenschutzerklärung')}.html", f"/{quote('datenschutzerklärung')}/"),
        (f"/{quote('DatenschutzErklÄrung')}/", f"/{quote('datenschutzerklärung')}/"),
        (quote(unicodedata.normalize("NFD", "/datenschutzerklärung/")), f"/{quote('datenschutzerklärung')}/"),
        (f"/en/{quote('Большой')}.html", f"/{quote('Большой')}/"),
    ],
)
def test_form_of_the_original_site_leads_to_the_page(client, pages, address, expected):
    assert target(client, address) == expected


@pytest.mark.parametrize("below", ["", "history/", "index.md", "v/1/", "v/1/index.md", "history.json", "feed.atom"])
@pytest.mark.parametrize(
    ("prefix", "path"), [("/ja/", "プライバシー"), ("/", "プライバシー/ガイド"), ("/ru/", "конфиденциальность-й")]
)
def test_decomposed_letters_lead_to_the_composed_ones(client, settings, prefix, path, below):
    settings.LANGUAGES = [("en", "English"), ("ja", "Japanese"), ("ru", "Russian")]
    parent = None
    for slug in path.split("/"):
        parent = make_page(slug, parent=parent)
        publish_bodies(parent, {"en": "Text.", "ja": "文", "ru": "Текст."}, NOW)
    address = f"{prefix}{path}/{below}"
    assert target(client, quote(unicodedata.normalize("NFD", address))) == quote(address)
    assert client.get(quote(address)).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/en/draft/", "/draft.html", "/draft/index.html", "/Draft/", "/en/draft/history/", "/nothing.html",
        "/en/nothing/", "/en/admin/", "/Admin/", "/admin.html/", "/en/robots.txt", "/en/healthz",
        "/legalindex.html", "/legal/xindex.html", "/.html", "/en//legal/", "/en/legal/v/9/", "/de/legal.html",
        f"/{quote('большой')}/", "/legal/%00.html",
    ],
)  # fmt: skip
def test_other_addresses_are_unknown(client, pages, address):
    assert target(client, address) is None


def test_default_language_is_that_of_the_site(settings):
    settings.LANGUAGE_CODE = "ru"
    assert list(original_forms("/ru/legal.html")) == ["/legal.html", "/legal"]
    assert list(original_forms("/en/legal/")) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/Docs/policies/legal/", "/legal/"),
        ("/docs/policies/ru/legal/terms_of_use.html", "/ru/legal/terms_of_use/"),
        ("/docs/policies/en/legal/", "/legal/"),
        ("/docs/policies/", "/"),
        ("/docs/policies", "/"),
        ("/docs/policies/old/", "/legal/"),
        ("/docs/policies/draft/", None),
        ("/docs/policiesx/legal/", None),
        ("/docs/legal/", None),
    ],
)
def test_path_of_the_original_site_is_left_out(client, pages, address, expected):
    SiteSettings(original_address="https://example.org/docs/policies/").save()
    Redirect.objects.create(old_path="old", page=Redirect.page.get_queryset().get(path="legal"))
    assert target(client, address) == expected


def test_old_path_with_a_file_name_is_a_redirect_of_its_own(client, pages):
    legal = Redirect.page.get_queryset().get(path="legal")
    Redirect.objects.create(old_path="imprint.html", page=legal)
    Redirect.objects.create(old_path="old", page=legal)
    for address in ("/imprint.html", "/en/imprint.html", "/old/index.html", "/OLD.html", "/en/old/"):
        assert target(client, address) == "/legal/"
