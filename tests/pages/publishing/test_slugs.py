"""Which slug a title suggests."""

import pytest

from pages.publishing.slugs import MAX_PROPOSED_LENGTH, propose_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Privacy policy", "privacy-policy"),
        ("Политика", "politika"),
        ("Условия и щётки", "usloviya-i-shchyotki"),
        ("Політика конфіденційності", "politika-konfidentsiynosti"),
        ("Datenschutz: Größe & Öl", "datenschutz-grosse-ol"),
        ("What's new?  (2026)", "whats-new-2026"),
        ("隐私政策", "隐私政策"),
        ("नीति", "नीति"),
        ("سياسة الخصوصية", "سياسة-الخصوصية"),
        ("a" * 100, "a" * MAX_PROPOSED_LENGTH),
        ("İstanbul Ürünü", "istanbul-urunu"),
        (" — … ", ""),
        ("", ""),
    ],
)
def test_title_suggests_a_slug_in_latin_letters(title, slug):
    assert propose_slug(title, at_root=True) == slug


def test_used_slug_gets_a_number():
    used = {"Privacy-Policy", "privacy-policy-2"}
    assert propose_slug("Privacy policy", at_root=True, used=used) == "privacy-policy-3"


def test_reserved_slug_gets_a_number():
    assert propose_slug("History", at_root=False) == "history-2"
    assert (propose_slug("Admin", at_root=True), propose_slug("Admin", at_root=False)) == ("admin-2", "admin")
