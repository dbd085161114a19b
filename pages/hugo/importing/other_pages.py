"""Pages of this site that do not come from a source: an import must not mix them with its own by mistake."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from pages.models import Page, Revision


def find_other_pages(files: Collection[str]) -> dict[str, int]:
    """Return the primary keys, by path, of the pages that have texts, but none that was imported from these files."""
    has_texts = Exists(Revision.objects.filter(page=OuterRef("pk")))
    # Compared here, not in the query: databases limit the number of parameters.
    names = set(files)
    imported = Revision.objects.exclude(file_name="").order_by().values_list("page", "file_name").distinct()
    own = {page for page, name in imported if name in names}
    pages = Page.objects.filter(has_texts).order_by().values_list("path", "pk")
    return {path: page for path, page in pages if page not in own}
