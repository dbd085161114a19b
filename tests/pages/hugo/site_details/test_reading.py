"""Settings and links from the config of a site."""

import pytest

from pages.hugo.site_details.reading import SiteReader, jekyll_values
from pages.publishing.importing.site_details import SiteDetails, SiteLink, SiteLinkGroup
from pages.text.front_matter.nested_values import fold_mapping, read_toml, read_yaml

BASE = 'baseURL = "https://example.org/"\n'


def read(config: str, default_language: str = "en"):
    return SiteReader(fold_mapping(read_toml(config)), default_language=default_language).read()


def details_of(config: str, **options) -> SiteDetails:
    return read(config, **options).details


def link(label: str, url: str = "", page_path: str | None = None, **labels: str) -> SiteLink:
    return SiteLink(labels={"en": label, **labels}, url=url, page_path=page_path)


def group(*links: SiteLink, titles=(), subgroups=()) -> SiteLinkGroup:
    return SiteLinkGroup(titles=dict(titles), links=links, subgroups=tuple(subgroups))


def test_config_of_the_original_gives_name_and_address():
    config = """
        baseURL = "https://selfprivacy.org/"
        title = "SelfPrivacy"
        defaultContentLanguage = "en"
        [languages.en]
        languageName = "English"
        contentDir = "content/en"
        [languages.ru]
        languageName = "Русский"
        contentDir = "content/ru"
    """
    site = read(config)
    assert site.details == SiteDetails(name={"en": "SelfPrivacy"}, original_address="https://selfprivacy.org/")
    assert site.remarks == ()


def test_titles_and_unusual_names_of_languages_are_read_for_each_language():
    config = 'title = "Site"\n[languages.ru]\ntitle = "Сайт"\nlanguageName = "По-русски"\n[languages.de]\ntitle = " "\n'
    details = details_of(config)
    assert (details.name, details.language_name) == ({"en": "Site", "ru": "Сайт"}, {"ru": "По-русски"})


def test_values_without_a_language_are_in_the_default_one_or_in_that_of_this_site():
    assert details_of('title = "Сайт"', default_language="ru").name == {"ru": "Сайт"}
    assert details_of('title = "Seite"', default_language="de").name == {"en": "Seite"}


@pytest.mark.parametrize("address", ["", "/", "/docs/", "example.org", "ftp://example.org/", "https://", "https://[x"])
def test_address_that_is_not_a_whole_one_is_left_out(address):
    assert details_of(f'baseURL = "{address}"').original_address == ""


@pytest.mark.parametrize(
    ("name", "repository", "tracker"),
    [
        ("github_repo", "https://github.com/a/b", "https://github.com/a/b/issues/new"),
        ("github_repo", "https://git.selfprivacy.org/A/b.git/", "https://git.selfprivacy.org/A/b/issues/new"),
        ("gitea_repo", "https://codeberg.org/a/b", "https://codeberg.org/a/b/issues/new"),
        ("gitlab_repo", "https://code.example.org/a/b", "https://code.example.org/a/b/-/issues/new"),
        ("github_repo", "https://gitlab.com/group/sub/b", "https://gitlab.com/group/sub/b/-/issues/new"),
        ("repository", "a/b", "https://github.com/a/b/issues/new"),
        ("BookRepo", "https://github.com/a/b", "https://github.com/a/b/issues/new"),
        ("github_url", "https://git.example.org/a/b/src/branch/main/content", "https://git.example.org/a/b/issues/new"),
        ("github_url", "https://gitlab.com/a/b/-/edit/main/", "https://gitlab.com/a/b/-/issues/new"),
        ("github_repo", "git@github.com:a/b.git", ""),
        ("github_repo", "https://github.com/", ""),
        ("github_repo", "javascript:alert(1)/x", ""),
        ("documentation_tracker", "https://example.org/new?x=1", "https://example.org/new?x=1"),
    ],
)
def test_repository_of_the_texts_gives_their_tracker(name, repository, tracker):
    assert details_of(f'[params]\n{name} = "{repository}"').documentation_tracker == tracker


def test_project_repository_gives_the_tracker_of_the_project():
    config = '[params]\ngithub_repo = "https://g.org/a/b"\ngithub_project_repo = "https://g.org/a/app"\n'
    details = details_of(config + 'github_branch = "main"\n')
    expected = ("https://g.org/a/b/issues/new", "https://g.org/a/app/issues/new")
    assert (details.documentation_tracker, details.project_tracker) == expected


