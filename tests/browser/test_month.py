"""A month of a policy: five users work with the keyboard, and readers see the result of every step."""

import re

import pytest

from tests.browser.keyboard_user import KeyboardUser, create_users

GROUPS = {
    "editor": "Editors",
    "translator": "Translators: ru",
    "second translator": "Translators: de",
    "publisher": "Publishers",
    "reviewer": "Reviewers",
}
PAGE = "/admin/pages/page/1/"
LATER = "2099-01-01T00:00"


@pytest.fixture(scope="module")
def site(start_site):
    """Return a site with the starter content, which has no German text, and the users."""
    site = start_site(SITE_LANGUAGES="en,ru,de")
    create_users(site, GROUPS)
    return site


@pytest.fixture
def users(site, open_browser):
    """Return the logged-in users by role; an error in one of their browser consoles fails the test."""
    reports, users = [], {}
    for name in GROUPS:
        tab = open_browser(viewport={"width": 1300, "height": 900}, locale="en-US").new_page()
        tab.on(
            "console",
            lambda message: (
                reports.append((message.text, message.location["url"])) if message.type == "error" else None
            ),
        )
        tab.on("pageerror", lambda error: reports.append(str(error)))
        users[name] = KeyboardUser(name, site, tab)
        users[name].log_in()
    yield users
    # The reviewer's attempt to publish is answered with 403, which the browser reports.
    assert not [report for report in reports if "Forbidden" not in str(report)]


@pytest.fixture
def reader(site, open_browser):
    """Return a function that opens a public path; it returns the status, the text of `main` and the tab."""
    tab = open_browser(java_script_enabled=False).new_page()

    def read(path: str):
        response = tab.goto(site.url + path)
        return response.status, tab.inner_text("main"), tab

    return read


def dates(reader) -> list[str]:
    return [
        reader(path)[2].get_attribute(".last-updated", "datetime")
        for path in ("/privacy-policy/", "/ru/privacy-policy/")
    ]


def edit(user: KeyboardUser, old: str, new: str, *, language: str = "en", tab: str = "English") -> None:
    user.open(f"{PAGE}change/")
    user.choose_tab(tab)
    user.rewrite(user.tab.locator(f"#id_body_{language}"), old, new)
    save(user)


def save(user: KeyboardUser) -> None:
    user.reach(user.tab.locator("[name=_continue]"))
    user.tab.keyboard.press("Enter")
    user.tab.locator(".save-message").filter(has_text="as a draft. Readers do not see it yet").wait_for()


def mark_ready(user: KeyboardUser, language: str, name: str) -> None:
    """Say that the draft matches the newest source text, which nothing says beforehand."""
    user.open(f"{PAGE}ready/{language}/")
    source = user.tab.locator("[name=source_digest]").first
    assert not source.is_checked()
    user.check(source)
    user.press(user.tab.get_by_role("button", name="Mark as ready"))
    assert f"Marked as ready: {name}." in user.success_message()


def publish(user: KeyboardUser, significance: str, notes: dict[str, str] | None = None) -> None:
    tab = user.tab
    user.check(tab.locator(f"[name=significance][value={significance}]"))
    user.unfold("Change note and significance in this language")
    for language, note in (notes or {}).items():
        user.type(tab.locator(f"#id_note_{language}"), note)
    user.press(tab.locator(".publish-form input[type=submit].default"))


def draft_translate_and_review(users, reader) -> None:
    editor, translator, reviewer = users["editor"], users["translator"], users["reviewer"]
    edit(editor, "everyday words", "plain words")
    assert "everyday words" in reader("/privacy-policy/")[1]
    edit(translator, "Такой документ", "Этот документ", language="ru", tab="Русский")
    assert "Такой документ" in reader("/ru/privacy-policy/")[1]
    mark_ready(translator, "ru", "Russian")
    reviewer.open(f"{PAGE}change/")
    assert reviewer.tab.locator("[name=_save]").count() == 0
    reviewer.open(f"{PAGE}publish/")
    assert "403" in reviewer.tab.title() or reviewer.tab.locator(".publish-form").count() == 0


def send_a_first_translation_back(users, reader) -> None:
    translator, publisher = users["second translator"], users["publisher"]
    translator.open(f"{PAGE}change/")
    translator.choose_tab("Deutsch")
    translator.type(translator.tab.locator("#id_title_de"), "Datenschutz")
    translator.type(translator.tab.locator("#id_body_de"), "Wir speichern nichts.")
    save(translator)
    mark_ready(translator, "de", "German")
    publisher.open(f"{PAGE}send-back/de/")
    publisher.type(publisher.tab.locator("#id_message"), "The rest is missing.")
    publisher.press(publisher.tab.get_by_role("button", name="Send back"))
    translator.open("/admin/")
    assert "The rest is missing." in translator.tab.inner_text("#content")
    edit(translator, "nichts.", "nichts. Alles Weitere steht hier.", language="de", tab="Deutsch")
    # Neither the mark nor its return nor the drafts are seen by readers.
    assert "Wir speichern" not in reader("/de/privacy-policy/")[1]
    mark_ready(translator, "de", "German")


def publish_three_languages(users, reader) -> None:
    publisher = users["publisher"]
    before = dates(reader)
    publisher.open(f"{PAGE}publish/")
    publish(publisher, "major", {"en": "Plainer words.", "ru": "Слова проще."})
    assert "Version 3 is published:" in publisher.success_message()
    assert "plain words" in reader("/privacy-policy/")[1]
    for path, words in (("/ru/privacy-policy/", "Этот документ"), ("/de/privacy-policy/", "Alles Weitere")):
        _status, text, tab = reader(path)
        assert words in text
        assert tab.locator("[data-status=up-to-date]").count() == 1
    assert all(after > earlier for after, earlier in zip(dates(reader), before, strict=True))


