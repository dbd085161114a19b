"""What would go out: the texts that a new version would change, and those that it would carry forward."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pages.admin.editing.language_tabs import language_attributes, language_title
from pages.history.translation_basis import status_with_basis
from pages.history.translation_status import TranslationStatus
from pages.models import Page, Revision, Version, VersionText
from pages.models.permissions import publish_text_permission
from pages.presentation.comparison.rendered_comparison import RenderedComparison, RenderedText
from pages.presentation.editors.publishing_checks import Finding, check_text
from pages.presentation.rendered_bodies import render_body
from pages.publishing.actors import Actor
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.version_plan import TextToPublish, is_changed, is_visibly_unchanged
from pages.publishing.version_writer import base_version, version_texts
from pages.text import source
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class PublishContext:
    """A page as it stands when somebody is about to publish: what is in force, and what waits."""

    page: Page
    at: datetime
    actor: Actor
    base: Version | None
    in_force: Version | None
    waiting: tuple[Version, ...]

    @cached_property
    def base_texts(self) -> dict[str, VersionText]:
        """Return what a new version is measured against, by language."""
        return version_texts(self.base)

    @cached_property
    def texts_in_force(self) -> dict[str, VersionText]:
        """Return what readers see now, by language."""
        return self.base_texts if self.base == self.in_force else version_texts(self.in_force)


def publish_context(page: Page, at: datetime, actor: Actor) -> PublishContext:
    """Look at a page as somebody is about to publish it."""
    waiting = tuple(page.versions.upcoming(at).order_by("number"))
    return PublishContext(page, at, actor, base_version(page, at), page.versions.in_force(at).first(), waiting)


@dataclass(frozen=True)
class LanguageOfPage:
    """A language of the page that is about to go out."""

    around: PublishContext
    language: str

    @property
    def name(self) -> str:
        """Return what the language calls itself."""
        return language_title(self.language)

    @property
    def text_direction(self) -> str:
        """Return the `dir` of the text."""
        return language_attributes(self.language)["dir"]

    @property
    def is_source(self) -> bool:
        """Tell whether the other languages are translated from this one."""
        return self.language == self.around.page.source_language

    @property
    def can_publish(self) -> bool:
        """Tell whether the person may let this language change."""
        return self.around.actor.has_perm(publish_text_permission(self.language))

    @property
    def published(self) -> VersionText | None:
        """Return what the version to be is measured against."""
        return self.around.base_texts.get(self.language)

    @property
    def in_force(self) -> VersionText | None:
        """Return what readers see now."""
        return self.around.texts_in_force.get(self.language)

    @property
    def is_in_first_version(self) -> bool:
        """Tell whether nobody has to be told what changed, for there was nothing before."""
        return not self.around.base_texts


@dataclass(frozen=True)
class OutgoingText(LanguageOfPage):
    """A text that differs from what is published."""

    revision: Revision
    pictures: Mapping[str, str]

    @cached_property
    def is_visibly_unchanged(self) -> bool:
        """Tell whether the change is minor by itself: readers would see no difference."""
        choice = TextToPublish(self.revision, pictures=self.pictures)
        return self.published is not None and is_visibly_unchanged(self.published, choice)

    @property
    def asks_significance(self) -> bool:
        """Tell whether the rules leave a choice."""
        return self.published is not None and not self.is_visibly_unchanged

    @cached_property
    def rendered(self) -> RenderedBody:
        """Return the text as readers will see it."""
        return self._shown(self.revision, self.pictures)

    @cached_property
    def comparison(self) -> RenderedComparison:
        """Return what changes for readers."""
        return RenderedComparison(self.language, _state(self.in_force, self._shown), self._state_after())

    @cached_property
    def comparison_with_announced(self) -> RenderedComparison | None:
        """Return what changes against the announced text, where that is another than the one in force."""
        if self.around.base == self.around.in_force or self.published is None:
            return None
        return RenderedComparison(self.language, _state(self.published, self._shown), self._state_after())

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is worth a second look."""
        before = self._shown(self.published.revision, self.published.pictures) if self.published else None
        body, around = source.extract_body(bytes(self.revision.source)), self.around
        return check_text(around.page, self.language, body, self.rendered, before, around.at)

    def _state_after(self) -> RenderedText:
        revision = self.revision
        return RenderedText(revision.title, revision.link_title, revision.description, self.rendered)

    def _shown(self, revision: Revision, pictures: Mapping[str, str]) -> RenderedBody:
        body = source.extract_body(bytes(revision.source))
        return render_body(body, dict(pictures), base_url=self.around.page.url_in(self.language))


@dataclass(frozen=True)
class StandingText(LanguageOfPage):
    """A text that is carried forward as it is, unless it is taken away."""

    # Its draft was emptied: whoever did that will want to take the language away.
    is_emptied: bool = False

    @cached_property
    def status(self) -> TranslationStatus | None:
        """Return whether the translation is up to date with what was last published."""
        around = self.around
        return status_with_basis(around.page, around.base, self.published, around.base_texts, around.at)[0]


def _state(text: VersionText | None, shown) -> RenderedText:
    if text is None:
        return RenderedText()
    revision = text.revision
    rendered_text = shown(revision, text.pictures)
    return RenderedText(revision.title, revision.link_title, revision.description, rendered_text)


def outgoing_drafts(around: PublishContext) -> list[OutgoingText]:
    """Return the languages whose working copy differs from what was last published, the source language first."""
    known = {name: digest for text in around.base_texts.values() for name, digest in text.pictures.items()}
    heads = [head for head in around.page.revisions.drafts() if not head.is_empty]
    return _differing(around, {head.language: (head, revision_pictures(head, known)) for head in heads})


def outgoing_version(around: PublishContext, version: Version) -> list[OutgoingText]:
    """Return the languages in which an earlier version says something else than what was last published."""
    texts = version_texts(version)
    return _differing(around, {name: (text.revision, text.pictures) for name, text in texts.items()})


def _differing(around: PublishContext, texts: Mapping[str, tuple[Revision, Mapping[str, str]]]) -> list[OutgoingText]:
    found = [
        OutgoingText(around, language, revision, pictures)
        for language, (revision, pictures) in texts.items()
        if is_changed(around.base_texts.get(language), TextToPublish(revision, pictures=pictures))
    ]
    return sorted(found, key=_source_first)


def standing_texts(around: PublishContext, outgoing: list[OutgoingText]) -> list[StandingText]:
    """Return the published languages that would be carried forward, the source language first."""
    changed = {text.language for text in outgoing}
    heads = {head.language: head for head in around.page.revisions.drafts().defer("source").only("language", "digest")}
    empty = source.digest(b"")
    found = [
        StandingText(around, language, is_emptied=language in heads and heads[language].digest == empty)
        for language in around.base_texts
        if language not in changed
    ]
    return sorted(found, key=_source_first)


def _source_first(text: LanguageOfPage) -> tuple[bool, str]:
    return not text.is_source, text.language