def test_parameters_of_the_default_language_override_those_of_the_site():
    config = '[params]\ngithub_repo = "https://g.org/a/b"\n[languages.en.params]\ngithub_repo = "https://g.org/a/c"\n'
    assert details_of(config).documentation_tracker == "https://g.org/a/c/issues/new"


CC_BY = "https://creativecommons.org/licenses/by/4.0/"
GFDL = "https://www.gnu.org/licenses/fdl"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize(
    ("config", "licence"),
    [
        ('copyright = "CC0"', ("CC0", CC0)),
        ('copyright = "© The authors, CC BY 4.0"', ("CC BY 4.0", CC_BY)),
        (f'[params]\ncopyright = "The authors | [CC BY 4.0]({CC_BY}) | "', ("CC BY 4.0", CC_BY)),
        (f'[params.copyright]\nauthors = "A <a href=\'{CC_BY}\'>CC <b>BY</b></a>"\nfrom_year = 2018', ("CC BY", CC_BY)),
        (f'[params]\nlicense = "{CC_BY}"', ("CC BY 4.0", CC_BY)),
        (f'[params.licence]\nurl = "{CC_BY}"', ("CC BY 4.0", CC_BY)),
        (f'[params.license]\nname = "GFDL"\nurl = "{GFDL}"', ("GFDL", GFDL)),
        ('[params]\nlicence = "CC BY-SA 3.0"', ("CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/")),
        ('copyright = "© 2024 Example Ltd [home](https://example.org/licenses/x)"', ("", "")),
        ('copyright = "All rights reserved"', ("", "")),
    ],
)  # fmt: skip
def test_licence_is_read_from_parameters_and_the_copyright_notice(config, licence):
    details = details_of(config)
    assert (details.licence_name.get("en", ""), details.licence_url) == licence


def test_copyright_notice_without_a_licence_is_named():
    remarks = read('[params.copyright]\nauthors = "© Example Ltd"').remarks
    assert remarks == ("The copyright notice names no licence and is not shown: © Example Ltd",)


def test_menus_of_the_config_are_links_of_the_top_bar_and_the_footer():
    config = f"""{BASE}
        [[menus.main]]
        name = "Blog"
        url = "/blog/"
        [[menus.main]]
        name = "Policy"
        pageRef = "/legal/privacy.md"
        weight = 1
        [[menu.footer]]
        identifier = "more"
        name = "Learn <b>more</b> &amp; ask"
        [[menu.footer]]
        parent = "more"
        name = "Chat"
        url = "https://matrix.to/#/#chat:example.org"
        [[menu.docs]]
        name = "Docs"
    """
    site = read(config)
    assert site.details.top == (
        group(
            link("Policy", "https://example.org/legal/privacy.md", "legal/privacy"),
            link("Blog", "https://example.org/blog/", "blog"),
        ),
    )
    chat = link("Chat", "https://matrix.to/#/#chat:example.org")
    assert site.details.footer == (group(chat, titles={"en": "Learn more & ask"}),)
    assert site.remarks == ("The menu “docs” has no place on this site.",)


def test_entries_of_languages_are_one_link_if_they_lead_to_the_same_page_or_have_the_same_identifier():
    config = f"""{BASE}
        [languages.en]
        menus.main = [
          {{ name = "Policy", url = "/privacy/", weight = 2 }},
          {{ name = "Blog", url = "https://blog.example.org/en", identifier = "blog", weight = 1 }},
        ]
        [languages.ru]
        menu.main = [
          {{ name = "Политика", url = "/ru/privacy/" }},
          {{ name = "Блог", url = "https://blog.example.org/ru", identifier = "blog" }},
          {{ name = "Только", url = "/ru/only/" }},
        ]
    """
    site = read(config)
    assert site.details.top == (
        group(
            link("Blog", "https://blog.example.org/en", ru="Блог"),
            link("Policy", "https://example.org/privacy/", "privacy", ru="Политика"),
        ),
    )
    assert site.remarks == ("The menu “main” has an entry in ru only, which is left out: Только.",)


