"""What a new version will say, worked out before anything is written: no query is made here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal

from pages.models import Revision, VersionText
from pages.models.version_text import Significance
from pages.text import source
from pages.text.rendering import render

KEPT: Literal["kept"] = "kept"
THIS: Literal["this"] = "this"


@dataclass(frozen=True)
class Choice:
    """A text that is to go out, and what the person said of it."""

    revision: Revision
    significance: str | None = None
    # Which version's source it reflects: what was noted before, the one being made, or a version's number.
    based_on: int | Literal["kept", "this"] | None = KEPT
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The frame that the texts of a new version stand in."""

    number: int
    effective_at: datetime
    source_language: str
    base: Mapping[str, VersionText]
    notes: Mapping[str, str]


@lru_cache(maxsize=64)
def _html(body: str, pictures: tuple) -> str:
    return render(body, picture_urls=dict(pictures)).html


def _shown(revision: Revision, pictures: Mapping[str, str]) -> tuple[str, str]:
    """Return what a reader sees of a text."""
    return revision.title, _html(source.body_of(bytes(revision.source)), tuple(sorted(pictures.items())))


def is_changed(base: VersionText | None, choice: Choice) -> bool:
    """Tell whether a text differs, in its bytes or its pictures, from what the base says."""
    return base is None or (choice.revision.digest, dict(choice.pictures)) != (base.revision.digest, base.pictures)


def shows_the_same(base: VersionText, choice: Choice) -> bool:
    """Tell whether a reader would see no difference: the same title and the same sanitised HTML."""
    return _shown(choice.revision, choice.pictures) == _shown(base.revision, base.pictures)


def significance_of(base: VersionText | None, choice: Choice) -> str | None:
    """Return how much a changed text matters: the person's answer, but where the rules leave no choice."""
    if base is None:
        return Significance.MAJOR
    return Significance.MINOR if shows_the_same(base, choice) else choice.significance


def planned_texts(plan: Plan, choices: Mapping[str, Choice], removed: frozenset[str]) -> dict[str, VersionText]:
    """Return the rows of the new version, unsaved, by language: changed texts, and the others carried forward."""
    texts = {language: _carried(plan, text) for language, text in plan.base.items() if language not in removed}
    changed = {name: choice for name, choice in choices.items() if is_changed(plan.base.get(name), choice)}
    texts |= {name: _changed(plan, name, choice) for name, choice in changed.items()}
    for name, choice in choices.items():
        if name in texts and name not in changed and choice.based_on != KEPT:
            texts[name].based_on = _basis(plan, name, choice)
    if plan.source_language not in texts:
        for text in texts.values():
            if text.based_on == plan.number:
                text.based_on = None
    return dict(sorted(texts.items()))


def _carried(plan: Plan, text: VersionText) -> VersionText:
    return VersionText(
        language=text.language,
        revision=text.revision,
        significance=Significance.UNCHANGED,
        change_note=plan.notes.get(text.language, ""),
        based_on=text.based_on,
        modified_at=text.modified_at,
        pictures=text.pictures,
    )


def _changed(plan: Plan, language: str, choice: Choice) -> VersionText:
    base = plan.base.get(language)
    significance = significance_of(base, choice)
    return VersionText(
        language=language,
        revision=choice.revision,
        significance=significance,
        change_note=plan.notes.get(language, ""),
        based_on=_basis(plan, language, choice),
        modified_at=plan.effective_at if significance == Significance.MAJOR else base.modified_at,
        pictures=dict(choice.pictures),
    )


def _basis(plan: Plan, language: str, choice: Choice) -> int | None:
    if language == plan.source_language:
        return None
    if choice.based_on == THIS:
        return plan.number
    if choice.based_on == KEPT:
        base = plan.base.get(language)
        return base.based_on if base else None
    return choice.based_on
