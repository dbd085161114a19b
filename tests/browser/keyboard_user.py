"""A user of the admin who works with the keyboard only: Tab to reach an element, then Enter, Space or typing."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browser.conftest import PASSWORD, Site, expect_next_content

# More than the focusable elements of any page.
MAX_TABS = 400
CREATE_USERS = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
for name, group in {groups}.items():
    user = get_user_model().objects.create_user(name, password={password!r}, is_staff=True, first_name=name.title())
    user.groups.add(Group.objects.get(name=group))
"""


def create_users(site: Site, groups: dict[str, str]) -> None:
    """Create a user for each name, as a member of the group."""
    site.manage("shell", "-v", "0", "-c", CREATE_USERS.format(groups=groups, password=PASSWORD))


@dataclass
class KeyboardUser:
    """A user with a browser context of their own."""

    name: str
    site: Site
    tab: Page

    def log_in(self) -> None:
        self.open("/admin/login/")
        self.type(self.tab.locator("#id_username"), self.name)
        self.type(self.tab.locator("#id_password"), PASSWORD)
        self.tab.keyboard.press("Enter")
        self.tab.locator("#user-tools").wait_for()

    def open(self, path: str) -> None:
        self.tab.goto(self.site.url + path)

    def reach(self, target: Locator) -> None:
        """Press Tab until the element has the focus; fail if it never gets it or is not visible then."""
        target.first.wait_for()
        element = target.first.element_handle()
        for _ in range(MAX_TABS):
            if element.evaluate("element => element === document.activeElement"):
                assert element.is_visible()
                return
            self.tab.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the keyboard")

    def press(self, target: Locator) -> None:
        """Press Enter on a link or submit button, and wait for the next page, or for the next content of this one."""
        self.reach(target)
        with expect_next_content(self.tab):
            self.tab.keyboard.press("Enter")

    def check(self, target: Locator) -> None:
        """Select a radio button or tick a checkbox."""
        kind = target.first.get_attribute("type")
        if kind == "radio":
            # Tab reaches only one radio button of a group; the arrow keys move to the others.
            group = self.tab.locator(f"input[type=radio][name={target.first.get_attribute('name')}]")
            checked = [index for index in range(group.count()) if group.nth(index).is_checked()]
            self.reach(group.nth(checked[0] if checked else 0))
            self.tab.keyboard.press("Space")
            for _ in range(group.count()):
                if target.first.is_checked():
                    return
                self.tab.keyboard.press("ArrowDown")
        else:
            self.reach(target)
            self.tab.keyboard.press("Space")
        assert target.first.is_checked()

    def type(self, target: Locator, text: str) -> None:
        """Replace the whole text of a field."""
        self.reach(target)
        self.tab.keyboard.press("ControlOrMeta+a")
        self.tab.keyboard.insert_text(text)

    def type_datetime(self, target: Locator, date_digits: str, time: str) -> None:
        """Type into a datetime-local field: month, day and year as digits, then a time of the 12-hour clock."""
        self.reach(target)
        self.tab.keyboard.type(date_digits)
        # The year accepts six digits, so the focus does not move on by itself after four. Tab moves to the hour.
        self.tab.keyboard.press("Tab")
        self.tab.keyboard.type(time)

    def rewrite(self, target: Locator, old: str, new: str) -> None:
        """Replace a part of a field's text, which must contain it."""
        text = target.input_value()
        assert old in text
        self.type(target, text.replace(old, new, 1))

    def unfold(self, summary: str) -> None:
        """Open what is folded below a summary, if it is not open yet."""
        folded = self.tab.locator("details:not([open]) > summary", has_text=summary)
        if folded.count():
            self.reach(folded)
            self.tab.keyboard.press("Enter")

    def choose_tab(self, name: str) -> None:
        """Select a language tab with the arrow keys."""
        tabs = self.tab.get_by_role("tab")
        self.reach(self.tab.locator("[role=tab][aria-selected=true]"))
        for _ in range(tabs.count()):
            if name in self.tab.locator("[role=tab][aria-selected=true]").inner_text():
                return
            self.tab.keyboard.press("ArrowRight")
        raise AssertionError(f"there is no tab {name}")

    def success_message(self) -> str:
        """Return the message that the admin shows after an action."""
        messages = self.tab.locator(".messagelist").first
        messages.wait_for()
        return messages.inner_text()