def test_entries_below_others_are_groups_of_the_footer_and_neighbours_in_the_top_bar():
    entries = """
        {m} = [
          {{ name = "Apps", identifier = "a", url = "/apps/", weight = 1 }},
          {{ name = "Phone", identifier = "p", parent = "a", weight = 2 }},
          {{ name = "F-Droid", url = "https://f-droid.org/", parent = "p", weight = 3 }},
          {{ name = "App Store", parent = "Phone", weight = 4 }},
          {{ name = "Loop", parent = "Loop" }},
        ]
    """
    apps, droid = link("Apps", "https://example.org/apps/", "apps"), link("F-Droid", "https://f-droid.org/")
    details = details_of(f"{BASE}\n[menus]\n{entries.format(m='main')}\n{entries.format(m='footer')}")
    assert details.top == (group(apps, droid, link("App Store"), titles={"en": "Apps"}),)
    phone = group(droid, link("App Store"), titles={"en": "Phone"})
    assert details.footer == (group(apps, titles={"en": "Apps"}, subgroups=[phone]),)


def test_links_of_docsy_and_its_privacy_policy_are_in_the_footer():
    config = f"""{BASE}
        [params]
        privacy_policy = "https://example.org/privacy/"
        links.user = [{{ name = "Chat", url = "https://matrix.to/#/#a:b.org", icon = "x", desc = "y" }}]
        links.developer = [{{ name = "Source", url = "https://github.com/a" }}]
    """
    assert details_of(config).footer == (
        group(link("Chat", "https://matrix.to/#/#a:b.org")),
        group(link("Source", "https://github.com/a")),
        group(link("Privacy Policy", "https://example.org/privacy/", "privacy")),
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/", ("https://example.org/docs/", "")),
        ("/docs/privacy/", ("https://example.org/docs/privacy/", "privacy")),
        ("privacy/index.html", ("https://example.org/docs/privacy/index.html", "privacy")),
        ("https://example.org/docs/ru/Privacy/#a", ("https://example.org/docs/ru/Privacy/#a", "privacy")),
        ("https://example.org/blog/", ("https://example.org/blog/", None)),
        ("//example.org/x", ("https://example.org/x", None)),
        ("mailto:a@example.org", ("mailto:a@example.org", None)),
        ("/%D1%8F/", ("https://example.org/docs/%D1%8F/", "я")),
    ],
)
def test_target_of_a_link_is_a_page_below_the_address_of_the_site_or_elsewhere(url, expected):
    languages = "[languages.en]\n[languages.ru]\n"
    config = f'baseURL = "https://example.org/docs/"\n{languages}[[menus.main]]\nname = "A"\nurl = "{url}"\n'
    (shown,) = details_of(config).top[0].links
    assert (shown.url, shown.page_path) == expected


def test_parameters_without_an_effect_are_named():
    remarks = read('[params]\ngithub_repo = "https://g.org/a/b"\ngithub_branch = "main"\nui.x = true\n').remarks
    assert remarks == ("Parameters without an effect on this site: github_branch, ui",)


def test_default_language_that_loses_its_addresses_is_named():
    (remark,) = read("[languages.ru]\n[languages.en]\n", default_language="ru").remarks
    assert remark.startswith("Pages in ru had addresses without a language.")


@pytest.mark.parametrize(
    "config",
    [
        'title = ["a"]', "title = 3", "languages = 1", "[languages]\nru = 1", "params = []", "menus = 1",
        "[menus]\nmain = 2", '[menus]\nmain = ["a"]', '[[menus.main]]\nurl = "https://[x"',
        "[[menus.main]]\nname = {a = 1}", 'copyright = ["x"]',
    ],
)  # fmt: skip
def test_unusual_values_do_no_harm(config):
    assert not details_of(config).name.get("en", "").strip("3")


def test_jekyll_config_has_title_address_and_repository():
    values = fold_mapping(
        read_yaml("title: Site\nurl: https://example.org\nbaseurl: /docs\nrepository: a/b\nlicense: CC0\n")
    )
    details = SiteReader(jekyll_values(values), default_language="en").read().details
    assert details == SiteDetails(
        name={"en": "Site"},
        original_address="https://example.org/docs/",
        licence_name={"en": "CC0"},
        licence_url=CC0,
        documentation_tracker="https://github.com/a/b/issues/new",
    )
