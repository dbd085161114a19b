"""The texts of a new version and the rules for it, determined without queries before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeAlias

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pages.models import Page, Revision, VersionText
from pages.models.page import text_field
from pages.models.significance import Significance
from pages.publishing.body_errors import find_body_error
from pages.publishing.starter_text import describe_starter_line, find_starter_line
from pages.text import source
from pages.text.checks.body import check_fields
from pages.text.fields import Fields, find_changed_fields
from pages.text.rendering import render
from pages.text.sections import find_differing_sections

SAME_BASIS: Literal["same"] = "same"
THIS_VERSION: Literal["this"] = "this"
# The version whose source a translation reflects: as before, the one being made, a version's number, or unknown.
Basis: TypeAlias = int | Literal["same", "this"] | None


@dataclass(frozen=True)
class TextToPublish:
    """A text for the next version in one language, with the publisher's choices for it."""

    revision: Revision
    significance: str | None = None
    based_on: Basis = SAME_BASIS
    pictures: Mapping[str, str] = field(default_factory=dict)
    # With THIS_VERSION: the digest of the source text that the translation matches; "" if that is not checked.
    source_digest: str = ""
    # True if it is known that readers see a difference. Otherwise both texts are rendered to find out.
    is_visibly_changed: bool = False
    # The handover that the publisher saw, 0 if there was none. None: a text that was sent back is published as it is.
    seen_handover: int | None = None


@dataclass(frozen=True, kw_only=True)
class NewVersion:
    """What the next version is to change: texts that replace those of the base, and choices for the whole version."""

    texts: Mapping[str, TextToPublish]
    notes: Mapping[str, str]
    removed: frozenset[str] = frozenset()
    binding_language: str | None = None


@dataclass(frozen=True)
class VersionPlan:
    """What all texts of a new version depend on. `base` has the texts of the version that it is compared with."""

    number: int
    effective_at: datetime
    source_language: str
    base: Mapping[str, VersionText]
    # 0 without a base.
    base_number: int
    notes: Mapping[str, str]
    # The version whose source each text of the base reflects, by language, with later confirmations.
    reflected: Mapping[str, int | None] = field(default_factory=dict)
    # Of all notes; "" if each is in the language of its text.
    note_language: str = ""


def is_changed(base: VersionText | None, text: TextToPublish) -> bool:
    """Tell whether the bytes or the pictures of a text differ from the base."""
    return base is None or (text.revision.digest, dict(text.pictures)) != (base.revision.digest, base.pictures)


def changed_texts(base: Mapping[str, VersionText], texts: Mapping[str, TextToPublish]) -> dict[str, TextToPublish]:
    return {language: text for language, text in texts.items() if is_changed(base.get(language), text)}


def needs_reflected(page: Page, base: Mapping[str, VersionText], texts: Mapping[str, TextToPublish]) -> bool:
    """Tell whether the plan needs `reflected`: a changed translation keeps the basis of the base."""
    changed = changed_texts(base, texts)
    return any(
        language in base and language != page.source_language and text.based_on == SAME_BASIS
        for language, text in changed.items()
    )


def is_visibly_unchanged(base: VersionText, text: TextToPublish) -> bool:
    """Tell whether readers see no difference: the fields that they see and the sanitised HTML are the same."""
    if find_changed_fields(base.revision, text.revision):
        return False
    before, after = (source.extract_body(revision.source) for revision in (base.revision, text.revision))
    old_pictures, new_pictures = base.pictures, dict(text.pictures)
    if (before, old_pictures) == (after, new_pictures):
        return True
    # With other pictures, sections with the same Markdown can look different.
    sections = find_differing_sections(before, after) if old_pictures == new_pictures else [(before, after)]
    return all(_rendered(old, old_pictures) == _rendered(new, new_pictures) for old, new in sections)


def _rendered(body: str, pictures: Mapping[str, str]) -> str:
    return _render_cached(body, tuple(sorted(pictures.items())))


# `publish` renders before it locks anything, and again while it holds the lock.
@lru_cache(maxsize=64)
def _render_cached(body: str, pictures: tuple[tuple[str, str], ...]) -> str:
    return render(body, picture_urls=dict(pictures)).html


def resolve_significance(base: VersionText | None, text: TextToPublish) -> str | None:
    """Return the significance of a changed text: what the publisher chose, unless the rules decide it.

    A first text is major. A change that readers cannot see is minor.
    """
    if base is None:
        return Significance.MAJOR
    is_unseen = not text.is_visibly_changed and is_visibly_unchanged(base, text)
    return Significance.MINOR if is_unseen else text.significance


