"""The verb that takes changes in: pages' texts become versions, or drafts beside newer work that was done here."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import override

from pages.history.hash_chain import BaseVersion
from pages.languages import served_languages
from pages.models import Page, Revision, Version
from pages.models.permissions import MOVE, PUBLISH, change_text_permission, publish_text_permission
from pages.models.publication_record import RecordKind
from pages.models.version_text import Significance
from pages.publishing.importing.batch_writer import BatchWriter
from pages.publishing.importing.page_updates import ImportedText, ImportOutcome, PageUpdate
from pages.publishing.importing.site_tree import PageMove, SiteTree
from pages.publishing.importing.stored_pages import StoredPage, read_states
from pages.publishing.version_plan import THIS_VERSION, TextToPublish, VersionPlan, is_changed, plan_texts
from pages.text.sections import strip_common_ends

_NO_LETTERS = re.compile(r"[\W_]+")


class Importer:
    """Takes pages' changes in, one after the other, into a writer that is written at the end."""

    def __init__(self, writer: BatchWriter, tree: SiteTree, states: dict[int, StoredPage]):
        self.writer, self.tree, self.states = writer, tree, states

    def prepare(self, pages: Collection[Page]) -> None:
        """Read what is stored of pages in few queries. The caller's transaction holds their rows, or the counter's."""
        missing = [page for page in pages if page.pk not in self.states]
        if missing:
            self.states |= read_states(missing, self.writer.now, self.writer.by)

    def create_page(self, path: str, **options) -> Page:
        """Make a page at a path, of which nothing has to be read."""
        page = self.tree.create_page(path, **options)
        self.states[page.pk] = StoredPage(page)
        return page

    def import_commit(self, page: Page, change: PageUpdate) -> ImportOutcome:
        """Take in what a commit did to a page, at the commit's moment: never before the page's last, never to come."""
        state = self._state(page, change.texts)
        changed = {name: text for name, text in change.texts.items() if _is_news(state, name, text)}
        if state.is_edited_here:
            digests = {name: text.digest for name, text in changed.items()}
            news = {
                name: changed[name] for name, digest in digests.items() if state.imported_digests.get(name) != digest
            }
            return replace(self._set_aside(state, news, change.author), is_skipped=True)
        moment = state.moment(min(change.at, self.writer.now))
        choices, drafts = self._keep(state, changed, change.author, moment)
        # What a withdrawn page had is back only where it is brought anew: it may have become a draft.
        present = change.texts if state.is_withdrawn else change.present
        gone = {name for name in state.base if name not in present or name in drafts}
        remaining = (set(state.base) - gone) | set(choices)
        if not remaining:
            is_withdrawn = state.is_public
            if is_withdrawn:
                self._withdraw(state, moment, change.note)
            return ImportOutcome(drafts=drafts, is_withdrawn=is_withdrawn)
        if change.source_language and page.source_language not in change.present:
            choices |= self._follow_source(state, change.source_language, choices, gone)
        versions = self._issued(state, choices, moment, change.note, frozenset(gone))
        is_brought_back = state.is_withdrawn
        if is_brought_back:
            self._bring_back(state, moment)
        return ImportOutcome(versions, drafts, is_brought_back=is_brought_back)

    def import_tree(self, page: Page, texts: Mapping[str, ImportedText], notes: Mapping[str, str]) -> ImportOutcome:
        """Take in a page's texts as a tree has them now; different moments become successive versions in that order.

        What has not changed since it was last taken in changes nothing, whatever became of it here.
        """
        state = self._state(page, texts)
        changed = {name: text for name, text in texts.items() if _differs_from_last(state, name, text)}
        if changed and state.is_edited_here:
            return self._set_aside(state, changed, self.writer.by.name)
        choices, drafts = self._keep(state, changed, self.writer.by.name, None)
        versions: list[Version] = []
        for moment, names in _in_order_of_moments(state, {name: changed[name] for name in choices}, self.writer.now):
            group = {name: choices[name] for name in names}
            versions += self._issued(state, group, state.moment(moment), notes, frozenset())
        return ImportOutcome(tuple(versions), drafts)

    def _state(self, page: Page, texts: Mapping[str, ImportedText]) -> StoredPage:
        self.writer.by.require(PUBLISH, *map(change_text_permission, texts), *map(publish_text_permission, texts))
        self.prepare([page])
        # What is remembered from a batch before may know another source language.
        self.states[page.pk].page = page
        return self.states[page.pk]

    def _set_aside(self, state: StoredPage, changed: Mapping[str, ImportedText], author: str) -> ImportOutcome:
        for name, text in changed.items():
            revision = self.writer.add_revision(state.page, name, text, author=author, is_draft_head=False)
            state.imported_digests[name] = revision.digest
        return ImportOutcome(stored_only=tuple(changed))

    def _keep(
        self, state: StoredPage, changed: Mapping[str, ImportedText], author: str, at: datetime | None
    ) -> tuple[dict[str, TextToPublish], tuple[str, ...]]:
        """Keep the texts, and return what is to go out and what is a draft."""
        choices = {}
        for name, text in changed.items():
            revision = self._revision(state, name, text, author, at)
            if not text.is_draft:
                choices[name] = _major(state, name, revision, text)
        return choices, tuple(name for name, text in changed.items() if text.is_draft)

    def _revision(
        self, state: StoredPage, language: str, text: ImportedText, author: str, at: datetime | None
    ) -> Revision:
        base, digest = state.base.get(language), text.digest
        if base and not text.is_draft and (base.revision.digest, base.revision.file_name) == (digest, text.file_name):
            # Its pictures alone have changed.
            return base.revision
        state.imported_digests[language] = digest
        return self.writer.add_revision(state.page, language, text, author=author, at=at)

    def _follow_source(
        self, state: StoredPage, language: str, choices: Mapping[str, TextToPublish], gone: Collection[str]
    ) -> dict[str, TextToPublish]:
        """Give the source language another code. Translations that reflect its text under the old one reflect it."""
        before, after = state.base.get(state.page.source_language), choices.get(language)
        self.tree.set_source_language(state.page, language)
        current_since, state.source_since = state.source_since, state.last_number + 1
        if before is None or after is None or before.revision.digest != after.revision.digest:
            return {}
        carried = (text for name, text in state.base.items() if name not in choices and name not in gone)
        return {
            text.language: TextToPublish(text.revision, based_on=THIS_VERSION, pictures=text.pictures)
            for text in carried
            if text.based_on is not None and text.based_on >= current_since
        }

    def _issued(
        self, state: StoredPage, choices: Mapping[str, TextToPublish], moment: datetime, note, gone: frozenset[str]
    ) -> tuple[Version, ...]:
        """Write the next version down, if it would say anything else than the last."""
        changed = [name for name, choice in choices.items() if is_changed(state.base.get(name), choice)]
        if not changed and not gone:
            return ()
        notes = note if isinstance(note, Mapping) else _on_changed(note, changed or sorted(set(state.base) - gone)[:1])
        plan = VersionPlan(state.last_number + 1, moment, state.page.source_language, state.base, notes)
        texts = plan_texts(plan, choices, gone)
        version = Version(page=state.page, number=plan.number, published_at=moment, effective_at=moment)
        for text in texts.values():
            text.version = version
        self.writer.add_version(version, list(texts.values()))
        base = BaseVersion(state.base_number, state.base) if state.base else None
        said = {"version": version, "texts": list(texts.values()), "base": base}
        self.writer.record(RecordKind.PUBLISH, page=state.page, at=moment, **said)
        if plan.source_language in changed:
            state.source_since = plan.number
        state.base, state.base_number, state.last_number = texts, plan.number, plan.number
        state.last_published = state.last_at = moment
        return (version,)

    def move(self, wanted: Mapping[Page, str], *, fixed: Collection[int], at: datetime) -> list[PageMove]:
        """Give pages other addresses; old ones that readers know lead on to the new. Raises what `settle` does."""
        self.writer.by.require(MOVE)
        moved = self.tree.move_pages({page.pk: path for page, path in wanted.items()}, fixed)
        self.prepare([one.page for one in moved])
        for one in moved:
            state = self.states[one.page.pk]
            if not state.last_number:
                continue
            moment = state.moment(min(at, self.writer.now))
            extra_payload = {"path": {"from": one.old, "to": one.new}}
            self.writer.record(RecordKind.MOVE, page=one.page, at=moment, extra_payload=extra_payload)
            state.last_at = moment
            self.tree.add_redirect(one.old, one.page)
        return moved

    def _withdraw(self, state: StoredPage, moment: datetime, reason: str) -> None:
        reasons = {state.page.source_language: reason} if reason else _gone_from_the_files()
        self.writer.record(RecordKind.WITHDRAW, page=state.page, at=moment, reasons=reasons)
        state.is_withdrawn, state.last_at = True, moment

    def _bring_back(self, state: StoredPage, moment: datetime) -> None:
        self.writer.record(RecordKind.BRING_BACK, page=state.page, at=moment)
        state.is_withdrawn, state.last_at = False, moment


