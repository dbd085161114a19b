"""Export of the texts in force as the folder of a Hugo site."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.exported_records import ExportedLog, read_texts
from pages.hugo.exporting.exported_structure import CONFIG, build_config, language_folder
from pages.hugo.exporting.patched_front_matter import TextToExport, patch_text, public_pages
from pages.hugo.exporting.report import ExportReport, new_report
from pages.hugo.exporting.site_files import FILES_PER_BATCH, SiteFiles, read_contents
from pages.models import Page, Version, VersionText


class DestinationNotEmpty(ValueError):
    """The destination is a file, or a folder with files, which the export does not overwrite."""


def export_tree(
    destination: Path, *, at: datetime, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> ExportReport:
    """Write what is in force at a time to a new or empty folder.

    Raises DestinationNotEmpty or OSError; then nothing was written: the files are written to a temporary folder next to
    the destination, which is renamed when it is complete.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise DestinationNotEmpty(f"{destination} is not empty; a tree is written to a new or empty folder only.")
    report, site = new_report(at), SiteFiles(AddressHistory(at))
    for records in ExportedLog(at).commits():
        site.apply(records)
    texts = sorted(_texts_in_force(site, at), key=lambda text: text.path)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{destination.name}-", dir=destination.parent) as folder:
        root = Path(folder) / "tree"
        _write_config(root, texts, site, report)
        pictures: dict[str, str] = {}
        remaining, done = iter(texts), 0
        while batch := list(islice(remaining, FILES_PER_BATCH)):
            pictures |= _write_texts(root, batch, site, report)
            done += len(batch)
            progress(done, len(texts))
        _write_pictures(root, pictures, report)
        # This replaces the destination if it is an empty folder.
        root.rename(destination)
    return report


def _texts_in_force(site: SiteFiles, at: datetime) -> Iterator[TextToExport]:
    versions = Version.objects.in_force(at).filter(page__in=Page.objects.public(at))
    rows = VersionText.objects.filter(version__in=versions.values("pk"))
    dates = {(key, language): at for key, language, at in rows.values_list("version__page", "language", "modified_at")}
    pages = public_pages(at, site)
    for key, texts in read_texts(rows, "version__page").items():
        page = site.addresses.uuid_of(key)
        for language, text in texts.items():
            text_key = page, language
            path = site.names.paths[text_key]
            yield TextToExport(text_key, path, text, dates[key, language], pages[page])


def _write_config(root: Path, texts: Iterable[TextToExport], site: SiteFiles, report: ExportReport) -> None:
    folders: dict[str, dict[str, None]] = {}
    for text in texts:
        if site.structure.is_named_by_language(text.path):
            remark = f"Hugo cannot read files that are named by their language, such as {text.path}: no {CONFIG}"
            report.remarks[remark] += 1
            return
        folders.setdefault(text.language, {})[language_folder(text.path, site.structure)] = None
    _write_file(root, CONFIG, build_config(site.structure, folders))


def _write_texts(root: Path, texts: list[TextToExport], site: SiteFiles, report: ExportReport) -> dict[str, str]:
    """Write texts; return the digests of their pictures by path."""
    contents = read_contents(text.text.revision for text in texts)
    pictures: dict[str, str] = {}
    for text in texts:
        content = contents[text.text.revision]
        if text.may_need_patch:
            try:
                content = patch_text(content, text, site)
            except ValueError as error:
                report.remarks[f"{text.path} is exported as it was saved, without later changes: {error}"] += 1
        _write_file(root, text.path, content)
        report.texts += 1
        files = site.files_of(text.key, text.text)
        pictures |= {path: file for path, file in files.items() if isinstance(file, str)}
    return pictures


def _write_pictures(root: Path, pictures: dict[str, str], report: ExportReport) -> None:
    remaining = iter(sorted(pictures.items()))
    while batch := list(islice(remaining, FILES_PER_BATCH)):
        contents = read_contents(digest for _, digest in batch)
        for path, digest in batch:
            if digest in contents:
                _write_file(root, path, contents[digest])
                report.pictures += 1
            else:
                report.not_written[f"{path}: the picture {digest} is not stored."] += 1


def _write_file(root: Path, path: str, content: bytes) -> None:
    # The path cannot leave the root: FileNames and picture_path accept safe paths only.
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
