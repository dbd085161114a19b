"""What a commit may replace on a page that was edited on this site."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pages.models import Version, VersionText
from pages.publishing.importing.page_updates import ImportedText, PageUpdate
from pages.publishing.importing.stored_pages import StoredPage
from pages.publishing.version_plan import THIS_VERSION, Basis


@dataclass(frozen=True)
class Merge:
    """The changed texts of a commit, and the languages that it deleted: those that are applied, and those that are not.

    A text is applied if this site has it as it was before the commit, published or as the draft.
    """

    texts: Mapping[str, ImportedText]
    other_texts: Mapping[str, ImportedText]
    removed: frozenset[str]
    not_removed: frozenset[str]


def plan_merge(stored: StoredPage, changed: Mapping[str, ImportedText], update: PageUpdate, now: datetime) -> Merge:
    """Return what of a commit is applied: nothing while the page is withdrawn or an announcement waits.

    No language is removed if the texts become drafts only.
    """
    heads = _read_heads(stored)
    is_open = not (stored.is_withdrawn or Version.objects.filter(page=stored.page).upcoming(now).exists())
    same = {code for code in {*changed, *update.before} if is_open and heads.get(code) == update.before.get(code)}
    texts = {code: text for code, text in changed.items() if code in same}
    others = {
        code: text for code, text in changed.items() if code not in same and not stored.has_imported(code, text.digest)
    }
    deleted = frozenset(update.before) & frozenset(stored.base) - update.present
    removed = frozenset() if update.is_draft_only else deleted & same
    return Merge(texts, others, removed, deleted - removed)


def find_source_basis(stored: StoredPage, merge: Merge, update: PageUpdate) -> Basis:
    """Return the version whose source text is that of the repository after the commit, which translations reflect."""
    language = stored.page.source_language
    in_commit = update.texts.get(language)
    digest = in_commit.digest if in_commit else update.before.get(language)
    text = merge.texts.get(language)
    base = stored.base.get(language)
    if digest == (text.digest if text else base and base.revision.digest):
        return THIS_VERSION
    versions = VersionText.objects.filter(version__page=stored.page, language=language, revision__blob=digest)
    return versions.order_by("-version__number").values_list("version__number", flat=True).first()


def _read_heads(stored: StoredPage) -> dict[str, str]:
    """Return the digests of the page's drafts by language, or of its newest version where there is no draft."""
    published = {language: text.revision.digest for language, text in stored.base.items()}
    drafts = dict(stored.page.revisions.drafts().values_list("language", "blob"))
    # The drafts of this batch are not in the database yet.
    return {**published, **drafts, **stored.new_heads}
