"""Export of the texts in force as the folder of a Hugo site."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path

from pages.hugo.exporting.address_history import AddressHistory
from pages.hugo.exporting.exported_records import ExportedLog
from pages.hugo.exporting.exported_structure import CONFIG, build_config, language_folder
from pages.hugo.exporting.patched_front_matter import TextPatcher
from pages.hugo.exporting.report import ExportReport
from pages.hugo.exporting.site_files import FILES_PER_BATCH, FileReference, SiteFiles, read_contents
from pages.hugo.git.temporary_folders import temporary_folder
from pages.hugo.site_details.writing import ConfigWriter
from pages.publishing.importing.site_details import read_site_details


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
    report, site = ExportReport(at), SiteFiles(AddressHistory(), ConfigWriter(read_site_details(at)))
    for records in ExportedLog(at).commits():
        site.apply(records)
    site.finish_tree()
    files = _replace_config(site, report)
    patcher = TextPatcher(site, at)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(f".{destination.name}-being-written-", destination.parent) as folder:
        root = folder / "tree"
        root.mkdir()
        remaining, done = iter(sorted(files.items())), 0
        while batch := dict(islice(remaining, FILES_PER_BATCH)):
            contents = read_contents(batch.values())
            for path, file in batch.items():
                if report.count_file(path, file, contents):
                    is_text, content = isinstance(file, int), contents[file]
                    _write_file(root / path, _patch(path, content, patcher, report) if is_text else content)
            done += len(batch)
            progress(done, len(files))
        # This replaces the destination if it is an empty folder.
        root.rename(destination)
    return report


def _replace_config(site: SiteFiles, report: ExportReport) -> dict[str, FileReference]:
    """Return the files of the site with a config for the present texts only."""
    files = {path: file for path, file in site.tree.items() if path != CONFIG}
    texts = {path: key[1] for key, path in site.names.paths.items() if isinstance(files.get(path), int)}
    if named_by_language := sorted(filter(site.structure.is_named_by_language, texts)):
        example = named_by_language[0]
        report.remarks[f"Hugo cannot read files that are named by their language, such as {example}: no {CONFIG}"] += 1
        return files
    folders: dict[str, set[str]] = {}
    for path, language in texts.items():
        folders.setdefault(language, set()).add(language_folder(path, site.structure))
    return {**files, CONFIG: build_config(site.structure, folders, site.config_writer)}


def _patch(path: str, content: bytes, patcher: TextPatcher, report: ExportReport) -> bytes:
    try:
        return patcher.patch(path, content)
    except ValueError as error:
        report.remarks[f"{path} is exported as it was saved, without later changes: {error}"] += 1
        return content


def _write_file(file: Path, content: bytes) -> None:
    # The path cannot leave the root: FileNames and picture_path accept safe paths only.
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
