"""The bytes of texts and pictures, read many at a time."""

from collections.abc import Iterable

from pages.hugo.exporting.site_files import FileReference
from pages.models import Picture, Revision

# Few enough that their bytes are nothing to speak of.
BATCH_SIZE = 200


def read_contents(files: Iterable[FileReference | None]) -> dict[FileReference, bytes]:
    """Return the bytes of files; a picture that is not stored is left out."""
    wanted = set(files)
    texts = [file for file in wanted if isinstance(file, int)]
    pictures = [file for file in wanted if isinstance(file, str)]
    rows = [
        *Revision.objects.filter(pk__in=texts).order_by().values_list("pk", "source"),
        *Picture.objects.filter(pk__in=pictures).order_by().values_list("pk", "content"),
    ]
    found: dict[FileReference, bytes] = {file: file for file in wanted if isinstance(file, bytes)}
    return found | {key: bytes(content) for key, content in rows}
