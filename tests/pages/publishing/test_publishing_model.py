"""Random operations on the real database agree with a reference model in plain Python."""

import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from pages.history.hash_chain import ChainLink, first_broken_link
from pages.history.last_updates import last_updates
from pages.history.translation_status import assess_version
from pages.models import Page, PublicationRecord, Revision, SiteCounter, Version
from pages.presentation.page_presentation import read_version, spans_of
from pages.publishing.actors import system_actor
from pages.publishing.announcements import NotCancellable, SupersedesAnnouncement, announce_again, cancel
from pages.publishing.corrected_texts import NothingInForce, correct
from pages.publishing.drafts import save_draft
from pages.publishing.page_events import NotConfirmable, NotWithdrawable, bring_back, confirm, withdraw
from pages.publishing.page_tree import create_page
from pages.publishing.records import ClockBehind, PublicationConflict, accept_clock
from pages.publishing.reverts import revert
from pages.publishing.version_plan import SAME_BASIS, THIS_VERSION, TextToPublish
from pages.publishing.versions import announce, publish
from pages.text import source
from tests.building import EDITOR, draft_revision, make_fields, texts_by_language
from tests.naive_history import BODIES, NaivePage, Refused

REFUSALS = (
    ValidationError,
    SupersedesAnnouncement,
    NotCancellable,
    NotConfirmable,
    NotWithdrawable,
    NothingInForce,
    PublicationConflict,
    ClockBehind,
)
LANGUAGES = ["en", "ru", "ar"]
FAR = datetime(2100, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)

some_page = st.sampled_from([0, 0, 1])
some_languages = st.sets(st.sampled_from(LANGUAGES))
body = st.sampled_from(list(BODIES))
# Clocks advance, stand still, and step back.
step = st.sampled_from([0, 0, 1, 2, 7, -3])
significance = st.sampled_from(["major", "major", "minor", "minor", None])
later = st.sampled_from([None, None, None, -2, 0, 4, 9, 9])
announcement_action = st.sampled_from([None, "cancel", "again", "again"])
noted = st.sampled_from([set(LANGUAGES)] * 4 + [set(), {"ru"}])


def fingerprint():
    """Return everything that a refused operation must leave unchanged."""
    drafts = Page.objects.order_by("pk").values_list("pk", *(f"body_{language}" for language in LANGUAGES))
    return (
        list(PublicationRecord.objects.order_by("number").values_list("hash", flat=True)),
        list(Version.objects.order_by("pk").values_list("pk", flat=True)),
        list(Revision.objects.order_by("pk").values_list("pk", flat=True)),
        list(SiteCounter.objects.values_list()),
        list(drafts),
    )


