"""Every pair of concurrent actions on a page: nothing is overwritten silently, and no input is lost."""

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
MARKER = "Words that nobody may lose"
LATER = timezone.now().replace(microsecond=0, second=0) + timedelta(days=5)


@dataclass(frozen=True)
class Action:
    """An action with a form of the admin: its view and URL arguments, the values typed and the button pressed."""

    name: str
    view: str
    args: tuple = ()
    typed: tuple[tuple[str, str], ...] = ()
    button: tuple[tuple[str, str], ...] = ()
    form: str = "form"
    # Values for a first step; its response has the form that is finally sent.
    first_step: tuple[tuple[str, str], ...] = ()

    def open(self, client: Client, page) -> tuple[str, dict]:
        """Open the form; return its URL and the values to send."""
        url = reverse(f"admin:pages_page_{self.view}", args=[page.pk, *self.args])
        values = _values(self._form(client.get(url)))
        if self.first_step:
            values = _values(self._form(client.post(url, values | _signed(self.first_step, client.name))))
        return url, values | _signed(self.typed, client.name) | dict(self.button)

    def values_to_resend(self, response) -> dict:
        """Return the values to send after the form was shown again with an error."""
        return _values(self._form(response)) | dict(self.button)

    def _form(self, response):
        form = response.context[self.form]
        return getattr(form, "form", form)


def _signed(typed: tuple, name: str) -> dict:
    """Return the typed values with the user's name after each marker."""
    return {field: f"{text} {name}" if MARKER in text else text for field, text in typed}


def _values(form) -> dict:
    values = {name: form[name].value() for name in form.fields}
    # Some operations are shown once more before they run.
    confirmed = {"confirmed": form.confirmation_token()} if getattr(form, "preview", ()) else {}
    return {name: value for name, value in values.items() if value is not None and value is not False} | confirmed


ACTIONS = {
    action.name: action
    for action in (
        Action("save English", "change", typed=(("body_en", f"Saved. {MARKER}"),), form="adminform"),
        Action("save Russian", "change", typed=(("body_ru", f"Сохранено. {MARKER}"),), form="adminform"),
        Action("publish", "publish", typed=(("significance", "major"), ("note_ru", MARKER), ("note_en", MARKER))),
        Action(
            "revert",
            "revert",
            (1,),
            typed=(
                ("significance", "major"),
                ("note_en", MARKER),
                ("note_ru", MARKER),
                ("announcement_action", "cancel"),
            ),
        ),
        Action(
            "correct",
            "correct",
            first_step=(("force_body_en", f"Corrected. {MARKER}"),),
            typed=(("significance_en", "minor"),),
            button=(("_publish", "1"),),
        ),
        Action("withdraw", "withdraw", typed=(("reason_en", MARKER),)),
        Action("move", "move", typed=(("slug", "elsewhere"),)),
        Action("confirm", "confirm", ("ru",)),
        Action("cancel", "announcement", (3,), first_step=(("_cancel", "1"),), button=(("_cancel", "1"),)),
        Action("announce again", "announcement", (3,), typed=(("effective_at", f"{LATER:%Y-%m-%dT%H:%M}"),)),
    )
}
DRAFT_SAVES = {"save English", "save Russian"}


@pytest.fixture
def page():
    """Return a page with a translation that is behind, an announced version and a draft."""
    page, then = make_page(), timezone.now() - timedelta(days=9)
    publish_bodies(page, {"en": "One.", "ru": "Один."}, then, confirmed=["ru"])
    publish_bodies(page, {"en": "Two."}, then + timedelta(days=1))
    publish_bodies(page, {"en": "Three."}, then + timedelta(days=2), effective_at=LATER - timedelta(days=1))
    save_bodies(page, timezone.now(), ru="Черновик.")
    return page


def superuser_client(name: str) -> Client:
    client = Client()
    client.name = name
    client.force_login(get_user_model().objects.create_superuser(name, first_name=name.title()))
    return client


def is_refused(first: str, second: str) -> bool:
    """Return whether the first action must be refused if the second was done after its form was opened."""
    if first in DRAFT_SAVES and second in DRAFT_SAVES:
        return first == second
    if first == "publish" and second == "save Russian":
        # The text that would be published is not the one that the publisher saw.
        return True
    return first not in DRAFT_SAVES and second not in DRAFT_SAVES


def state(page) -> tuple:
    page.refresh_from_db()
    records = list(PublicationRecord.objects.order_by("number").values_list("number", "kind"))
    return records, page.path, page.body_en, page.body_ru, page.revisions.count()


@pytest.mark.parametrize("second", ACTIONS)
@pytest.mark.parametrize("first", ACTIONS)
def test_concurrent_edits_never_overwrite_each_other_silently(page, first, second):
    ann, bea = superuser_client("ann"), superuser_client("bea")
    url, values = ACTIONS[first].open(ann, page)
    other_url, other_values = ACTIONS[second].open(bea, page)
    assert bea.post(other_url, other_values).status_code == 302
    before = state(page)
    response = ann.post(url, values)
    if not is_refused(first, second):
        assert response.status_code == 302
        assert_both_were_stored(page, first, second, before)
        return
    assert response.status_code in {200, 400}
    assert state(page) == before
    html = response.content.decode()
    assert f"{MARKER} ann" not in str(values) or f"{MARKER} ann" in html
    assert "was changed after you opened" in html or "Bea saved this language" in html
    # Sending again succeeds, unless the other action left nothing to do.
    resent = ann.post(url, ACTIONS[first].values_to_resend(response))
    if resent.status_code == 200 and resent.context["form"].is_bound and first == "cancel":
        resent = ann.post(url, ACTIONS[first].values_to_resend(resent))
    nothing_to_do = ("is not possible", "errornote", "there is nothing to revert")
    assert resent.status_code == 302 or any(message in resent.content.decode() for message in nothing_to_do)


def assert_both_were_stored(page, first: str, second: str, before: tuple) -> None:
    records, path, body_en, body_ru, _count = state(page)
    assert records[: len(before[0])] == before[0]
    if second == "save English":
        assert body_en == f"Saved. {MARKER} bea"
    if second == "save Russian":
        assert body_ru == f"Сохранено. {MARKER} bea"
    if first in DRAFT_SAVES:
        assert f". {MARKER} ann" in (body_en if first == "save English" else body_ru)
    assert path == ("elsewhere" if "move" in (first, second) else "privacy-policy")
