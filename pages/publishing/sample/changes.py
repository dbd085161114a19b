"""What people did to the sample: everything that its loader did not store."""

from collections.abc import Iterator

from django.db.models import Q

from pages.history.hash_chain import parse_record
from pages.models import (
    Handover,
    ImportedCommit,
    ImportRun,
    LinkGroup,
    Page,
    Picture,
    PublicationRecord,
    Redirect,
    Revision,
    SiteSettings,
)
from pages.publishing.sample.site_rows import changed_site_rows
from pages.text.messages import Message

# The command that loads the sample, as the log names its actor.
LOADER = "loadstarter"


def first_record() -> PublicationRecord | None:
    return PublicationRecord.objects.filter(number=1).first()


def is_sample_record(record: PublicationRecord | None) -> bool:
    """Tell whether a first record says that the content of the site is a sample."""
    return record is not None and parse_record(record.canonical).get("sample") is True


def is_sample() -> bool:
    """Tell whether the content of the site is a sample, as the first record of its log says."""
    return is_sample_record(first_record())


def find_changes() -> list[Message]:
    """Return what is not the loader's own, of a site whose content is a sample. It stores everything at one time."""
    start = first_record()
    return [*_changed_history(start), *_changed_texts(start), *_changed_site()] if start else []


def _changed_history(start: PublicationRecord) -> Iterator[Message]:
    for record in PublicationRecord.objects.order_by("number").select_related("actor", "page"):
        if record.actor_name != LOADER or record.recorded_at != start.recorded_at:
            yield Message(
                "record %(number)d of the publication log, by %(actor)s", number=record.number, actor=record.actor_name
            )
    for run in ImportRun.objects.order_by("pk"):
        yield Message("an import of %(source)s", source=run.source)
    for commit in ImportedCommit.objects.all()[:1]:
        yield Message("imported commits, such as %(commit)s", commit=str(commit))


def _changed_texts(start: PublicationRecord) -> Iterator[Message]:
    # Only imported revisions have a file name.
    is_changed = ~Q(author=LOADER, created_at=start.recorded_at) | Q(file_name="")
    for revision in Revision.objects.filter(is_changed).select_related("page").order_by("pk"):
        yield Message(
            "%(page)s: a text in the language %(language)s, saved by %(author)s",
            page=str(revision.page),
            language=revision.language,
            author=revision.author,
        )
    for handover in Handover.objects.select_related("revision__page").order_by("pk"):
        yield Message(
            "%(page)s: a text in the language %(language)s, marked as ready or sent back by %(person)s",
            page=str(handover.revision.page),
            language=handover.revision.language,
            person=handover.by,
        )
    for page in Page.objects.filter(revisions=None).order_by("path"):
        yield Message("%(page)s: a page that was added", page=str(page))
    # No text of the sample has a weight in its front matter.
    for page in Page.objects.exclude(weight=0).order_by("path"):
        yield Message("%(page)s: another weight", page=str(page))
    for page in Page.objects.exclude(review_by=None).order_by("path"):
        yield Message("%(page)s: a date for the next review", page=str(page))
    for picture in Picture.objects.exclude(created_at=start.recorded_at):
        yield Message("a picture that was uploaded: %(picture)s", picture=str(picture))


def _changed_site() -> Iterator[Message]:
    changed = changed_site_rows()
    if changed[SiteSettings]:
        yield Message("changed site settings")
    if changed[LinkGroup]:
        yield Message("changed links in the top bar or the footer")
    for redirect in Redirect.objects.order_by("old_path"):
        yield Message("a redirect from %(path)s", path=str(redirect))