class Publishing(RuleBasedStateMachine):
    """Two pages and three languages, changed by operations in any order."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = datetime(2024, 3, 1, 12, tzinfo=UTC)
        self.pages, self.naive, self.clock = [], [], {}

    @initialize(
        starts=st.lists(st.fixed_dictionaries({"en": body, "ru": body}), min_size=2, max_size=2),
        is_published=st.sampled_from([True, True, True, False]),
    )
    def make_pages(self, starts, is_published):
        for slug, start in zip(("first", "second"), starts, strict=True):
            self.pages.append(create_page(slug=slug, parent=None, source_language="en", by=EDITOR))
            self.naive.append(NaivePage("en", self.clock))
            self.write(len(self.pages) - 1, start)
        if is_published:
            options = {"now": self.now, "notes": {}}
            texts = {
                language: TextToPublish(draft_revision(self.pages[0], language), None, THIS_VERSION)
                for language in ("en", "ru")
            }
            chosen = {
                language: {"body": starts[0][language], "significance": None, "basis": "this"}
                for language in ("en", "ru")
            }
            publish(self.pages[0], texts, by=EDITOR, **options)
            self.naive[0].publish(
                chosen, effective=None, removed=set(), binding=None, announcement_action=None, **options
            )

    def has_upcoming(self):
        return any(naive.upcoming(self.now) for naive in self.naive)

    def has_withdrawn(self):
        return any(naive.is_withdrawn(self.now) for naive in self.naive)

    def has_versions(self):
        return any(naive.versions for naive in self.naive)

    def write(self, index, bodies):
        save_draft(
            self.pages[index],
            {language: make_fields(body) for language, body in bodies.items()},
            by=system_actor("Ann"),
            now=self.now,
        )
        drafts = self.naive[index].drafts
        # A language that was never saved has no revision to publish.
        drafts |= {language: body for language, body in bodies.items() if body or language in drafts}

    def both(self, call, expected):
        """Perform an operation on the site and on the model: both do it, or both refuse it and change nothing."""
        refusal = None
        try:
            expected()
        except Refused as refused:
            refusal = str(refused)
        if refusal is None:
            call()
        else:
            before = fingerprint()
            with pytest.raises(REFUSALS) as error:
                call()
            assert (error.type.__name__, fingerprint()) == (refusal, before)
        self.check_everything()

    @rule(
        index=some_page, bodies=st.dictionaries(st.sampled_from(LANGUAGES), body | st.just(""), min_size=1), step=step
    )
    def save(self, index, bodies, step):
        self.now += timedelta(days=step)
        self.write(index, bodies)

    @rule(
        data=st.data(),
        index=some_page,
        bodies=st.dictionaries(st.sampled_from(LANGUAGES), body, max_size=2),
        languages=some_languages,
        removed=st.sampled_from([set(), set(), set(), {"ru"}, {"ar"}, {"en"}]),
        later=later,
        is_announced=st.booleans(),
        announcement_action=announcement_action,
        noted=noted,
        binding=st.sampled_from([None, None, None, "en", "ru"]),
        step=step,
    )
    def publish(
        self, data, index, bodies, languages, removed, later, is_announced, announcement_action, noted, binding, step
    ):
        self.now += timedelta(days=step)
        self.write(index, bodies)
        page, naive = self.pages[index], self.naive[index]
        chosen = {
            language: {
                "body": naive.drafts[language],
                "significance": data.draw(significance),
                "basis": data.draw(st.sampled_from(["same", "this"])),
            }
            for language in sorted((languages | set(bodies)) & set(naive.drafts) - removed)
        }
        texts = {
            language: TextToPublish(
                draft_revision(page, language),
                choice["significance"],
                {"same": SAME_BASIS, "this": THIS_VERSION}[choice["basis"]],
            )
            for language, choice in chosen.items()
        }
        effective = None if later is None else self.now + timedelta(days=later)
        options = {
            "notes": dict.fromkeys(noted, f"Note {step}"),
            "removed": removed,
            "announcement_action": announcement_action,
        }
        operation = announce if is_announced and effective else publish

        def expected():
            if operation is announce and effective <= naive.effective_now(self.now):
                raise Refused("ValidationError")
            naive.publish(chosen, now=self.now, effective=effective, binding=binding, **options)

        arguments = options | {"by": EDITOR, "now": self.now, "effective_at": effective, "binding_language": binding}
        self.both(lambda: operation(page, texts, **arguments), expected)

    @precondition(has_upcoming)
    @rule(index=some_page, back=st.integers(0, 2), step=step)
    def cancel(self, index, back, step):
        self.now += timedelta(days=step)
        naive = self.naive[index]
        if naive.versions:
            number = max(1, len(naive.versions) - back)
            version = self.pages[index].versions.get(number=number)
            self.both(
                lambda: cancel(version, by=system_actor("Ann"), now=self.now),
                lambda: naive.cancel(number, now=self.now),
            )

    @precondition(has_versions)
    @rule(
        index=some_page,
        back=st.integers(0, 5),
        languages=some_languages.filter(bool),
        significance=significance,
        later=later,
        announcement_action=announcement_action,
        noted=noted,
        step=step,
    )
    def revert(self, index, back, languages, significance, later, announcement_action, noted, step):
        self.now += timedelta(days=step)
        page, naive = self.pages[index], self.naive[index]
        if not naive.versions:
            return
        number = max(1, len(naive.versions) - back)
        version = page.versions.get(number=number)
        effective = None if later is None else self.now + timedelta(days=later)
        options = {"notes": dict.fromkeys(noted, "Back."), "announcement_action": announcement_action, "now": self.now}

        def call():
            asked = dict.fromkeys(languages, significance)
            revert(
                page,
                version,
                languages,
                by=system_actor("Ben"),
                significance=asked,
                effective_at=effective,
                **options,
            )

        def expected():
            naive.revert(number, languages, effective=effective, significance=significance, binding=None, **options)

        self.both(call, expected)

    @precondition(has_upcoming)
    @rule(index=some_page, back=st.sampled_from([0, 0, 1]), later=st.sampled_from([-1, 0, 3, 8, 12]), step=step)
    def announce_again(self, index, back, later, step):
        self.now += timedelta(days=step)
        naive, effective = self.naive[index], self.now + timedelta(days=later)
        if naive.versions:
            number = max(1, len(naive.versions) - back)
            version = self.pages[index].versions.get(number=number)
            self.both(
                lambda: announce_again(version, effective_at=effective, by=EDITOR, now=self.now),
                lambda: naive.announce_again(number, now=self.now, effective=effective),
            )

    @precondition(has_versions)
    @rule(
        data=st.data(),
        index=some_page,
        bodies=st.dictionaries(st.sampled_from(["en", "ru"]), body, min_size=1, max_size=2)
        | st.sampled_from([{}, {"en": ""}]),
        significance=significance,
        announcement_action=announcement_action.filter(bool),
        noted=noted,
        step=step,
    )
    def correct(self, data, index, bodies, significance, announcement_action, noted, step):
        self.now += timedelta(days=step)
        page, naive = self.pages[index], self.naive[index]
        # The upcoming versions, and sometimes one that is not upcoming any more.
        numbers = naive.upcoming(self.now) + data.draw(st.sampled_from([[], [], [], [1]]))
        some_bodies = st.dictionaries(st.sampled_from(LANGUAGES), body, max_size=2)
        announced = {number: data.draw(some_bodies) for number in numbers if number <= len(naive.versions)}
        options = {
            "now": self.now,
            "announcement_action": announcement_action,
            "notes": dict.fromkeys(noted, "Corrected."),
        }

        def call():
            correct(
                page,
                {language: make_fields(body) for language, body in bodies.items()},
                by=EDITOR,
                significance=dict.fromkeys(LANGUAGES, significance),
                announced={
                    number: {language: make_fields(body) for language, body in rewritten.items()}
                    for number, rewritten in announced.items()
                },
                **options,
            )

        self.both(call, lambda: naive.correct(bodies, significance=significance, announced=announced, **options))

    @precondition(has_versions)
    @rule(index=some_page, has_reason=st.sampled_from([True, True, True, False]), step=step)
    def withdraw(self, index, has_reason, step):
        self.now += timedelta(days=step)
        reasons = {"en": "Wrong."} if has_reason else {"ru": "Ошибка."}
        self.both(
            lambda: withdraw(self.pages[index], reasons=reasons, by=EDITOR, now=self.now),
            lambda: self.naive[index].withdraw(reasons, now=self.now),
        )

    @precondition(has_withdrawn)
    @rule(index=some_page, step=step)
    def bring_back(self, index, step):
        self.now += timedelta(days=step)
        self.both(
            lambda: bring_back(self.pages[index], by=EDITOR, now=self.now),
            lambda: self.naive[index].bring_back(now=self.now),
        )

    @precondition(has_versions)
    @rule(
        index=some_page,
        back=st.integers(0, 3),
        language=st.sampled_from(["ru", "ru", "ru", "ar", "en"]),
        before=st.sampled_from([0, 0, 0, 1, 2, -1]),
        step=step,
    )
    def confirm(self, index, back, language, before, step):
        self.now += timedelta(days=step)
        naive = self.naive[index]
        if naive.versions:
            number = max(1, len(naive.versions) - back)
            reflects = max(1, number - before)
            version = self.pages[index].versions.get(number=number)
            self.both(
                lambda: confirm(version, language, reflects, by=EDITOR, now=self.now),
                lambda: naive.confirm(number, language, reflects, now=self.now),
            )

    @precondition(lambda self: self.clock.get("last", self.now) > self.now)
    @rule()
    def accept_clock(self):
        accept_clock(by=EDITOR, now=self.now)
        self.clock["last"] = self.now

    @rule(index=some_page, seen=st.integers(0, 3))
    def publish_after_seeing_another_version(self, index, seen):
        base = self.naive[index].base()
        if seen != (base["number"] if base else 0) and self.clock.get("last", self.now) <= self.now:
            before = fingerprint()
            with pytest.raises(PublicationConflict):
                publish(self.pages[index], {}, by=system_actor("Ann"), now=self.now, expected_base=seen)
            assert fingerprint() == before

    def check_everything(self):
        times = [naive.last_time for naive in self.naive if naive.last_time]
        self.check_visibility({FAR, self.now, *(time + tick for time in times for tick in (-TICK, 0 * TICK, TICK))})
        for page, naive in zip(self.pages, self.naive, strict=True):
            self.check_rows(page, naive)
        records = PublicationRecord.objects.order_by("number")
        links = [ChainLink(record.number, record.canonical, record.hash) for record in records]
        counter = SiteCounter.objects.first()
        assert first_broken_link(links, head=counter.head if counter else "") is None
        assert [link.number for link in links] == list(range(1, len(links) + 1))

    def check_rows(self, page, naive):
        stored = list(page.versions.order_by("number"))
        assert [version.number for version in stored] == list(range(1, len(naive.versions) + 1))
        page.refresh_from_db()
        assert {language: page.draft_text(language)["body"] for language in naive.drafts} == naive.drafts
        updates = self.last_updates(page, stored)
        for version, expected in list(zip(stored, naive.versions, strict=True))[-3:]:
            facts = (version.published_at, version.effective_at, version.binding_language)
            assert facts == (expected["published"], expected["effective"], expected["binding"])
            rows = texts_by_language(version)
            assert {language: self.row_facts(row) for language, row in rows.items()} == {
                language: (
                    row["body"],
                    row["significance"],
                    row["note"],
                    row["based_on"],
                )
                for language, row in expected["texts"].items()
            }
            # If a version was cancelled at the time it was published, its date and status at that time are undefined.
            if expected["cancelled"] != expected["published"]:
                dates = {language: naive.modified_at(expected, language) for language in expected["texts"]}
                assert {language: row.modified_at for language, row in rows.items()} == updates[version.pk] == dates
                self.check_statuses(version, rows, naive, expected)
                self.check_presentations(page, version, dates)

    @staticmethod
    def last_updates(page, versions):
        texts = {version.pk: texts_by_language(version).values() for version in versions}
        cancelled = dict(page.records.cancellations(FAR).values_list("version", "at"))
        return last_updates(versions, texts, cancelled)

    @staticmethod
    def row_facts(row):
        body = source.extract_body(bytes(row.revision.source))
        return body, row.significance, row.change_note, row.based_on

    @staticmethod
    def check_statuses(version, rows, naive, expected):
        for language in set(rows) - {"en"}:
            assert assess_version(version, rows, FAR)[language][:2] == naive.best(expected, language)

    @staticmethod
    def check_presentations(page, version, dates):
        """Compare what a page shows, from few rows, with the rules for all rows."""
        rows, span = texts_by_language(version), spans_of(page, FAR)[version.number]
        assessments = assess_version(version, rows, FAR)
        not_cancelled = page.versions.not_cancelled(version.published_at).filter(number__lte=version.number)
        for language, row in rows.items():
            shown = read_version(page, version, language, FAR)
            reflected = shown.reflected_version and shown.reflected_version.number
            assert (shown.text.pk, shown.text.modified_at, shown.span) == (row.pk, dates[language], span)
            assert (shown.status, reflected) == assessments.get(language, (None, None))[:2]
            versions = not_cancelled.filter(texts__language=language).order_by("number")
            assert shown.first_published_at == (versions.first() or version).effective_at
            newest = next(iter(shown.source_updates), None)
            assert shown.source_update is None or shown.source_update == replace(newest, previous=None)

    def check_visibility(self, times):
        for at in times:
            rows = list(Version.objects.in_force(at).values_list("page", "number"))
            numbers = dict(rows)
            assert len(rows) == len(numbers)
            expected = {page.pk: naive.in_force(at) for page, naive in zip(self.pages, self.naive, strict=True)}
            assert numbers == {pk: number for pk, number in expected.items() if number}
            withdrawn = {page.pk for page, naive in zip(self.pages, self.naive, strict=True) if naive.is_withdrawn(at)}
            assert set(Page.objects.withdrawn(at).values_list("pk", flat=True)) == withdrawn
            assert set(Page.objects.public(at).values_list("pk", flat=True)) == set(numbers) - withdrawn
            upcoming = sorted(Version.objects.upcoming(at).values_list("page", "number"))
            assert upcoming == [
                (page.pk, number)
                for page, naive in zip(self.pages, self.naive, strict=True)
                for number in naive.upcoming(at)
            ]
            for page in self.pages:
                self.check_spans(page, at, numbers.get(page.pk), upcoming)

    @staticmethod
    def check_spans(page, at, in_force, upcoming):
        spans = spans_of(page, at)
        assert [number for number, span in spans.items() if span.state == "in force"] == (
            [in_force] if in_force else []
        )
        assert {(page.pk, number) for number, span in spans.items() if span.state == "upcoming"} == {
            pair for pair in upcoming if pair[0] == page.pk
        }

    def check_all_times(self):
        events = {
            time
            for naive in self.naive
            for version in naive.versions
            for time in (version["published"], version["effective"], version["cancelled"])
            if time
        } | {time for naive in self.naive for time, _ in naive.events}
        times = sorted({event + tick for event in events for tick in (-TICK, 0 * TICK, TICK)} | {FAR})
        self.check_visibility(times)
        for page, naive in zip(self.pages, self.naive, strict=True):
            spans = spans_of(page, FAR)
            for at in times:
                in_force = [
                    number
                    for number, span in spans.items()
                    if span.since and span.since <= at and (span.until is None or at < span.until)
                ]
                assert in_force == ([naive.in_force(at)] if naive.in_force(at) else [])

    def teardown(self):
        with contextlib.ExitStack() as stack:
            stack.callback(self.transaction.__exit__, None, None, None)
            stack.callback(transaction.set_rollback, True)
            if self.pages:
                self.check_all_times()


@pytest.mark.django_db
def test_publishing_agrees_with_the_reference_model():
    examples = int(os.environ.get("PUBLISHING_EXAMPLES", "10"))
    run_state_machine_as_test(
        Publishing,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
