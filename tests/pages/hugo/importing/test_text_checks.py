"""The checks of texts that a second process can make."""

import pytest

from pages.hugo.commits.text_files import read_text
from pages.hugo.importing import text_checks
from pages.hugo.importing.second_process import SecondProcess
from pages.hugo.importing.text_checks import PageSurveys, TextChecks, with_sources
from pages.hugo.site_structure.structure import TextLocation
from pages.text.checks.surveyed_text import TextWithSource, survey_all


@pytest.fixture
def process():
    with SecondProcess(is_allowed=False) as process:
        yield process


def read(body):
    return read_text("content/en/a.md", TextLocation("en", "a"), f"---\ntitle: A\n---\n\n{body}\n".encode())


def test_each_text_of_a_batch_has_its_own_findings(process, monkeypatch):
    monkeypatch.setattr(text_checks, "_BYTES_OF_CALL", 60)
    texts = [read(f"a{number} <!-- b -->" if number % 2 else "a") for number in range(7)]
    checks = TextChecks(process)
    for batch in (texts[:4], texts[4:]):
        checks.begin(batch)
        assert [checks.find(text) for text in batch] == [text.findings for text in batch]
    assert texts[1].findings != []


def test_survey_that_was_begun_is_taken_once_and_others_are_made(process):
    texts, others = (with_sources({"en": body}, "en") for body in ("[a](/b/)", "[c](/d/)"))
    surveys = PageSurveys(process)
    assert surveys.begin(texts)
    begun = surveys._ahead[texts]
    assert surveys.of(texts) is begun
    assert surveys.of(texts) is not begun
    assert surveys.of(others).value == survey_all(others)


def test_surveys_are_begun_only_for_so_much_text(process, monkeypatch):
    monkeypatch.setattr(text_checks, "_MAX_AHEAD", 10)
    surveys = PageSurveys(process)
    assert [surveys.begin(with_sources({"en": body}, "en")) for body in ("a" * 5, "b" * 5, "c")] == [True, True, False]
    assert len(surveys._ahead) == 2


def test_served_languages_are_compared_with_the_source_text(settings):
    bodies = {"ru": "б", "en": "a", "eo": "c"}
    assert with_sources(bodies, "en") == (TextWithSource("a", "en"), TextWithSource("б", "ru", "a", "en"))
    assert with_sources(bodies, "de") == (TextWithSource("a", "en"), TextWithSource("б", "ru"))
