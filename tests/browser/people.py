"""People at a keyboard: they reach what they want with Tab, and act with Enter, Space and typing. No mouse."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browser.conftest import PASSWORD, Site

FARTHEST = 400
MAKE_USERS = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
for name, group in {people}.items():
    user = get_user_model().objects.create_user(name, password={password!r}, is_staff=True, first_name=name.title())
    user.groups.add(Group.objects.get(name=group))
"""


def make_people(site: Site, people: dict[str, str]) -> None:
    """Make users, each in a group."""
    site.manage("shell", "-v", "0", "-c", MAKE_USERS.format(people=people, password=PASSWORD))


@dataclass
class BrowserUser:
    """Somebody at a browser of their own."""

    name: str
    site: Site
    tab: Page

    def log_in(self) -> None:
        """Log in with the keyboard."""
        self.open("/admin/login/")
        self.type(self.tab.locator("#id_username"), self.name)
        self.type(self.tab.locator("#id_password"), PASSWORD)
        self.tab.keyboard.press("Enter")
        self.tab.locator("#user-tools").wait_for()

    def open(self, address: str) -> None:
        """Type an address."""
        self.tab.goto(self.site.url + address)

    def reach(self, wanted: Locator) -> None:
        """Press Tab until the element has the focus, as somebody does who cannot point at it."""
        wanted.first.wait_for()
        element = wanted.first.element_handle()
        for _ in range(FARTHEST):
            if element.evaluate("element => element === document.activeElement"):
                assert element.is_visible()
                return
            self.tab.keyboard.press("Tab")
        raise AssertionError(f"{wanted} cannot be reached with the keyboard")

    def press(self, wanted: Locator) -> None:
        """Follow a link or press a button that sends a form, and wait for what comes."""
        self.reach(wanted)
        with self.tab.expect_navigation():
            self.tab.keyboard.press("Enter")

    def check(self, wanted: Locator) -> None:
        """Choose a radio button or tick a box; within a group of radio buttons the arrows lead from one to the next."""
        kind = wanted.first.get_attribute("type")
        if kind == "radio":
            group = self.tab.locator(f"input[type=radio][name={wanted.first.get_attribute('name')}]")
            checked = [index for index in range(group.count()) if group.nth(index).is_checked()]
            self.reach(group.nth(checked[0] if checked else 0))
            self.tab.keyboard.press("Space")
            for _ in range(group.count()):
                if wanted.first.is_checked():
                    return
                self.tab.keyboard.press("ArrowDown")
        else:
            self.reach(wanted)
            self.tab.keyboard.press("Space")
        assert wanted.first.is_checked()

    def type(self, wanted: Locator, text: str) -> None:
        """Replace what a field holds."""
        self.reach(wanted)
        self.tab.keyboard.press("ControlOrMeta+a")
        self.tab.keyboard.insert_text(text)

    def type_moment(self, wanted: Locator, digits: str, time: str) -> None:
        """Type a day (month, day, year) and a time (12-hour clock) into the browser's own field for moments."""
        self.reach(wanted)
        self.tab.keyboard.type(digits)
        # The year's part takes six digits: Tab leads from it to the hour, still within the field.
        self.tab.keyboard.press("Tab")
        self.tab.keyboard.type(time)

    def rewrite(self, wanted: Locator, old: str, new: str) -> None:
        """Replace some words in a field."""
        text = wanted.input_value()
        assert old in text
        self.type(wanted, text.replace(old, new, 1))

    def choose_tab(self, name: str) -> None:
        """Open a language's tab with the arrow keys."""
        tabs = self.tab.get_by_role("tab")
        self.reach(self.tab.locator("[role=tab][aria-selected=true]"))
        for _ in range(tabs.count()):
            if name in self.tab.locator("[role=tab][aria-selected=true]").inner_text():
                return
            self.tab.keyboard.press("ArrowRight")
        raise AssertionError(f"there is no tab {name}")

    def told(self) -> str:
        """Return what the admin says was done."""
        messages = self.tab.locator(".messagelist").first
        messages.wait_for()
        return messages.inner_text()
