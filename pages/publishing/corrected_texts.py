"""Correcting the text in force, and the announced texts next to it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pages.models import Page, Revision, Version
from pages.models.page import text_field
from pages.models.permissions import change_text_permission
from pages.publishing.actors import Actor
from pages.publishing.announcements import AnnouncementAction
from pages.publishing.drafts import require_not_redacted, store_text, updated_source, validate_texts
from pages.publishing.pictures.storage import revision_pictures
from pages.publishing.records import PublicationConflict, effective_now
from pages.publishing.version_plan import SAME_BASIS, THIS_VERSION, TextToPublish
from pages.publishing.version_writer import version_texts
from pages.publishing.versions import publish
from pages.publishing.writer import writing
from pages.text.fields import Fields


class NothingInForce(Exception):
    """There is no text in force that could be corrected."""


def correct(
    page: Page,
    texts: Mapping[str, Fields],
    *,
    by: Actor,
    now: datetime,
    significance: Mapping[str, str],
    announcement_action: AnnouncementAction | None = None,
    announced: Mapping[int, Mapping[str, Fields]] | None = None,
    matching: Collection[str] = (),
    **options: Any,
) -> Version:
    """Publish a corrected text in force. Superseded announcements are cancelled or announced again.

    The translations in the languages of `matching` match the source text, as it is corrected. `announced` has the texts
    of announcements as the person edited them, by the announcement's number and the language. A draft that equals an
    edited text is replaced as well; any other draft stays as it is. Raises what `publish` raises, and NothingInForce.
    """
    with transaction.atomic():
        page = Page.objects.get_locked(page.pk)
        in_force = page.versions.in_force(effective_now(page, now)).first()
        if in_force is None:
            raise NothingInForce
        validate_texts(texts)
        corrected = _corrected_texts(in_force, texts, significance, matching, by=by, now=now)
        # Announcements that are cancelled keep their texts.
        edited = announced if announced and announcement_action == AnnouncementAction.REANNOUNCE else {}
        options |= {
            "announcement_action": announcement_action,
            "rewritten": _rewrite_announcements(page, edited, by=by, now=now),
        }
        return publish(page, corrected, by=by, now=now, **options)


def _corrected_texts(
    in_force: Version,
    texts: Mapping[str, Fields],
    significance: Mapping[str, str],
    matching: Collection[str],
    *,
    by: Actor,
    now: datetime,
) -> dict[str, TextToPublish]:
    """Store the edited texts that differ from those in force, and return them."""
    corrected = {}
    for language, text in version_texts(in_force).items():
        if language in texts and (revision := _store_edited(text.revision, texts[language], by=by, now=now)):
            basis = THIS_VERSION if language in matching else SAME_BASIS
            pictures = revision_pictures(revision, text.pictures)
            corrected[language] = TextToPublish(revision, significance.get(language), basis, pictures)
    return corrected


def _rewrite_announcements(
    page: Page, announced: Mapping[int, Mapping[str, Fields]], *, by: Actor, now: datetime
) -> dict[int, dict[str, Revision]]:
    rewritten: dict[int, dict[str, Revision]] = {}
    # The newest first: the draft most likely equals it, and can be replaced only once.
    versions = page.versions.upcoming(effective_now(page, now)).filter(number__in=announced).order_by("-number")
    if len(versions) < len(announced):
        # An edited announcement is no longer upcoming.
        raise PublicationConflict
    for version in versions:
        _validate_announced_texts(announced[version.number], prefix=f"announced{version.number}_")
        for language, text in version_texts(version).items():
            fields = announced[version.number].get(language)
            if fields is not None and (revision := _store_edited(text.revision, fields, by=by, now=now)):
                rewritten.setdefault(version.number, {})[language] = revision
    return rewritten


def _validate_announced_texts(texts: Mapping[str, Fields], *, prefix: str) -> None:
    validate_texts(texts, prefix=prefix)
    empty = [text_field(f"{prefix}body", language) for language, text in texts.items() if text.is_blank]
    if empty:
        raise ValidationError(
            dict.fromkeys(empty, _("The announced text is empty: to publish without it, cancel the announcement."))
        )


def _store_edited(revision: Revision, fields: Fields, *, by: Actor, now: datetime) -> Revision | None:
    """Store an edited published text as a new revision, or return None if nothing was changed.

    The new revision becomes the draft if the draft equals the text that was edited.
    """
    source = updated_source(revision, fields)
    if source is None:
        return None
    by.require(change_text_permission(revision.language))
    require_not_redacted({revision.language: source})
    page, language = revision.page, revision.language
    head = page.revisions.drafts().filter(language=language).first()
    is_draft_head = head is not None and head.digest == revision.digest
    with writing(by, now) as writer:
        return store_text(writer, page, language, source, fields, is_draft_head=is_draft_head)
