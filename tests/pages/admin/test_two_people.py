"""Two people on one page, every pair of actions: nothing is overwritten silently, nothing that was typed is lost."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.models import PublicationRecord
from tests.building import make_page, publish_bodies, save_bodies

pytestmark = pytest.mark.django_db
MARK = "Words that nobody may lose"
LATER = timezone.now().replace(microsecond=0, second=0) + timedelta(days=5)


@dataclass(frozen=True)
class Action:
    """Something that somebody does with a form: where it is, what they type, and the button that they press."""

    name: str
    view: str
    more: tuple = ()
    typed: tuple[tuple[str, str], ...] = ()
    button: tuple[tuple[str, str], ...] = ()
    form: str = "form"
    # A first step, whose answer holds the form that is sent in the end.
    first: tuple[tuple[str, str], ...] = ()

    def opened(self, client: Client, page) -> tuple[str, dict]:
        """Open the form, and return where it is sent to and what is sent."""
        url = reverse(f"admin:pages_page_{self.view}", args=[page.pk, *self.more])
        values = _values(self._form(client.get(url)))
        if self.first:
            values = _values(self._form(client.post(url, values | _named(self.first, client.name))))
        return url, values | _named(self.typed, client.name) | dict(self.button)

    def again(self, response) -> dict:
        """Return what is sent when somebody has read why it was refused, and sends the form again."""
        return _values(self._form(response)) | dict(self.button)

    def _form(self, response):
        form = response.context[self.form]
        return getattr(form, "form", form)


def _named(typed: tuple, name: str) -> dict:
    return {field: f"{text} {name}" if MARK in text else text for field, text in typed}


def _values(form) -> dict:
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


ACTIONS = {
    action.name: action
    for action in (
        Action("save English", "change", typed=(("body_en", f"Saved. {MARK}"),), form="adminform"),
        Action("save Russian", "change", typed=(("body_ru", f"Сохранено. {MARK}"),), form="adminform"),
        Action("publish", "publish", typed=(("significance", "major"), ("note_ru", MARK), ("note_en", MARK))),
        Action(
            "revert",
            "revert",
            (1,),
            typed=(("significance", "major"), ("note_en", MARK), ("note_ru", MARK), ("announcement_action", "cancel")),
        ),
        Action(
            "correct",
            "correct",
            first=(("force_body_en", f"Corrected. {MARK}"),),
            typed=(("significance_en", "minor"),),
            button=(("_publish", "1"),),
        ),
        Action("withdraw", "withdraw", typed=(("reason_en", MARK),)),
        Action("move", "move", typed=(("slug", "elsewhere"),)),
        Action("confirm", "confirm", ("ru",)),
        Action("cancel", "announcement", (3,), button=(("_cancel", "1"),)),
        Action("announce again", "announcement", (3,), typed=(("effective_at", f"{LATER:%Y-%m-%dT%H:%M}"),)),
    )
}
SAVES = {"save English", "save Russian"}


@pytest.fixture
def page():
    """Return a page with a translation that is behind, an announcement, and a draft."""
    page, then = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, then, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, then + timedelta(days=1))
    publish_bodies(page, {"en": "Three."}, then + timedelta(days=2), effective_at=LATER - timedelta(days=1))
    save_bodies(page, timezone.now(), ru="Черновик.")
    return page


def client_of(name: str) -> Client:
    client = Client()
    client.name = name
    client.force_login(get_user_model().objects.create_superuser(name, first_name=name.title()))
    return client


def is_refused(first: str, second: str) -> bool:
    """Tell whether the first must be refused, when the second was done after it was opened."""
    if first in SAVES and second in SAVES:
        return first == second
    if first == "publish" and second == "save Russian":
        # The text that would go out is another than the one that was looked at.
        return True
    return first not in SAVES and second not in SAVES


def state(page) -> tuple:
    page.refresh_from_db()
    records = list(PublicationRecord.objects.order_by("number").values_list("number", "kind"))
    return records, page.path, page.body_en, page.body_ru, page.revisions.count()


@pytest.mark.parametrize("second", ACTIONS)
@pytest.mark.parametrize("first", ACTIONS)
def test_two_people_never_overwrite_each_other_silently(page, first, second):
    ann, bea = client_of("ann"), client_of("bea")
    url, values = ACTIONS[first].opened(ann, page)
    other_url, other_values = ACTIONS[second].opened(bea, page)
    assert bea.post(other_url, other_values).status_code == 302
    before = state(page)
    response = ann.post(url, values)
    if not is_refused(first, second):
        assert response.status_code == 302
        insist_that_both_hold(page, first, second, before)
        return
    assert response.status_code in {200, 400}
    assert state(page) == before
    html = response.content.decode()
    assert f"{MARK} ann" not in str(values) or f"{MARK} ann" in html
    assert "omebody" in html or "Bea saved this language" in html
    # Who has read it can go on; what the other did may leave nothing to be done.
    again = ann.post(url, ACTIONS[first].again(response))
    nothing_to_do = ("cannot be done", "errornote", "there is nothing to go back to")
    assert again.status_code == 302 or any(words in again.content.decode() for words in nothing_to_do)


def insist_that_both_hold(page, first: str, second: str, before: tuple) -> None:
    records, path, body_en, body_ru, _count = state(page)
    assert records[: len(before[0])] == before[0]
    if second == "save English":
        assert body_en == f"Saved. {MARK} bea"
    if second == "save Russian":
        assert body_ru == f"Сохранено. {MARK} bea"
    if first in SAVES:
        assert f". {MARK} ann" in (body_en if first == "save English" else body_ru)
    assert path == ("elsewhere" if "move" in (first, second) else "privacy-policy")
