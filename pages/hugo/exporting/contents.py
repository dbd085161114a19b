"""The bytes of texts and pictures, read many at a time."""

from collections.abc import Iterable

from pages.hugo.exporting.site_files import File
from pages.models import Picture, Revision

# Few enough that their bytes are nothing to speak of.
AT_ONCE = 200


def contents(files: Iterable[File | None]) -> dict[File, bytes]:
    """Return the bytes of files; a picture that is not stored is left out."""
    wanted = set(files)
    texts = [file for file in wanted if isinstance(file, int)]
    pictures = [file for file in wanted if isinstance(file, str)]
    rows = [
        *Revision.objects.filter(pk__in=texts).order_by().values_list("pk", "source"),
        *Picture.objects.filter(pk__in=pictures).order_by().values_list("pk", "content"),
    ]
    found: dict[File, bytes] = {file: file for file in wanted if isinstance(file, bytes)}
    return found | {key: bytes(content) for key, content in rows}
