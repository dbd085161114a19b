"""Reverting: the text of an earlier version is published again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.languages import name_in_sentence
from pages.models import Blob, Page, Revision, Version, VersionText
from pages.publishing.actors import Actor
from pages.publishing.announcements import base_after_superseding
from pages.publishing.drafts import store_text
from pages.publishing.records import effective_now
from pages.publishing.version_plan import TextToPublish
from pages.publishing.version_writer import version_texts
from pages.publishing.versions import publish
from pages.publishing.writer import writing


def revert(
    page: Page,
    version: Version,
    languages: Iterable[str],
    *,
    by: Actor,
    now: datetime,
    significance: Mapping[str, str],
    notes: Mapping[str, str] | None = None,
    **options: Any,
) -> Version:
    """Publish an earlier version's text, pictures and basis again in the chosen languages.

    Languages that the earlier version lacks keep their text. The restored text also becomes the draft, unless the draft
    has unpublished work. Raises what `publish` raises.
    """
    with transaction.atomic():
        page = Page.objects.get_locked(page.pk)
        at = effective_now(page, now)
        base = version_texts(base_after_superseding(page, max(options.get("effective_at") or at, at), at))
        texts = {
            language: TextToPublish(text.revision, significance.get(language), text.based_on, text.pictures)
            for language, text in version_texts(version).items()
            if language in set(languages) and not _is_same_text(base.get(language), text)
        }
        _require_not_redacted(version, texts)
        in_force = version_texts(page.versions.in_force(at).first())
        heads = {head.language: head for head in page.revisions.drafts().filter(language__in=texts)}
        for language, text in texts.items():
            as_draft = not _has_unpublished_work(heads.get(language), in_force.get(language))
            texts[language] = replace(text, revision=_restore(text.revision, as_draft=as_draft, by=by, now=now))
        return publish(page, texts, by=by, now=now, notes=notes, **options)


def _require_not_redacted(version: Version, texts: Mapping[str, TextToPublish]) -> None:
    """Raise ValidationError if nothing is left of a text, or of a picture in it."""
    for language, text in texts.items():
        pictures = (text.pictures or {}).values()
        if text.revision.is_redacted or Blob.objects.filter(pk__in=pictures, content=None).exists():
            message = _(
                "The text of version %(number)d in this language, or a picture in it, was redacted: %(language)s."
            )
            raise ValidationError(message % {"number": version.number, "language": name_in_sentence(language)})


def _is_same_text(base: VersionText | None, text: VersionText) -> bool:
    names = ("pictures", "based_on")
    return (
        base is not None
        and base.revision.digest == text.revision.digest
        and all(getattr(base, name) == getattr(text, name) for name in names)
    )


def _has_unpublished_work(head: Revision | None, in_force: VersionText | None) -> bool:
    """Tell whether the draft of a language differs from the text in force."""
    if head is None:
        return False
    return head.digest != in_force.revision.digest if in_force else not head.is_empty


def _restore(revision: Revision, *, as_draft: bool, by: Actor, now: datetime) -> Revision:
    """Store an old text as a new revision, which becomes the draft only if `as_draft`."""
    # Without the file name of the old revision: this one was not imported.
    with writing(by, now) as writer:
        return store_text(
            writer, revision.page, revision.language, revision.source, revision.fields, is_draft_head=as_draft
        )
