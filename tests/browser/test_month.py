"""A month of a policy: four people, a keyboard each, and what readers see after every step."""

import re

import pytest

from tests.browser.people import BrowserUser, make_people

# One worker takes it: the site is started once.
pytestmark = pytest.mark.xdist_group("month")
PEOPLE = {
    "editor": "Editors",
    "translator": "Translators: ru",
    "publisher": "Publishers",
    "reviewer": "Reviewers",
}
PAGE = "/admin/pages/page/1/"
LATER = "2099-01-01T00:00"


@pytest.fixture(scope="module")
def site(start_site):
    """Return a site with the starter content and four people."""
    site = start_site()
    make_people(site, PEOPLE)
    return site


@pytest.fixture
def people(site, open_browser):
    """Return the four, logged in; whatever their consoles report fails the test."""
    reports, found = [], {}
    for name in PEOPLE:
        tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
        tab.on(
            "console",
            lambda message: (
                reports.append((message.text, message.location["url"])) if message.type == "error" else None
            ),
        )
        tab.on("pageerror", lambda error: reports.append(str(error)))
        found[name] = BrowserUser(name, site, tab)
        found[name].log_in()
    yield found
    assert not [report for report in reports if "Forbidden" not in str(report)]


@pytest.fixture
def reader(site, open_browser):
    """Return what a reader sees: a function from an address to the tab that shows it, and the status."""
    tab = open_browser(java_script_enabled=False).new_page()

    def read(address: str):
        response = tab.goto(site.url + address)
        return response.status, tab.inner_text("main"), tab

    return read


def dates(reader) -> list[str]:
    return [
        reader(address)[2].get_attribute(".last-updated", "datetime")
        for address in ("/privacy-policy/", "/ru/privacy-policy/")
    ]


def edit(person: BrowserUser, old: str, new: str, *, language: str = "en", tab: str = "English") -> None:
    person.open(f"{PAGE}change/")
    person.choose_tab(tab)
    person.rewrite(person.tab.locator(f"#id_body_{language}"), old, new)
    person.press(person.tab.locator("[name=_save], [name=_continue]").first)
    assert "Saved as a draft, readers do not see it yet" in person.told()


def answer(person: BrowserUser, answer: str, notes: dict[str, str] | None = None) -> None:
    tab = person.tab
    person.check(tab.locator(f"[name=significance][value={answer}]"))
    for language, note in (notes or {}).items():
        person.type(tab.locator(f"#id_note_{language}"), note)
    person.press(tab.locator(".publish-form input[type=submit].default"))


def draft_translate_and_review(people, reader) -> None:
    """Draft, translate, review."""
    editor, translator, reviewer = people["editor"], people["translator"], people["reviewer"]
    edit(editor, "everyday words", "plain words")
    assert "everyday words" in reader("/privacy-policy/")[1]
    edit(translator, "Такой документ", "Этот документ", language="ru", tab="Русский")
    assert "Такой документ" in reader("/ru/privacy-policy/")[1]
    reviewer.open(f"{PAGE}change/")
    assert reviewer.tab.locator("[name=_save]").count() == 0
    reviewer.open(f"{PAGE}publish/")
    assert "403" in reviewer.tab.title() or reviewer.tab.locator(".publish-form").count() == 0


def publish_two_languages(people, reader) -> None:
    """Publish two languages."""
    publisher = people["publisher"]
    before = dates(reader)
    publisher.open(f"{PAGE}publish/")
    answer(publisher, "major", {"en": "Plainer words.", "ru": "Слова проще."})
    assert "Version 3 is published." in publisher.told()
    assert "plain words" in reader("/privacy-policy/")[1]
    _status, text, tab = reader("/ru/privacy-policy/")
    assert "Этот документ" in text
    assert tab.locator("[data-status=current]").count() == 1
    assert all(after > earlier for after, earlier in zip(dates(reader), before, strict=True))


def mend_a_typo_as_minor(people, reader) -> None:
    """A typo, as a minor change."""
    editor, publisher = people["editor"], people["publisher"]
    published = dates(reader)
    edit(editor, "kept it short", "kept it brief")
    publisher.open(f"{PAGE}publish/")
    answer(publisher, "minor")
    assert "kept it brief" in reader("/privacy-policy/")[1]
    assert dates(reader) == published
    assert reader("/ru/privacy-policy/")[2].locator("[data-status=minor]").count() == 1


