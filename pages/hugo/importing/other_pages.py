"""Pages of this site that do not come from a source: an import must not mix them with its own by mistake."""

from django.db.models import Exists, OuterRef

from pages.hugo.commits.page_tracker import PageTracker
from pages.models import Page, Revision
from pages.text.source import digest


def find_other_pages(tracker: PageTracker, *, is_known: bool) -> dict[str, int]:
    """Return the primary keys, by path, of the pages that have texts, but none from the files of a source.

    If the source `is_known` from an earlier import, names of files tell. Otherwise another source can have had files of
    the same names, so the texts must be the same too.
    """
    has_texts = Exists(Revision.objects.filter(page=OuterRef("pk")))
    columns = ("page", "file_name", "blob")
    # Compared here, not in the query: databases limit the number of parameters.
    stored = Revision.objects.exclude(file_name="").order_by().values_list(*columns).distinct()
    imported = [(page, name, text) for page, name, text in stored if name in tracker.owners]
    digests = {} if is_known else _read_digests(tracker, {name for _, name, _ in imported})
    own = {page for page, name, text in imported if is_known or digests[name] == text}
    pages = Page.objects.filter(has_texts).order_by().values_list("path", "pk")
    return {path: page for path, page in pages if page not in own}


def _read_digests(tracker: PageTracker, names: set[str]) -> dict[str, str]:
    contents = tracker.read([tracker.blobs[name] for name in sorted(names)])
    return {name: digest(contents.get(tracker.blobs[name], b"")) for name in names}
