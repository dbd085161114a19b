"""How long to wait is said in whole seconds or minutes, never too few."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from selfprivacy_site.login.waiting import wait_until


@pytest.mark.parametrize(
    ("seconds", "english", "russian"),
    [
        (-5, "Try again in 1 second.", "Попробуйте снова через 1 секунду."),
        (1.9, "Try again in 2 seconds.", "Попробуйте снова через 2 секунды."),
        (16, "Try again in 16 seconds.", "Попробуйте снова через 16 секунд."),
        (60, "Try again in 1 minute.", "Попробуйте снова через 1 минуту."),
        (61.5, "Try again in 2 minutes.", "Попробуйте снова через 2 минуты."),
        (899.5, "Try again in 15 minutes.", "Попробуйте снова через 15 минут."),
    ],
)
def test_wait_is_rounded_up(seconds, english, russian):
    for language, sentence in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert wait_until(timezone.now() + timedelta(seconds=seconds)) == sentence