def announce_for_later(people, reader) -> None:
    """Announce for later."""
    editor, publisher = people["editor"], people["publisher"]
    edit(editor, "plain words", "words of one syllable")
    publisher.open(f"{PAGE}publish/")
    publisher.type_moment(publisher.tab.locator("#id_effective_at"), "01012099", "1200AM")
    assert publisher.tab.locator("#id_effective_at").input_value() == LATER
    answer(publisher, "major", {"en": "Shorter words."})
    assert "Version 5 is announced." in publisher.told()
    assert "plain words" in reader("/privacy-policy/")[1]
    assert "Upcoming changes on January 1, 2099" in reader("/privacy-policy/")[1]
    assert "words of one syllable" in reader("/privacy-policy/upcoming/")[1]


def mend_a_typo_while_the_announcement_waits(people, reader) -> None:
    """A typo is mended while the announcement waits."""
    publisher = people["publisher"]
    publisher.open(f"{PAGE}publish/")
    publisher.press(publisher.tab.get_by_role("link", name="Correct the text in force"))
    publisher.rewrite(publisher.tab.locator("#id_force_body_en"), "kept it brief", "kept it short")
    publisher.press(publisher.tab.get_by_role("button", name="Go on"))
    assert "kept it short" in publisher.tab.locator("#id_announced5_body_en").input_value()
    publisher.check(publisher.tab.locator("[name=significance_en][value=minor]"))
    publisher.press(publisher.tab.get_by_role("button", name="Publish the correction"))
    assert "Version 6 is published." in publisher.told()
    assert "kept it short" in reader("/privacy-policy/")[1]
    assert "plain words" in reader("/privacy-policy/")[1]
    upcoming = reader("/privacy-policy/upcoming/")[1]
    assert "words of one syllable" in upcoming
    assert "Version 7 comes into force" in upcoming


def correct_the_announcement(people, reader) -> None:
    """The announcement is corrected: another takes its place."""
    editor, publisher = people["editor"], people["publisher"]
    edit(editor, "words of one syllable", "short words")
    publisher.open(f"{PAGE}publish/")
    answer(publisher, "minor")
    assert "Version 8 is announced." in publisher.told()
    assert "short words" in reader("/privacy-policy/upcoming/")[1]
    assert "It never came into force." in reader("/privacy-policy/v/7/")[1]
    assert "plain words" in reader("/privacy-policy/")[1]


def go_back(people, reader) -> None:
    """Back to version 2, at once; the announcement is cancelled."""
    publisher = people["publisher"]
    publisher.open(f"{PAGE}revert/2/")
    publisher.check(publisher.tab.locator("[name=announcement_action][value=cancel]"))
    answer(publisher, "major", {"en": "Back to what was.", "ru": "Всё как было."})
    assert "Version 9 is published." in publisher.told()
    assert "everyday words" in reader("/privacy-policy/")[1]
    assert "Такой документ" in reader("/ru/privacy-policy/")[1]
    assert reader("/privacy-policy/upcoming/")[0] == 404


def withdraw_and_bring_back(people, reader) -> None:
    """Withdraw, and bring back."""
    publisher = people["publisher"]
    publisher.open(f"{PAGE}withdraw/")
    publisher.type(publisher.tab.locator("#id_reason_en"), "Out of date.")
    publisher.type(publisher.tab.locator("#id_reason_ru"), "Устарела.")
    publisher.press(publisher.tab.get_by_role("button", name="Withdraw"))
    status, text, _tab = reader("/privacy-policy/")
    assert (status, "Out of date." in text) == (410, True)
    status, text, _tab = reader("/ru/privacy-policy/")
    assert (status, "Устарела." in text) == (410, True)
    assert reader("/privacy-policy/history/")[0] == 200
    assert "Privacy" not in reader("/")[1]
    publisher.open(f"{PAGE}bring-back/")
    publisher.press(publisher.tab.get_by_role("button", name="Bring back"))
    assert reader("/privacy-policy/")[0] == 200
    assert re.search(r"The history is valid: \d+ record", publisher.site.manage("verify_history"))


STEPS = (
    draft_translate_and_review,
    publish_two_languages,
    mend_a_typo_as_minor,
    announce_for_later,
    mend_a_typo_while_the_announcement_waits,
    correct_the_announcement,
    go_back,
    withdraw_and_bring_back,
)


def test_a_month_of_four_people(people, reader):
    for step in STEPS:
        step(people, reader)
