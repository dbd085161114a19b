"""What a new version would change and what it would carry over, for the publish page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pages.history.page_versions import upcoming_versions, version_in_force
from pages.history.translation_status import TranslationAssessment, TranslationStatus, assess_version
from pages.models import Handover, Page, Revision, Version, VersionText
from pages.models.permissions import publish_text_permission
from pages.presentation.comparison.text_comparison import ComparedText, TextComparison, compared_revision
from pages.presentation.editors.publishing_checks import CheckedText, find_findings
from pages.presentation.rendered_bodies import editor_picture_urls, render_revision
from pages.publishing.actors import Actor
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.version_plan import TextToPublish, is_changed, is_visibly_unchanged
from pages.publishing.version_writer import base_version, version_texts
from pages.text.checks.findings import Finding
from pages.text.rendering import RenderedBody


@dataclass(frozen=True)
class PublishContext:
    """A page and its versions at the time when an actor is about to publish.

    `base` is the version that a new one is compared with: the highest-numbered one that is not cancelled.
    """

    page: Page
    at: datetime
    actor: Actor
    base: Version | None
    in_force: Version | None
    upcoming: tuple[Version, ...]

    @cached_property
    def drafts(self) -> dict[str, Revision]:
        return {head.language: head for head in self.page.revisions.drafts().select_related("blob")}

    @cached_property
    def handovers(self) -> dict[str, Handover]:
        return Handover.objects.by_language(self.page)

    @cached_property
    def base_texts(self) -> dict[str, VersionText]:
        return version_texts(self.base)

    @cached_property
    def base_assessments(self) -> dict[str, TranslationAssessment]:
        return assess_version(self.base, self.base_texts, self.at) if self.base else {}

    @cached_property
    def texts_in_force(self) -> dict[str, VersionText]:
        return self.base_texts if self.base == self.in_force else version_texts(self.in_force)


def load_publish_context(page: Page, at: datetime, actor: Actor) -> PublishContext:
    upcoming = tuple(upcoming_versions(page, at))
    return PublishContext(page, at, actor, base_version(page), version_in_force(page, at), upcoming)


@dataclass(frozen=True)
class PageLanguage:
    """A language on the publish page."""

    context: PublishContext
    language: str

    @property
    def is_source(self) -> bool:
        return self.language == self.context.page.source_language

    @property
    def can_publish(self) -> bool:
        return self.context.actor.has_perm(publish_text_permission(self.language))

    @property
    def base_text(self) -> VersionText | None:
        return self.context.base_texts.get(self.language)

    @property
    def published_digest(self) -> str:
        """Return the digest of the text of this language in the base version, "" if there is none."""
        return self.base_text.revision.digest if self.base_text else ""

    @property
    def handover(self) -> Handover | None:
        """Return who marked the text to be published as ready, or sent it back."""
        raise NotImplementedError

    def matches_source(self, digest: str) -> bool:
        """Tell whether somebody marked this translation as ready for exactly this source text."""
        mark = self.handover
        return not self.is_source and mark is not None and mark.is_ready and mark.source_digest == digest

    @property
    def text_in_force(self) -> VersionText | None:
        return self.context.texts_in_force.get(self.language)

    @property
    def base_url(self) -> str:
        return self.context.page.url_in(self.language)

    def compared(self, revision: Revision, pictures: Mapping[str, str]) -> ComparedText:
        return compared_revision(revision, editor_picture_urls(pictures), base_url=self.base_url)


@dataclass(frozen=True)
class ChangedText(PageLanguage):
    """A text that differs from the base version."""

    revision: Revision
    pictures: Mapping[str, str]

    @property
    def handover(self) -> Handover | None:
        mark = self.context.handovers.get(self.language)
        return mark if mark and mark.revision_id == self.revision.pk else None

    @cached_property
    def is_visibly_unchanged(self) -> bool:
        """Return whether readers would see no difference. Such a change is always minor."""
        text = TextToPublish(self.revision, pictures=self.pictures)
        return self.base_text is not None and is_visibly_unchanged(self.base_text, text)

    @cached_property
    def was_removed(self) -> bool:
        """Return whether the language was removed from readers, and its draft is still what they read before."""
        texts = VersionText.objects.filter(version__page=self.context.page, language=self.language)
        return (
            self.context.base is not None
            and self.base_text is None
            and (texts.filter(revision__blob=self.revision.digest).exists())
        )

    @property
    def is_sent_back(self) -> bool:
        return self.handover is not None and not self.handover.is_ready

    @property
    def is_preselected(self) -> bool:
        """Return whether it is published without another choice."""
        return self.can_publish and not self.was_removed and not self.is_sent_back

    @property
    def asks_significance(self) -> bool:
        """Return whether the publisher chooses the significance. A new language is always major."""
        return self.base_text is not None and not self.is_visibly_unchanged

    @cached_property
    def rendered_body(self) -> RenderedBody:
        return render_revision(self.revision, editor_picture_urls(self.pictures), base_url=self.base_url)

    @cached_property
    def comparison(self) -> TextComparison:
        """Return the changes compared with the text in force."""
        return self._compare_with(self.text_in_force)

    @cached_property
    def comparison_with_base(self) -> TextComparison:
        """Return the changes compared with the newest version, announced or in force."""
        return self._compare_with(self.base_text)

    @cached_property
    def comparison_with_announced(self) -> TextComparison | None:
        """Return the changes compared with the announced text, if that is not also the text in force."""
        if self.context.base == self.context.in_force or self.base_text is None:
            return None
        return self.comparison_with_base

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return what the publisher should check, such as broken links."""
        text = CheckedText(
            page=self.context.page,
            revision=self.revision,
            pictures=self.pictures,
            before=self.base_text,
            source_text=self.source_text,
            at=self.context.at,
        )
        return find_findings(text)

    @property
    def source_text(self) -> Revision | None:
        """Return the source text that the version will have, None for the source language itself."""
        source_language = self.context.page.source_language
        if self.is_source:
            return None
        draft, published = self.context.drafts.get(source_language), self.context.base_texts.get(source_language)
        return draft if draft and not draft.is_empty else published and published.revision

    def _compare_with(self, published: VersionText | None) -> TextComparison:
        older = self.compared(published.revision, published.pictures) if published else ComparedText()
        return TextComparison(older, self.compared(self.revision, self.pictures), self.language)