def correct_a_typo_as_minor_change(users, reader) -> None:
    editor, publisher = users["editor"], users["publisher"]
    published = dates(reader)
    edit(editor, "kept it short", "kept it brief")
    publisher.open(f"{PAGE}publish/")
    publish(publisher, "minor")
    assert "kept it brief" in reader("/privacy-policy/")[1]
    assert dates(reader) == published
    assert reader("/ru/privacy-policy/")[2].locator("[data-status=minor]").count() == 1


def announce_for_later(users, reader) -> None:
    editor, publisher = users["editor"], users["publisher"]
    edit(editor, "plain words", "words of one syllable")
    publisher.open(f"{PAGE}publish/")
    publisher.unfold("Date and binding language")
    publisher.type_datetime(publisher.tab.locator("#id_effective_at"), "01012099", "1200AM")
    assert publisher.tab.locator("#id_effective_at").input_value() == LATER
    publish(publisher, "major", {"en": "Shorter words."})
    assert "Version 5 is announced for" in publisher.success_message()
    assert "plain words" in reader("/privacy-policy/")[1]
    assert "Upcoming changes on January\xa01,\xa02099" in reader("/privacy-policy/")[1]
    assert "words of one syllable" in reader("/privacy-policy/upcoming/")[1]


def correct_the_text_in_force_while_a_version_is_upcoming(users, reader) -> None:
    publisher = users["publisher"]
    publisher.open(f"{PAGE}publish/")
    publisher.press(publisher.tab.get_by_role("link", name="Correct the text in force"))
    publisher.rewrite(publisher.tab.locator("#id_force_body_en"), "kept it brief", "kept it short")
    publisher.press(publisher.tab.get_by_role("button", name="Continue"))
    assert "kept it short" in publisher.tab.locator("#id_announced5_body_en").input_value()
    publisher.check(publisher.tab.locator("[name=significance_en][value=minor]"))
    publisher.press(publisher.tab.get_by_role("button", name="Publish the correction"))
    assert "Version 6 is published:" in publisher.success_message()
    assert "kept it short" in reader("/privacy-policy/")[1]
    assert "plain words" in reader("/privacy-policy/")[1]
    upcoming = reader("/privacy-policy/upcoming/")[1]
    assert "words of one syllable" in upcoming
    assert "Version 7 comes into force" in upcoming


def replace_the_announced_version(users, reader) -> None:
    """Publish a change of the announced text, which replaces the announced version."""
    editor, publisher = users["editor"], users["publisher"]
    edit(editor, "words of one syllable", "short words")
    publisher.open(f"{PAGE}publish/")
    publish(publisher, "minor")
    assert "Version 8 is announced for" in publisher.success_message()
    assert "short words" in reader("/privacy-policy/upcoming/")[1]
    assert "It never came into force." in reader("/privacy-policy/v/7/")[1]
    assert "plain words" in reader("/privacy-policy/")[1]


def revert_and_cancel_the_announced_version(users, reader) -> None:
    """Revert to version 2 immediately, and cancel the announced version."""
    publisher = users["publisher"]
    publisher.open(f"{PAGE}revert/2/")
    publisher.check(publisher.tab.locator("[name=announcement_action][value=cancel]"))
    publish(publisher, "major", {"en": "Back to what was.", "ru": "Всё как было."})
    assert "Version 9 is published:" in publisher.success_message()
    assert "everyday words" in reader("/privacy-policy/")[1]
    assert "Такой документ" in reader("/ru/privacy-policy/")[1]
    assert reader("/privacy-policy/upcoming/")[0] == 404


def correct_a_change_note(users, reader) -> None:
    publisher = users["publisher"]
    publisher.open(f"{PAGE}correct/3/en/")
    publisher.type(publisher.tab.locator("#id_note_en"), "Plainer words, and nothing else.")
    publisher.press(publisher.tab.get_by_role("button", name="Continue"))
    assert "nothing else" not in reader("/privacy-policy/history/")[1]
    publisher.press(publisher.tab.get_by_role("button", name="Record the correction"))
    text = reader("/privacy-policy/history/")[1]
    assert "Plainer words, and nothing else." in text
    assert "corrected" in text.lower()


def remove_german(users, reader) -> None:
    publisher = users["publisher"]
    publisher.open(f"{PAGE}remove/de/")
    publisher.type(publisher.tab.locator("#id_note_en"), "There is no German text any more.")
    publisher.press(publisher.tab.get_by_role("button", name="Remove this language now: German"))
    text = reader("/de/privacy-policy/")[1]
    assert "Alles Weitere" not in text
    assert "everyday words" in text
    assert "Alles Weitere" in reader("/de/privacy-policy/v/9/")[1]
    assert "Такой документ" in reader("/ru/privacy-policy/")[1]


def withdraw_and_bring_back(users, reader) -> None:
    publisher = users["publisher"]
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
    send_a_first_translation_back,
    publish_three_languages,
    correct_a_typo_as_minor_change,
    announce_for_later,
    correct_the_text_in_force_while_a_version_is_upcoming,
    replace_the_announced_version,
    revert_and_cancel_the_announced_version,
    correct_a_change_note,
    remove_german,
    withdraw_and_bring_back,
)


def test_a_month_of_five_users(users, reader):
    for step in STEPS:
        step(users, reader)
