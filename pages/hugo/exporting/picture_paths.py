"""Where the file lies that a text shows."""

import posixpath
from urllib.parse import unquote, urlsplit

from pages.hugo.exporting.file_names import is_safe_path
from pages.hugo.site_structure.structure import SiteStructure


def picture_path(reference: str, text_path: str, structure: SiteStructure) -> str:
    """Return the path that a reference leads to, as the import reads it: from the root below the static folder,
    otherwise beside the text. Empty where it could be no file.
    """
    try:
        path = unquote(urlsplit(reference).path, errors="strict")
    except ValueError:
        return ""
    folder = posixpath.dirname(text_path)
    if path.startswith("/"):
        folder = next(iter(structure.static_folders), "static")
    joined = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
    return joined if is_safe_path(joined) else ""
