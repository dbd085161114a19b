"""Saving drafts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from pages.models import Blob, Page, Revision
from pages.models.page import text_field
from pages.models.permissions import change_text_permission
from pages.publishing.actors import Actor
from pages.publishing.body_errors import find_body_error
from pages.publishing.writer import Writer, writing
from pages.text import source
from pages.text.fields import Fields, front_matter_values


class DraftConflict(Exception):
    """Somebody else saved the same languages after the person opened them; nothing was saved."""

    def __init__(self, saved: Mapping[str, Revision]):
        self.saved = saved
        super().__init__(f"drafts saved by somebody else: {', '.join(saved)}")


@transaction.atomic
def save_draft(
    page: Page,
    texts: Mapping[str, Fields],
    *,
    by: Actor,
    now: datetime,
    expected_revisions: Mapping[str, int | None] | None = None,
) -> dict[str, Revision]:
    """Save the draft in the languages that changed, one revision each, and return those revisions.

    `expected_revisions` names the draft revision that each language was opened with (None for none). If somebody else
    has saved a changed language since, raises DraftConflict and saves nothing; other languages do not matter. Raises
    ValidationError for errors an editor can fix, PermissionDenied for a language that the actor may not write.
    """
    page = Page.objects.get_locked(page.pk)
    if expected_revisions is not None:
        texts = _edited(page, texts, expected_revisions)
    heads = _read_heads(page, texts)
    validate_texts(texts)
    sources = {language: updated_source(heads.get(language), text) for language, text in texts.items()}
    changed = {language: new for language, new in sources.items() if new is not None}
    by.require(*map(change_text_permission, changed))
    if expected_revisions is not None:
        _check_heads(heads, {language: expected_revisions.get(language) for language in changed})
    require_not_redacted(changed)
    with writing(by, now) as writer:
        return {language: store_text(writer, page, language, new, texts[language]) for language, new in changed.items()}


@transaction.atomic
def copy_to_draft(revision: Revision, *, by: Actor, now: datetime, expected_revision: int | None) -> Revision | None:
    """Copy an old text to the draft of its language, byte for byte, as a new revision; None if the draft is that text.

    `expected_revision` is the draft revision that the person saw (None for none); raises DraftConflict if somebody has
    saved another since, PermissionDenied, ValidationError if the text was redacted. The replaced draft remains as a
    revision.
    """
    if revision.is_redacted:
        raise ValidationError(_("This text was redacted: nothing is left to be copied."))
    page = Page.objects.select_for_update().only("pk").get(pk=revision.page_id)
    by.require(change_text_permission(revision.language))
    head = page.revisions.drafts().filter(language=revision.language).first()
    _check_heads({head.language: head} if head else {}, {revision.language: expected_revision})
    if revision.digest == (head.digest if head else source.digest(b"")):
        return None
    # Without the file name of the old revision: this one was not imported.
    with writing(by, now) as writer:
        return store_text(writer, page, revision.language, revision.source, revision.fields)


def require_not_redacted(sources: Mapping[str, bytes]) -> None:
    """Raise ValidationError, by language, for bytes that were redacted: nothing would be stored of them."""
    digests = {source.digest(content): language for language, content in sources.items()}
    redacted = Blob.objects.filter(pk__in=digests, content=None).values_list("pk", flat=True)
    text = _("This text, letter for letter, was removed from this site for ever. Change it to save it.")
    if errors := {text_field("body", digests[digest]): text for digest in redacted}:
        raise ValidationError(errors)


def store_text(
    writer: Writer, page: Page, language: str, content: bytes, text: Fields, *, is_draft_head: bool = True
) -> Revision:
    """Add the revision of a text that an editor wrote. Unless `is_draft_head`, the draft stays as it is."""
    fields = source.resolve_fields(content, text)
    return writer.add_revision(page, language, Blob.of(content), fields, is_draft_head=is_draft_head)


def updated_source(head: Revision | None, text: Fields) -> bytes | None:
    """Return the source bytes of the draft with new fields, or None if nothing would change."""
    text = source.normalise(text)
    if head is None or head.is_empty:
        return None if text.is_blank else source.compose(text)
    if text.is_blank:
        return b""
    try:
        new = source.patch(head.source, head.fields, text)
    except source.PatchFailed:
        # Losing the form of the front matter is better than losing the text.
        new = source.compose(text)
    return None if new == head.source else new


def unsaved_revision(revision: Revision, text: Fields) -> Revision:
    """Return a revision with new fields that is not stored, as `updated_source` would make it, for checks of it."""
    content = updated_source(revision, text)
    if content is None:
        return revision
    values = front_matter_values(source.normalise(text))
    return Revision(page_id=revision.page_id, language=revision.language, blob=Blob.of(content), **values)


def _read_heads(page: Page, languages: Iterable[str]) -> dict[str, Revision]:
    """Return the drafts of a page by language, in a time that does not grow with the number of revisions."""
    saved = page.revisions.filter(is_draft_head=True).order_by("-pk").values("pk")
    newest = [Q(pk=Subquery(saved.filter(language=language)[:1])) for language in languages]
    if not newest:
        return {}
    revisions = Revision.objects.filter(reduce(or_, newest)).select_related("blob")
    return {revision.language: revision for revision in revisions}


def _edited(page: Page, texts: Mapping[str, Fields], opened_with: Mapping[str, int | None]) -> dict[str, Fields]:
    """Return only the texts that the person changed: an untouched language must not overwrite a newer draft."""
    keys = [opened_with.get(language) for language in texts]
    opened = {
        revision.language: revision.fields
        for revision in page.revisions.filter(pk__in=filter(None, keys)).select_related("blob")
    }
    return {
        language: text
        for language, text in texts.items()
        if source.normalise(text) != source.normalise(opened.get(language, Fields()))
    }


def validate_texts(texts: Mapping[str, Fields], *, prefix: str = "") -> None:
    """Raise ValidationError for texts that cannot be rendered or have no title; `prefix` precedes the fields' names."""
    errors: dict[str, str] = {}
    for language, text in texts.items():
        if error := find_body_error(text.body):
            errors[text_field(f"{prefix}body", language)] = error
        if not text.is_blank and not text.title.strip():
            errors[text_field(f"{prefix}title", language)] = _("A text needs a title.")
    if errors:
        raise ValidationError(errors)


def _check_heads(heads: Mapping[str, Revision], expected: Mapping[str, int | None]) -> None:
    saved = {
        language: heads[language]
        for language, key in expected.items()
        if language in heads and heads[language].pk != key
    }
    if saved:
        raise DraftConflict(saved)
