"""The checks of texts that a second process can make."""

from concurrent.futures import Future
from functools import partial
from uuid import uuid4

import pytest

from pages.hugo.commits.commit_changes import FilePage
from pages.hugo.commits.page_changes import PageChanges
from pages.hugo.commits.text_files import read_text
from pages.hugo.importing import second_process, text_checks
from pages.hugo.importing.second_process import Call, SecondProcess
from pages.hugo.importing.text_checks import PageSurveys, TextChecks, with_sources
from pages.hugo.site_structure.structure import TextLocation
from pages.text.checks.surveyed_text import TextWithSource, survey_all


@pytest.fixture
def process():
    with SecondProcess(is_allowed=False) as process:
        yield process


@pytest.fixture
def small_calls(monkeypatch):
    for module in (text_checks, second_process):
        monkeypatch.setattr(module, "BYTES_OF_CALL", 60)


class UsedProcess(SecondProcess):
    """Notes what the other process is asked for, and answers nothing until it is told."""

    def __init__(self):
        super().__init__(is_allowed=False)
        self.futures = []

    @property
    def is_used(self):
        return True

    def call(self, function, *arguments):
        self.futures.append((Future(), partial(function, *arguments)))
        self.futures[-1][0].set_running_or_notify_cancel()
        return Call(self.futures[-1][1], self.futures[-1][0])

    def answer(self):
        for future, call in self.futures:
            if not future.done():
                future.set_result(call())


def read_page(*bodies):
    """Return changes of a page with a text for each body, in languages with the codes `a`, `b` and so on."""
    changes = PageChanges(FilePage(uuid4(), "a"), frozenset())
    for language, body in zip("abcdefgh", bodies, strict=False):
        content = f"---\ntitle: A\n---\n\n{body}\n".encode()
        changes.texts[language] = read_text(f"{language}.md", TextLocation(language, "a"), content)
        changes.blobs[language] = body, len(content)
    return changes


def findings_of(changes):
    return {language: find() for language, find in changes.findings.items()}


def expected_findings(changes):
    return {language: text.findings for language, text in changes.texts.items()}


BODIES = [f"a{number} <!-- b -->" if number % 2 else "a" for number in range(7)]


def test_each_text_of_a_batch_has_its_own_findings(process, small_calls):
    checks = TextChecks(process)
    for batch in ([read_page(*BODIES[:3]), read_page()], [read_page(*BODIES[3:5]), read_page(*BODIES[5:])]):
        checks.begin(batch)
        assert [findings_of(changes) for changes in batch] == [expected_findings(changes) for changes in batch]
    assert expected_findings(batch[0])["a"] != []


def test_texts_that_are_checked_ahead_are_not_checked_again(small_calls):
    process = UsedProcess()
    checks, changes = TextChecks(process), read_page(*BODIES)
    expected, contents = (
        expected_findings(changes),
        {body: text.content for body, text in zip(BODIES, changes.texts.values(), strict=True)},
    )
    checks.begin_ahead(changes)
    changes.drop_bodies()
    assert len(process.futures) == 1
    process.answer()
    changes.add_bodies(contents)
    checks.begin([changes])
    assert len(process.futures) == 1
    assert findings_of(changes) == expected


def test_texts_that_are_not_enough_for_a_call_are_checked_with_their_batch(small_calls):
    process = UsedProcess()
    checks, changes = TextChecks(process), read_page("a <!-- b -->")
    checks.begin_ahead(changes)
    assert process.futures == []
    checks.begin([changes])
    process.answer()
    assert findings_of(changes) == expected_findings(changes)


def test_only_so_much_text_waits_for_the_second_process(small_calls, monkeypatch):
    monkeypatch.setattr(text_checks, "_MAX_WAITING_BYTES", 500)
    process = UsedProcess()
    checks, pages = TextChecks(process), [read_page("a" * 200) for _ in range(6)]
    for changes in pages[:4]:
        checks.begin_ahead(changes)
    assert len(process.futures) == 3
    process.answer()
    for changes in pages[4:]:
        checks.begin_ahead(changes)
    assert [bool(changes.findings) for changes in pages] == [True, True, True, False, True, True]


def test_nothing_is_kept_for_a_process_that_is_not_used(process, small_calls):
    checks, changes = TextChecks(process), read_page(*BODIES)
    checks.begin_ahead(changes)
    assert (changes.findings, checks._texts) == ({}, [])


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
