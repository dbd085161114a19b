"""What a new version will say, and whether it may, worked out before anything is written: no query is made here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pages.models import Page, Revision, VersionText
from pages.models.page import text_field
from pages.models.version_text import Significance
from pages.text import source
from pages.text.rendering import render
from pages.text.sections import find_differing_sections

SAME_BASIS: Literal["kept"] = "kept"
THIS_VERSION: Literal["this"] = "this"


@dataclass(frozen=True)
class TextToPublish:
    """A text that is to go out, and what the person said of it."""

    revision: Revision
    significance: str | None = None
    # Which version's source it reflects: what was noted before, the one being made, or a version's number.
    based_on: int | Literal["kept", "this"] | None = SAME_BASIS
    pictures: Mapping[str, str] = field(default_factory=dict)
    # Whether it is known, without rendering, that it does not show the same as before.
    is_seen_to_differ: bool = False


@dataclass(frozen=True)
class VersionPlan:
    """The frame that the texts of a new version stand in."""

    number: int
    effective_at: datetime
    source_language: str
    base: Mapping[str, VersionText]
    notes: Mapping[str, str]
    # Whose source the base's texts reflect, what was confirmed since counted.
    bases: Mapping[str, int | None] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _html(body: str, pictures: tuple) -> str:
    return render(body, picture_urls=dict(pictures)).html


def is_changed(base: VersionText | None, choice: TextToPublish) -> bool:
    """Tell whether a text differs, in its bytes or its pictures, from what the base says."""
    return base is None or (choice.revision.digest, dict(choice.pictures)) != (base.revision.digest, base.pictures)


def is_visibly_unchanged(base: VersionText, choice: TextToPublish) -> bool:
    """Tell whether a reader would see no difference: the same title and the same sanitised HTML."""
    if base.revision.title != choice.revision.title:
        return False
    before, after = (source.extract_body(bytes(revision.source)) for revision in (base.revision, choice.revision))
    old, new = base.pictures, dict(choice.pictures)
    if (before, old) == (after, new):
        return True
    # Where the pictures differ, parts that are written alike may not look alike.
    pairs = find_differing_sections(before, after) if old == new else [(before, after)]
    return all(_rendered(one, old) == _rendered(other, new) for one, other in pairs)


def _rendered(body: str, pictures: Mapping[str, str]) -> str:
    return _html(body, tuple(sorted(pictures.items())))


def resolve_significance(base: VersionText | None, choice: TextToPublish) -> str | None:
    """Return how much a changed text matters: the person's answer, but where the rules leave no choice."""
    if base is None:
        return Significance.MAJOR
    is_the_same = not choice.is_seen_to_differ and is_visibly_unchanged(base, choice)
    return Significance.MINOR if is_the_same else choice.significance


def plan_texts(
    plan: VersionPlan, choices: Mapping[str, TextToPublish], removed: frozenset[str]
) -> dict[str, VersionText]:
    """Return the rows of the new version, unsaved, by language: changed texts, and the others carried forward."""
    texts = {language: _carried(plan, text) for language, text in plan.base.items() if language not in removed}
    changed = {name: choice for name, choice in choices.items() if is_changed(plan.base.get(name), choice)}
    texts |= {name: _changed(plan, name, choice) for name, choice in changed.items()}
    for name, choice in choices.items():
        if name in texts and name not in changed and choice.based_on != SAME_BASIS:
            texts[name].based_on = _basis(plan, name, choice)
    if plan.source_language not in texts:
        for text in texts.values():
            if text.based_on == plan.number:
                text.based_on = None
    return dict(sorted(texts.items()))


def _carried(plan: VersionPlan, text: VersionText) -> VersionText:
    return VersionText(
        language=text.language,
        revision=text.revision,
        significance=Significance.UNCHANGED,
        change_note=plan.notes.get(text.language, ""),
        based_on=text.based_on,
        modified_at=text.modified_at,
        pictures=text.pictures,
    )


def _changed(plan: VersionPlan, language: str, choice: TextToPublish) -> VersionText:
    base = plan.base.get(language)
    significance = resolve_significance(base, choice)
    return VersionText(
        language=language,
        revision=choice.revision,
        significance=significance,
        change_note=plan.notes.get(language, ""),
        based_on=_basis(plan, language, choice),
        modified_at=plan.effective_at if significance == Significance.MAJOR else base.modified_at,
        pictures=dict(choice.pictures),
    )


def _basis(plan: VersionPlan, language: str, choice: TextToPublish) -> int | None:
    if language == plan.source_language:
        return None
    if choice.based_on == THIS_VERSION:
        return plan.number
    if choice.based_on == SAME_BASIS:
        base = plan.base.get(language)
        return plan.bases.get(language, base.based_on) if base else None
    return choice.based_on


def validate_version(
    page: Page,
    base: Mapping[str, VersionText],
    choices: Mapping[str, TextToPublish],
    notes: Mapping[str, str],
    removed: frozenset[str],
    binding_language: str | None,
) -> None:
    """Raise ValidationError, by field, on everything that an editor has to mend before the version can go out."""
    changed = {name: choice for name, choice in choices.items() if is_changed(base.get(name), choice)}
    errors: dict[str, str] = {}
    for name, choice in changed.items():
        if choice.revision.is_empty:
            errors[text_field("text", name)] = _(
                "The text is empty: to publish without this language, take it away instead."
            )
        elif resolve_significance(base.get(name), choice) not in (Significance.MAJOR, Significance.MINOR):
            errors[text_field("significance", name)] = _("Say whether readers have to know.")
    remaining = (set(base) | set(changed)) - removed
    rebased = any(has_new_basis(page, base, name, choice) for name, choice in choices.items())
    if not changed and not (removed & set(base)) and not rebased:
        errors["__all__"] = _("Nothing has changed since the last version: there is nothing to publish.")
    if page.source_language not in remaining:
        errors.setdefault("__all__", _("A version needs the text in the source language."))
    if binding_language and binding_language not in remaining:
        errors["binding_language"] = _("The binding language has no text in this version.")
    if base and not errors and (name := _lacking_note(page, base, changed, notes)):
        errors[text_field("note", name)] = _("Describe the change for readers.")
    if errors:
        raise ValidationError(errors)


def has_new_basis(page: Page, base: Mapping[str, VersionText], name: str, choice: TextToPublish) -> bool:
    """Tell whether a translation is said to reflect another version than was noted before."""
    return name in base and name != page.source_language and choice.based_on not in (SAME_BASIS, base[name].based_on)


def _lacking_note(page: Page, base, changed: Mapping[str, TextToPublish], notes: Mapping[str, str]) -> str | None:
    """Return the language that lacks a change note, if any: the source if readers must know of it, else the first."""
    major = sorted(
        name for name, choice in changed.items() if resolve_significance(base.get(name), choice) == Significance.MAJOR
    )
    if page.source_language in major:
        major = [page.source_language]
    if not major or any(notes.get(name, "").strip() for name in major):
        return None
    return major[0]
