"""What the checks of a site need to know of one text."""

import pytest

from pages.text.checks.surveyed_text import TextWithSource, survey_all, survey_text
from pages.text.markup_work import TooMuchMarkup

# More emphasis than is rendered.
HEAVY = "*a* " * 60_000


def test_links_and_parity_of_a_translation():
    surveyed = survey_text(TextWithSource("[a](/b/)\n\nХраним 14 дней.", "ru", "We keep it 30 days.", "en"))
    assert surveyed.links == (("/b/", 1),)
    assert "30 days" in "".join(finding.message for finding in surveyed.parity)


def test_source_text_has_no_parity():
    assert survey_text(TextWithSource("We keep it 30 days.", "en")).parity == ()


def test_text_with_too_much_markup_is_not_surveyed():
    with pytest.raises(TooMuchMarkup):
        survey_text(TextWithSource(HEAVY, "en"))
    heavy, light = survey_all([TextWithSource(HEAVY, "en"), TextWithSource("[a](/b/)", "en")])
    assert heavy is None
    assert light == survey_text(TextWithSource("[a](/b/)", "en"))
