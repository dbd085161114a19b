"""Starting over: a site with the sample, on which nobody worked, becomes a new, empty site."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pages.models import (
    Blob,
    EditingSession,
    Handover,
    ImportedCommit,
    ImportLine,
    ImportRun,
    Link,
    LinkGroup,
    Page,
    Picture,
    PublicationRecord,
    Redirect,
    Revision,
    SiteCounter,
    SiteSettings,
    Version,
    VersionText,
)
from pages.publishing.actors import Actor
from pages.publishing.sample.changes import find_changes, is_sample
from pages.publishing.writer import writing
from pages.text.messages import Message

# The records come last: the triggers let rows go only while the first record says that they are a sample.
_EMPTIED = (
    *(EditingSession, Handover, ImportLine, ImportRun, Link, LinkGroup, SiteSettings, Redirect),
    *(VersionText, Version, Revision, Picture, ImportedCommit, Page, Blob),
)
_SHOWN = 10


class NotASample(Exception):
    """The content of the site is not a sample, so nothing of it is ever removed."""

    def __init__(self) -> None:
        super().__init__(_("This site has no sample content: nothing was removed."))


class SampleWasChanged(Exception):
    """Somebody worked on the sample; nothing was changed. `changes` names what is not the sample's own."""

    def __init__(self, changes: Sequence[Message]):
        self.changes = changes
        named = [change.translated for change in changes[:_SHOWN]]
        more = [_("and %(count)d more") % {"count": len(changes) - _SHOWN}] if len(changes) > _SHOWN else []
        super().__init__(
            _(
                "This site has sample content, and somebody worked on it, so nothing was changed. It has: %(changes)s. "
                "Export what you want to keep, and use an empty DATA_DIR for your own site."
            )
            % {"changes": "; ".join([*named, *more])}
        )


def require_untouched_sample() -> None:
    """Raise NotASample or SampleWasChanged, unless starting over is possible."""
    if not is_sample():
        raise NotASample
    if changes := find_changes():
        raise SampleWasChanged(changes)


@transaction.atomic
def start_over(*, by: Actor, now: datetime) -> None:
    """Remove the sample and its log. The new log begins with a new id of the site and no sample.

    Accounts stay, and unsaved texts of new pages: these were never part of the sample.
    Raises NotASample, SampleWasChanged and PermissionDenied.
    """
    by.require_superuser()
    _lock_tables()
    counter = SiteCounter.objects.get_locked()
    require_untouched_sample()
    # The value goes on, so that every cache sees a change. With no last record, the triggers let the rows go.
    counter.last_record, counter.head = 0, ""
    counter.save(update_fields=["last_record", "head"])
    for model in _EMPTIED:
        _delete(QuerySet(model).exclude(page=None) if model is EditingSession else QuerySet(model))
    _delete(QuerySet(PublicationRecord).exclude(number=1))
    _delete(QuerySet(PublicationRecord))
    with writing(by, now) as writer:
        writer.start()


def _lock_tables() -> None:
    """Let nobody write between the check and the end. SQLite has one writer at a time."""
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _EMPTIED)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def _delete(rows: QuerySet) -> None:
    # `delete` would look for rows that refer to these, and find some: the constraints are checked at the end.
    rows._raw_delete(rows.db)