@dataclass(frozen=True)
class UnchangedText(PageLanguage):
    """A text that the new version carries over."""

    @property
    def is_emptied(self) -> bool:
        """Return whether the draft was emptied, so that its editor may want the language to be removed."""
        return self.language in self.context.drafts and self.context.drafts[self.language].is_empty

    @property
    def handover(self) -> Handover | None:
        mark = self.context.handovers.get(self.language)
        return mark if mark and mark.revision.digest == self.published_digest else None

    def matches_source(self, digest: str) -> bool:
        """Tell whether somebody marked it as ready for this source text, and the published one is another."""
        source = self.context.base_texts.get(self.context.page.source_language)
        is_known = self.status == TranslationStatus.UP_TO_DATE and source and source.revision.digest == digest
        return not is_known and super().matches_source(digest)

    @cached_property
    def status(self) -> TranslationStatus | None:
        """Return the translation status compared with the base version's source text."""
        assessment = self.context.base_assessments.get(self.language)
        return assessment and assessment.status


def find_changed_drafts(context: PublishContext) -> list[ChangedText]:
    """Return the drafts that differ from the base version, the source language first."""
    published_pictures = {
        name: digest for text in context.base_texts.values() for name, digest in text.pictures.items()
    }
    heads = [head for head in context.drafts.values() if not head.is_empty]
    return _changed_texts(
        context, {head.language: (head, revision_pictures(head, published_pictures)) for head in heads}
    )


def find_changed_version_texts(context: PublishContext, version: Version) -> list[ChangedText]:
    """Return the texts of an earlier version that differ from the base version, the source language first."""
    texts = version_texts(version)
    return _changed_texts(context, {name: (text.revision, text.pictures) for name, text in texts.items()})


def _changed_texts(
    context: PublishContext, texts: Mapping[str, tuple[Revision, Mapping[str, str]]]
) -> list[ChangedText]:
    changed_texts = [
        ChangedText(context, language, revision, pictures)
        for language, (revision, pictures) in texts.items()
        if is_changed(context.base_texts.get(language), TextToPublish(revision, pictures=pictures))
    ]
    return sorted(changed_texts, key=_source_first)


def find_unchanged_texts(context: PublishContext, changed_texts: list[ChangedText]) -> list[UnchangedText]:
    """Return the texts of the base version that would be carried over, the source language first."""
    unchanged = context.base_texts.keys() - {text.language for text in changed_texts}
    return sorted((UnchangedText(context, language) for language in unchanged), key=_source_first)


def outgoing_source(context: PublishContext, changed_texts: list[ChangedText]) -> ChangedText | VersionText | None:
    """Return the source text of the next version if the actor publishes what is selected beforehand."""
    drafts = [text for text in changed_texts if text.is_source and text.is_preselected]
    return drafts[0] if drafts else context.base_texts.get(context.page.source_language)


def _source_first(text: PageLanguage) -> tuple[bool, str]:
    return not text.is_source, text.language