def plan_texts(
    plan: VersionPlan, texts: Mapping[str, TextToPublish], removed: frozenset[str]
) -> dict[str, VersionText]:
    """Return the unsaved rows of the new version by language: changed texts, and the others carried over."""
    rows = {language: row.carried_over() for language, row in plan.base.items() if language not in removed}
    changed = changed_texts(plan.base, texts)
    rows |= {language: _changed(plan, language, text) for language, text in changed.items()}
    for language, text in texts.items():
        if language in rows and language not in changed and text.based_on != SAME_BASIS:
            rows[language].based_on = _resolve_basis(plan, language, text, Significance.UNCHANGED)
    if plan.source_language not in rows:
        for row in rows.values():
            if row.based_on == plan.number:
                row.based_on = None
    return dict(sorted(rows.items()))


def _changed(plan: VersionPlan, language: str, text: TextToPublish) -> VersionText:
    base = plan.base.get(language)
    significance = resolve_significance(base, text)
    if significance is None:
        raise ValueError(f"The text in {language} has no significance: validate_version was not called.")
    return VersionText(
        language=language,
        revision=text.revision,
        significance=significance,
        based_on=_resolve_basis(plan, language, text, significance),
        pictures=dict(text.pictures),
    )


def _resolve_basis(plan: VersionPlan, language: str, text: TextToPublish, significance: str) -> int | None:
    if language == plan.source_language:
        return None
    if text.based_on == THIS_VERSION:
        return plan.number
    if text.based_on == SAME_BASIS:
        # What somebody said about the text before does not hold for one with another meaning.
        if significance == Significance.MAJOR:
            return None
        base = plan.base.get(language)
        return plan.reflected.get(language, base.based_on) if base else None
    return text.based_on


def validate_version(page: Page, base: Mapping[str, VersionText], new: NewVersion) -> None:
    """Raise ValidationError, by form field, for everything that an editor has to fix before publishing the version."""
    changed = changed_texts(base, new.texts)
    errors = _text_errors(base, changed)
    remaining = (set(base) | set(changed)) - new.removed
    is_basis_changed = any(has_new_basis(page, base, language, text) for language, text in new.texts.items())
    if not changed and not (new.removed & set(base)) and not is_basis_changed:
        errors["__all__"] = _("Nothing has changed since the last version: there is nothing to publish.")
    if page.source_language not in remaining:
        errors.setdefault("__all__", _("A version needs the text in the source language."))
    if new.binding_language and new.binding_language not in remaining:
        errors["binding_language"] = _("The binding language has no text in this version.")
    if base and not errors and (language := _language_without_note(page, base, changed, new.notes)):
        errors[text_field("note", language)] = _("Describe the change for readers.")
    if errors:
        raise ValidationError(errors)


def _text_errors(base: Mapping[str, VersionText], changed: Mapping[str, TextToPublish]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for language, text in changed.items():
        if text.revision.is_empty:
            errors[text_field("text", language)] = _(
                "The text is empty: to publish without this language, remove the language instead."
            )
        elif error := _find_text_error(text.revision):
            errors[text_field("text", language)] = error
        elif resolve_significance(base.get(language), text) not in (Significance.MAJOR, Significance.MINOR):
            errors[text_field("significance", language)] = _("Choose whether this is a major or a minor change.")
    return errors


def _find_text_error(revision: Revision) -> str:
    fields = revision.fields
    line = find_starter_line(fields.title, fields.body)
    return describe_starter_line(line) if line else find_body_error(fields.body) or _find_blocking(fields)


def _find_blocking(fields: Fields) -> str:
    """Return the first finding that prevents a publication, with its line; "" if there is none."""
    for finding in check_fields(fields):
        if finding.blocks:
            message = finding.message.translated
            return _("Line %(line)d: %(finding)s") % {"line": finding.line, "finding": message}
    return ""


def source_digest(page: Page, base: Mapping[str, VersionText], texts: Mapping[str, TextToPublish]) -> str:
    """Return the digest of the source text of the new version, "" if it has none."""
    text = texts.get(page.source_language) or base.get(page.source_language)
    return text.revision.digest if text else ""


def has_new_basis(page: Page, base: Mapping[str, VersionText], language: str, text: TextToPublish) -> bool:
    """Tell whether a translation is to reflect another version's source than in the base."""
    is_translation = language in base and language != page.source_language
    return is_translation and text.based_on not in (SAME_BASIS, base[language].based_on)


def _language_without_note(
    page: Page, base: Mapping[str, VersionText], changed: Mapping[str, TextToPublish], notes: Mapping[str, str]
) -> str | None:
    """Return the language that needs a change note: the source language if its change is major, else the first."""
    major = sorted(
        language
        for language, text in changed.items()
        if resolve_significance(base.get(language), text) == Significance.MAJOR
    )
    if page.source_language in major:
        major = [page.source_language]
    if not major or any(notes.get(language, "").strip() for language in major):
        return None
    return major[0]
