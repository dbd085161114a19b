"""The header of every admin page of a page: its title and state, its tabs, and what its menu offers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.admin.permissions import can_edit, writable_languages
from pages.history.page_versions import upcoming_versions, version_in_force
from pages.languages import LocalizedText, name_in_sentence, text_for
from pages.models import Page, PublicationRecord, Revision, Version
from pages.models.compiled_query import CompiledQuery
from pages.models.permissions import MOVE, PUBLISH, REVIEW, WITHDRAW
from pages.models.publication_record import RecordKind
from pages.models.revision import EMPTY_DIGEST
from pages.publishing.actors import Actor
from pages.publishing.page_events import withdrawal_to_end

_heads = CompiledQuery(
    lambda page: Revision.objects.drafts().filter(page=page).order_by().values_list("language", "blob", "title")
)


@dataclass(frozen=True)
class PageHeader:
    """The title and the state of a page.

    The title is that of the draft in the source language, else in any language; without drafts it is the path.
    `changed_drafts` holds the languages whose draft differs from the newest version.
    """

    title: LocalizedText
    in_force: Version | None
    upcoming: tuple[Version, ...]
    was_withdrawn: bool
    withdrawal: PublicationRecord | None
    changed_drafts: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        """Tell whether readers can see anything of the page: a version in force, announced or withdrawn."""
        return self.in_force is not None or bool(self.upcoming)

    @property
    def draft_sentence(self) -> str:
        """Return which drafts differ from what is published or announced, or "" if none does."""
        languages = get_text_list(list(map(name_in_sentence, self.changed_drafts)), _("and"))
        text = ngettext("%(languages)s draft differs", "%(languages)s drafts differ", len(self.changed_drafts))
        return text % {"languages": languages} if languages else ""


def header_context(page: Page, actor: Actor, now: datetime) -> dict[str, object]:
    """Return the header of a page as template context, and for each link in it whether the actor gets it."""
    header = load_header(page, now)
    may_withdraw = actor.has_perm(WITHDRAW)
    return {
        "header": header,
        "can_edit": can_edit(actor),
        "can_publish": actor.has_perm(PUBLISH),
        "can_mark_ready": bool(writable_languages(actor)),
        "can_move": actor.has_perm(MOVE),
        "can_review": actor.has_perm(REVIEW) and header.in_force is not None and header.withdrawal is None,
        "can_withdraw": may_withdraw and header.in_force is not None and header.withdrawal is None,
        "can_bring_back": may_withdraw and header.was_withdrawn and withdrawal_to_end(page, now) is not None,
        "can_add": actor.has_perm("add_page"),
        # A published page has a history that readers can refer to: it can only be withdrawn.
        "can_delete": actor.has_perm("delete_page") and not header.is_public and not page.versions.exists(),
    }


def load_header(page: Page, now: datetime) -> PageHeader:
    in_force, upcoming = version_in_force(page, now), tuple(upcoming_versions(page, now))
    heads = _heads.rows(page.pk)
    # Most pages were never withdrawn: for these, one small query is enough.
    was_withdrawn = page.records.filter(kind=RecordKind.WITHDRAW).exists()
    return PageHeader(
        title=_title(page, {language: title for language, _digest, title in heads if title}),
        in_force=in_force,
        upcoming=upcoming,
        was_withdrawn=was_withdrawn,
        withdrawal=page.records.active_withdrawals(now).first() if was_withdrawn else None,
        changed_drafts=_changed_drafts(
            page,
            {language: digest for language, digest, _title in heads},
            max(filter(None, (*upcoming, in_force)), key=lambda version: version.number, default=None),
        ),
    )


def _title(page: Page, titles: dict[str, str]) -> LocalizedText:
    texts = {language: LocalizedText(title, language) for language, title in titles.items()}
    return text_for(texts, page.source_language, page.source_language) if texts else LocalizedText(str(page), "")


def _changed_drafts(page: Page, drafts: dict[str, str], newest: Version | None) -> tuple[str, ...]:
    """Return the languages whose draft differs from the newest version, the source language first."""
    if newest is None:
        return ()
    published = dict(newest.texts.values_list("language", "revision__blob"))
    changed = [language for language, digest in drafts.items() if digest != published.get(language, EMPTY_DIGEST)]
    return tuple(sorted(changed, key=lambda language: (language != page.source_language, language)))
