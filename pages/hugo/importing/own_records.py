"""Records of this site whose exported commits come back with an import."""

from pages.hugo.commits.own_commits import read_record_trailers
from pages.hugo.commits.page_changes import PageChanges
from pages.models import PublicationRecord, Revision
from pages.text.source import digest


def find_own_record(message: bytes) -> PublicationRecord | None:
    """Return the record that a commit was exported for, if it is one of this site."""
    trailers = read_record_trailers(message)
    if trailers is None:
        return None
    number, record_hash = trailers
    return PublicationRecord.objects.select_related("page", "version").filter(number=number, hash=record_hash).first()


def has_own_texts(changes: PageChanges) -> bool:
    """Tell whether this site has all changed texts of a page: a commit can be changed after it was exported."""
    digests = {language: digest(text.content) for language, text in changes.texts.items()}
    known = Revision.objects.filter(page__uuid=changes.page.identifier, blob__in=digests.values())
    return set(digests.items()) <= set(known.values_list("language", "blob"))
