"""Operations that are shown once more before they run: what they will do, with a button that says so."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

from pages.admin.publishing.page_action_form import PageActionForm
from pages.text.source import digest

# The hidden input with the token of the answers that the person has seen the consequences of.
CONFIRMED = "confirmed"


class ConfirmedForm(PageActionForm):
    """A form that runs its operation only if it is sent a second time with the same answers.

    The first time, `preview` has the sentences that say what will happen, and `confirm_button` the label of the button,
    whose name is `confirm_name`.
    """

    preview: list[str | Promise] = []
    confirm_button: str | Promise = ""
    confirm_name = ""

    def needs_confirmation(self) -> bool:
        return True

    def build_preview(self, **options) -> list[str | Promise]:
        """Return what the operation with the options `by`, `now` and `expected_record` will do."""
        raise NotImplementedError

    def confirmation_token(self) -> str:
        """Return a token of the answers: other answers have other consequences."""
        answers = {name: value for name, value in self.cleaned_data.items() if name != "record"}
        return digest(json.dumps(answers, cls=DjangoJSONEncoder, sort_keys=True, default=str).encode())

    def save(self, **options) -> bool:
        if not self.needs_confirmation() or self.data.get(CONFIRMED) == self.confirmation_token():
            return super().save(**options)
        # Finds the errors of the operation before anybody is asked.
        self.preview = self.run(self.build_preview, **options) or []
        return False
