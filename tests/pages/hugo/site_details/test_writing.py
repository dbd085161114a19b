"""A config that is written from the settings and links of a site is read again as the same."""

import pytest

from pages.hugo.site_details.reading import SiteReader
from pages.hugo.site_details.writing import ConfigWriter
from pages.publishing.importing.site_details import SiteDetails, SiteLink, SiteLinkGroup
from pages.text.front_matter.nested_values import fold_mapping, read_toml

CHAT = SiteLink(labels={"en": "Chat", "ru": "Чат"}, url="https://matrix.to/#/#a:b.org")
STORE = SiteLink(labels={"en": "App Store"})
RUSSIAN = SiteLink(labels={"ru": "Только"}, url="https://example.org/x")
POLICY = SiteLink(labels={"en": "Policy", "ru": "Политика"}, page_path="legal/политика")
HOME = SiteLink(labels={"en": "Home"}, page_path="")


def write(details: SiteDetails, languages=("en", "ru")) -> str:
    writer = ConfigWriter(details)
    lines = writer.head("en")
    for language in languages:
        lines += ["", f'[languages."{language}"]', *writer.language(language)]
    return "\n".join([*lines, *writer.tables(languages), ""])


def read_again(details: SiteDetails) -> SiteDetails:
    site = SiteReader(fold_mapping(read_toml(write(details))), default_language="en").read()
    assert site.remarks == ()
    return site.details


@pytest.mark.parametrize(
    "details",
    [
        SiteDetails(),
        SiteDetails(name={"en": 'A "quoted" \\ name\x7f', "ru": "Имя"}),
        SiteDetails(name={"ru": "Имя"}),
        SiteDetails(name={"en": "A"}, original_address="https://example.org/docs/", language_name={"ru": "По-русски"}),
        SiteDetails(notice={"en": "Two\nlines", "ru": "Строка"}, licence_name={"en": "Own"}),
        SiteDetails(licence_name={"en": "CC0 1.0", "ru": "CC0 1.0"}, licence_url="https://example.org/licence"),
        SiteDetails(licence_name={"ru": "Своя"}, licence_url="https://example.org/licence"),
        SiteDetails(documentation_tracker="https://g.org/a/b/issues/new", project_tracker="https://g.org/new?a=b"),
        SiteDetails(
            documentation_tracker="https://gitlab.com/a/b/-/issues/new", project_tracker="mailto:a@example.org"
        ),
        SiteDetails(top=(SiteLinkGroup(links=(CHAT, STORE, RUSSIAN)),)),
        SiteDetails(top=(SiteLinkGroup(links=(CHAT,)), SiteLinkGroup(links=(STORE,)), SiteLinkGroup(links=(RUSSIAN,)))),
        SiteDetails(footer=(SiteLinkGroup(titles={"en": "Empty"}), SiteLinkGroup())),
        SiteDetails(
            footer=(
                SiteLinkGroup(links=(STORE,)),
                SiteLinkGroup(
                    titles={"en": "Apps", "ru": "Приложения"},
                    links=(CHAT, CHAT, STORE),
                    subgroups=(
                        SiteLinkGroup(titles={"ru": "Телефон"}, links=(STORE, CHAT)),
                        SiteLinkGroup(titles={"en": "PC"}, subgroups=(SiteLinkGroup(links=(RUSSIAN,)),)),
                    ),
                ),
                SiteLinkGroup(links=(RUSSIAN, STORE)),
            )
        ),
    ],
)
def test_what_is_written_is_read_again(details):
    assert read_again(details) == details


def test_links_to_pages_are_read_again_with_their_pages():
    details = SiteDetails(original_address="https://example.org/docs/", top=(SiteLinkGroup(links=(POLICY, HOME)),))
    (group,) = read_again(details).top
    assert [(link.labels, link.page_path) for link in group.links] == [
        (POLICY.labels, POLICY.page_path),
        (HOME.labels, HOME.page_path),
    ]


def test_trackers_are_written_as_docsy_reads_them():
    config = write(SiteDetails(documentation_tracker="https://g.org/a/b/issues/new"))
    assert 'github_repo = "https://g.org/a/b"' in config
    assert "documentation_tracker" not in config


def test_usual_name_of_a_language_is_written():
    assert 'languageName = "Русский"' in write(SiteDetails())
