"""Texts and pictures that can be redacted: where they are used, and what has to be done before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pages.languages import name_in_sentence
from pages.models import Blob, EditingSession, Page, Picture, Revision, SiteSettings, Version, VersionText
from pages.publishing.pictures.storage import published_pictures, revision_pictures
from pages.text import source


@dataclass(frozen=True)
class PageUse:
    """A language of a page with a text or picture: the versions that have it, and the revisions with the text."""

    page: Page
    language: str
    versions: tuple[int, ...]
    revisions: tuple[int, ...]


@dataclass(frozen=True)
class RedactableContent:
    """A stored text or picture. `title` is that of a text; it is empty for a picture."""

    digest: str
    size: int
    is_picture: bool
    title: str
    uses: tuple[PageUse, ...]
    # The keys of the sessions whose unsaved texts were begun with the text, or are the same.
    unsaved: tuple[int, ...]


def find_content(digest: str) -> RedactableContent | None:
    """Return the text of a page or the picture with a digest; None if there is none, or nothing is left of it."""
    blob = Blob.objects.filter(pk=digest, content__isnull=False, salt=b"").first()
    revision = Revision.objects.filter(blob=digest).order_by("pk").select_related("blob").first()
    is_picture = Picture.objects.filter(pk=digest).exists()
    # Nothing can be erased of an empty text, which stands for a text that was removed.
    if blob is None or not blob.content or not (revision or is_picture):
        return None
    return RedactableContent(
        digest,
        len(blob.content),
        is_picture,
        revision.title if revision else "",
        tuple(_read_uses(digest)),
        tuple(_unsaved_copies(revision)) if revision else (),
    )


def content_digests(page: Page) -> set[str]:
    """Return the digests of the texts of a page and of the pictures in its versions."""
    pictures = VersionText.objects.filter(version__page=page).exclude(pictures={}).values_list("pictures", flat=True)
    texts = page.revisions.order_by().values_list("blob", flat=True)
    return {*texts, *(digest for by_reference in pictures for digest in by_reference.values())}


def find_obstacles(digest: str, now: datetime) -> list[str]:
    """Return what has to be done before a text or picture can be redacted: it is public, announced, or in a draft."""
    texts = _texts_with(digest)
    withdrawn = Page.objects.withdrawn(now).values("pk")
    in_force = texts.filter(version__in=Version.objects.in_force(now)).exclude(version__page__in=withdrawn)
    announced = texts.filter(version__in=Version.objects.upcoming(now))
    shown = _("Readers see it now in %(place)s, version %(number)d. Publish another text first.")
    waiting = _("It is announced for %(place)s, version %(number)d. Cancel that, or announce another text first.")
    draft = _("It is in the draft of %(place)s. Save another draft first.")
    obstacles = [shown % _names(text) for text in in_force]
    obstacles += [waiting % _names(text) for text in announced]
    obstacles += [draft % {"place": _place(head.page, head.language)} for head in _drafts_with(digest, now)]
    if SiteSettings.objects.filter(logo=digest).exists():
        obstacles.append(_("It is the logo of the site. Choose another logo first."))
    return obstacles


def _names(text: VersionText) -> dict[str, object]:
    return {"place": _place(text.version.page, text.language), "number": text.version.number}


def _place(page: Page, language: str) -> str:
    return f"{page} ({name_in_sentence(language)})"


def _texts_with(digest: str) -> QuerySet[VersionText]:
    """Return the texts of versions that are a text, or that show a picture."""
    texts = VersionText.objects.filter(revision__blob=digest) | VersionText.objects.filter(pictures__icontains=digest)
    return texts.select_related("version__page").order_by("version__page__path", "language", "version__number")


def _read_uses(digest: str) -> Iterator[PageUse]:
    versions: dict[tuple[int, str], list[int]] = {}
    revisions: dict[tuple[int, str], list[int]] = {}
    pages: dict[int, Page] = {}
    for revision in (
        Revision.objects.filter(blob=digest).select_related("page").order_by("page__path", "language", "pk")
    ):
        pages[revision.page_id] = revision.page
        revisions.setdefault((revision.page_id, revision.language), []).append(revision.pk)
    for text in _texts_with(digest):
        pages[text.version.page_id] = text.version.page
        versions.setdefault((text.version.page_id, text.language), []).append(text.version.number)
    for key in dict.fromkeys([*revisions, *versions]):
        page, language = key
        yield PageUse(pages[page], language, tuple(versions.get(key, ())), tuple(revisions.get(key, ())))


def _drafts_with(digest: str, now: datetime) -> Iterator[Revision]:
    """Yield the drafts that are a text, or that show a picture."""
    heads = Revision.objects.drafts().select_related("page")
    yield from heads.filter(blob=digest).order_by("page__path", "language")
    if not Picture.objects.filter(pk=digest).exists():
        return
    showing = set(_texts_with(digest).values_list("version__page", flat=True))
    for head in heads.select_related("blob").order_by("page__path", "language").iterator(chunk_size=100):
        # Imported texts name their pictures by references of their own.
        known = published_pictures(head.page, now) if head.page_id in showing else {}
        if (known or digest.encode() in head.source) and digest in revision_pictures(head, known).values():
            yield head


def _unsaved_copies(revision: Revision) -> Iterator[int]:
    """Yield the keys of the sessions whose unsaved text was begun with the text of a revision, or has its body."""
    body = source.normalise(revision.fields).body.strip()
    begun: Collection[int] = set(Revision.objects.filter(blob=revision.digest).values_list("pk", flat=True))
    for session in EditingSession.objects.exclude(unsaved_at=None).order_by("pk"):
        is_same = bool(body) and source.normalise(session.fields).body.strip() == body
        if is_same or session.base_revision_id in begun:
            yield session.pk
