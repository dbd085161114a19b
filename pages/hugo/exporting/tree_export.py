"""Writing what is in force as the folder of a Hugo site: all of it, or nothing."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.contents import BATCH_SIZE, read_contents
from pages.hugo.exporting.current_front_matter import TextInForce, public_pages, with_local_changes
from pages.hugo.exporting.exported_records import ExportedLog, read_texts
from pages.hugo.exporting.exported_structure import CONFIG, build_config, language_folder
from pages.hugo.exporting.report import ExportReport, new_report
from pages.hugo.exporting.site_files import FileReference, SiteFiles
from pages.models import Page, Version, VersionText


class DestinationNotEmpty(ValueError):
    """There is something at the destination, and nothing is written over it."""


def export_tree(
    destination: Path, *, at: datetime, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> ExportReport:
    """Write what is in force at a moment to a new or empty folder. Raises NotEmpty, OSError; then nothing was written.

    It is written beside the folder, and put in its place when it is whole.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise DestinationNotEmpty(f"{destination} is not empty; a tree is written to a new or empty folder only.")
    report, site = new_report(at), SiteFiles(AddressHistory(at))
    for step in ExportedLog(at).steps():
        site.apply(step)
    texts = sorted(_in_force(site, at), key=lambda text: text.path)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{destination.name}-", dir=destination.parent) as folder:
        made = Path(folder) / "made"
        if named := [text.path for text in texts if site.structure.is_named_by_language(text.path)]:
            report.remarks[
                f"Hugo cannot read files that are named by their language, as {named[0]} is: no {CONFIG}"
            ] += 1
        else:
            _write_file(made, CONFIG, _config(site, texts))
        pictures: dict[str, FileReference] = {}
        waiting, done = iter(texts), 0
        while some := list(islice(waiting, BATCH_SIZE)):
            pictures |= _write_texts(made, some, site, report)
            done += len(some)
            progress(done, len(texts))
        _write_pictures(made, pictures, report)
        # An empty folder gives way to it.
        made.rename(destination)
    return report


def _in_force(site: SiteFiles, at: datetime) -> Iterator[TextInForce]:
    rows = VersionText.objects.filter(
        version__in=Version.objects.in_force(at).filter(page__in=Page.objects.public(at)).values("pk")
    )
    dates = {(page, tag): moment for page, tag, moment in rows.values_list("version__page", "language", "modified_at")}
    pages = public_pages(at, site)
    for key, texts in read_texts(rows, "version__page").items():
        name = site.addresses.identifiers[key]
        for language, shown in texts.items():
            owner = name, language
            yield TextInForce(owner, site.names.paths[owner], shown, dates[key, language], pages[name])


def _config(site: SiteFiles, texts: Iterable[TextInForce]) -> bytes:
    folders: dict[str, dict[str, None]] = {}
    for text in texts:
        folders.setdefault(text.owner[1], {})[language_folder(text.path, site.structure)] = None
    return build_config(site.structure, folders)


def _write_texts(
    made: Path, texts: list[TextInForce], site: SiteFiles, report: ExportReport
) -> dict[str, FileReference]:
    """Write texts, and return what pictures they show, by path."""
    sources = read_contents(text.shown.revision for text in texts)
    shown: dict[str, FileReference] = {}
    for text in texts:
        content = sources[text.shown.revision]
        if text.may_differ:
            try:
                content = with_local_changes(content, text, site)
            except ValueError as error:
                report.remarks[f"{text.path} is as it was saved, without what changed beside it: {error}"] += 1
        _write_file(made, text.path, content)
        report.texts += 1
        shown |= site.files_of(text.owner, text.shown)
    return {path: file for path, file in shown.items() if isinstance(file, str)}


def _write_pictures(made: Path, pictures: dict[str, FileReference], report: ExportReport) -> None:
    waiting = iter(sorted(pictures.items()))
    while some := list(islice(waiting, BATCH_SIZE)):
        stored = read_contents(digest for _, digest in some)
        for path, digest in some:
            if digest in stored:
                _write_file(made, path, stored[digest])
                report.pictures += 1
            else:
                report.not_written[f"{path}: the picture {digest} is not stored."] += 1


def _write_file(made: Path, path: str, content: bytes) -> None:
    # Its parts are sound: no path leads out, for none was taken that does.
    file = made / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
