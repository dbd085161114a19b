"""Links of an imported text to other files of its source: they lead to the pages that these files are texts of.

The bytes of the text stay; where a file is now is looked up when the text is shown.
"""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.db.models import Q

from pages.models import Page, Revision, Version, VersionText
from pages.models.page import page_url
from pages.text import source
from pages.text.linked_files import candidate_files, markdown_names
from pages.text.rendering import find_file_links


def read_file_links(revision: Revision, language: str, at: datetime) -> dict[str, str]:
    """Return the URLs, in a language, of the pages that the links of a text lead to, by the links.

    A page that has no version in force is left out: its address is not for readers.
    """
    file_name = revision.file_name or _last_file_name(revision)
    if not file_name:
        return {}
    links = find_file_links(source.extract_body(revision.source))
    candidates = {link: list(candidate_files(link, file_name)) for link in links}
    paths = _paths_of_files({name for names in candidates.values() for name in names}, at)
    urls = {}
    for link, names in candidates.items():
        path = next((paths[name] for name in names if name in paths), None)
        path = _path_of_name(link, at) if path is None else path
        if path is not None:
            fragment = urlsplit(link).fragment
            urls[link] = page_url(path, language) + (f"#{fragment}" if fragment else "")
    return urls


def _last_file_name(revision: Revision) -> str:
    """Return the file of the last imported text before one that was written on this site; empty if there is none."""
    imported = Revision.objects.filter(page=revision.page_id, language=revision.language).exclude(file_name="")
    earlier = imported.filter(pk__lt=revision.pk) if revision.pk else imported
    return earlier.order_by("-pk").values_list("file_name", flat=True).first() or ""


def _paths_of_files(names: Collection[str], at: datetime) -> dict[str, str]:
    """Return the paths of public pages by the files that their texts are, or last were."""
    in_force = VersionText.objects.filter(version__in=Version.objects.in_force(at), revision__file_name__in=names)
    keys = dict(in_force.order_by("version").values_list("revision__file_name", "version__page"))
    if missing := [name for name in names if name not in keys]:
        # The text in force can have been written on this site.
        revisions = Revision.objects.filter(file_name__in=missing).order_by("pk")
        keys |= dict(revisions.values_list("file_name", "page"))
    public = dict(Page.objects.public(at).filter(pk__in=set(keys.values())).values_list("pk", "path"))
    return {name: public[key] for name, key in keys.items() if key in public}


def _path_of_name(link: str, at: datetime) -> str | None:
    """Return the path of the only public page whose file has a name without a folder, as Hugo's `ref` finds it."""
    name = unquote(urlsplit(link).path)
    if "/" in name:
        return None
    ends = Q()
    for file_name in markdown_names(name):
        ends |= Q(revision__file_name__endswith=f"/{file_name}")
    texts = VersionText.objects.filter(ends, version__in=Version.objects.in_force(at))
    public = Page.objects.public(at).filter(pk__in=texts.values("version__page"))
    paths = list(public.values_list("path", flat=True)[:2])
    return paths[0] if len(paths) == 1 else None