def _gone_from_the_files() -> dict[str, str]:
    """Return the reason for readers where nobody gave one."""
    reasons = {}
    for language in served_languages():
        with override(language):
            reasons[language] = _("The text was taken away where it is kept.")
    return reasons


def _on_changed(note: str, languages: Collection[str]) -> dict[str, str]:
    return dict.fromkeys(languages, note) if note else {}


def _is_in_base(state: StoredPage, language: str, text: ImportedText) -> bool:
    base = state.base.get(language)
    return base is not None and base.revision.digest == text.digest


def _is_news(state: StoredPage, language: str, text: ImportedText) -> bool:
    """Tell whether a file says something else than what readers have, or than what was last kept of it."""
    if text.is_draft:
        return state.imported_digests.get(language) != text.digest or language in state.base
    base = state.base.get(language)
    return not _is_in_base(state, language, text) or dict(text.pictures) != base.pictures


def _differs_from_last(state: StoredPage, language: str, text: ImportedText) -> bool:
    if state.imported_digests.get(language) != text.digest:
        return True
    # The same bytes can show another picture, if its file was replaced.
    return _is_in_base(state, language, text) and dict(text.pictures) != state.base[language].pictures


def _major(state: StoredPage, language: str, revision: Revision, text: ImportedText) -> TextToPublish:
    """Return the choice of a text, which is major unless it shows the same; what has other letters is not rendered."""
    body = text.fields.body
    differs = language in state.base and _have_other_letters(state.body(language), body)
    state.bodies[language] = body
    return TextToPublish(revision, Significance.MAJOR, THIS_VERSION, text.pictures, is_visibly_changed=differs)


def _have_other_letters(before: str, after: str) -> bool:
    old, new = (_NO_LETTERS.sub("", text) for text in strip_common_ends(before, after))
    return old != new


def _in_order_of_moments(
    state: StoredPage, texts: Mapping[str, ImportedText], now: datetime
) -> Iterator[tuple[datetime, list[str]]]:
    """Group languages by the moment that they are published at: never in the future, and after the page's last."""
    last = state.last_published
    known = {name: min(text.moment or now, now) for name, text in texts.items()}
    if last is not None:
        known = {name: now if moment <= last else moment for name, moment in known.items()}
    ordered = sorted(known, key=lambda name: (known[name], name))
    for moment, names in groupby(ordered, key=lambda name: known[name]):
        yield moment, list(names)
