"""Detecting the structure of a site from the paths of its tree. Of the files only configs are read."""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pages.hugo.site_structure.config_files import is_certainly_hugo, site_of_config
from pages.hugo.site_structure.file_names import CONTENT, is_below, is_config, is_repository_file, is_text
from pages.hugo.site_structure.reading_options import NO_OPTIONS, ReadingOptions
from pages.hugo.site_structure.site_config import AmbiguousStructure, SiteConfig, read_config
from pages.hugo.site_structure.structure import SiteStructure, bare_structure, content_folder, index_at_top
from pages.text.messages import Message


class NoContentFound(ValueError):
    """The tree has neither a Hugo site nor a content folder with texts."""


def detect_structure(
    paths: Iterable[str],
    read: Callable[[str], bytes | None],
    default: SiteStructure,
    declares_language: Callable[[str], bool] = lambda _path: False,
    options: ReadingOptions = NO_OPTIONS,
) -> SiteStructure:
    """Find the site, or the content folder, that is closest to the root of the tree, and return its structure.

    `read` returns a file's bytes, or None if it is not available. `default` has what neither the paths nor the config
    define. `declares_language` tells whether a text's front matter names a language. What `options` have takes
    precedence. Raises AmbiguousStructure, NoContentFound.
    """
    tree = [path for path in paths if is_config(path) or is_text(path)]
    structure = _detect(tree, read, default, declares_language, options)
    if not options.language:
        return structure
    return replace(structure, default_language=options.language, requires_language=False)


def _detect(
    tree: list[str],
    read: Callable[[str], bytes | None],
    default: SiteStructure,
    declares_language: Callable[[str], bool],
    options: ReadingOptions,
) -> SiteStructure:
    root_structure, above_content = default, default
    for site, config, folders in _read_configs(tree, read):
        structure = _apply_config(default, site, config) if config else default
        if options.content:
            is_above = config and all(is_below(site, folder) for folder in options.content)
            above_content = structure if is_above else above_content
            continue
        has_content = config and any(folder in folders for folder, _ in structure.folders)
        # A repository of texts may also contain a small site about something else in a subfolder.
        if has_content and (not site or _has_most_texts(structure, tree)):
            return structure
        # Without any content folder of its own, a config at the root still defines the languages.
        root_structure = structure if not site else root_structure
    if options.content:
        return _restrict_to_content(above_content, options.content, tree, has_config=above_content is not default)
    return _detect_without_config(tree, root_structure, declares_language, is_any_text_content=bool(options.language))


def _read_configs(
    tree: list[str], read: Callable[[str], bytes | None]
) -> Iterator[tuple[str, SiteConfig | None, set[str]]]:
    """Yield the sites that are closest to the root first, each with its config; and the folders of the tree."""
    folders = {"", *(folder for path in tree for folder in _parent_folders(path))}
    configs: dict[str, list[str]] = {}
    for path in filter(is_config, tree):
        configs.setdefault(site_of_config(path) or "", []).append(path)
    for site in sorted(configs, key=_depth_and_name):
        yield site, _read_site_config(site, configs[site], read, folders), folders


def _restrict_to_content(
    structure: SiteStructure, content: tuple[str, ...], tree: Iterable[str], *, has_config: bool
) -> SiteStructure:
    """Return the structure with these content folders.

    Its own stay if they are within them and have texts; without a config, they must have all but repository files.
    """
    own = [folder for folder, _ in structure.folders]
    texts = [path for path in tree if is_text(path) and any(is_below(folder, path) for folder in content)]
    outside = [path for path in texts if not any(is_below(folder, path) for folder in own)]
    is_within = all(any(folder == top or is_below(top, folder) for top in content) for folder in own)
    if is_within and len(outside) < len(texts) and (has_config or all(map(is_repository_file, outside))):
        return structure
    static = [posixpath.join(posixpath.dirname(folder), "static") for folder in content]
    folders = tuple((folder, None) for folder in sorted(content, key=lambda folder: (-len(folder), folder)))
    return replace(
        structure,
        folders=folders,
        static_folders=tuple(dict.fromkeys([*structure.static_folders, *static])),
        follows_jekyll=structure.allows_any_language and all(posixpath.basename(name) != CONTENT for name in content),
    )


def _read_site_config(
    site: str, names: list[str], read: Callable[[str], bytes | None], folders: set[str]
) -> SiteConfig | None:
    try:
        return read_config(site, names, read)
    except AmbiguousStructure:
        # Many programs have a config.json. An error in one that may not be Hugo's is ignored.
        if any(map(is_certainly_hugo, names)) or posixpath.join(site, CONTENT) in folders:
            raise
        return None


def _apply_config(default: SiteStructure, site: str, config: SiteConfig) -> SiteStructure:
    """Return the default structure with the folders and languages of a config."""
    own = [(_resolve_folder(site, folder), tag) for tag, folder in config.languages if folder]
    shared = [] if own and len(own) == len(config.languages) else [_resolve_folder(site, config.content_folder)]
    if config.mounts:
        own = [(_resolve_folder(site, folder), tag) for folder, tag in config.mounts if tag]
        shared = [_resolve_folder(site, folder) for folder, tag in config.mounts if not tag]
    folders: dict[str, str | None] = {}
    for folder, tag in own:
        # If several languages share a folder, the names of its files distinguish them.
        folders[folder] = None if folder in folders else tag
    folders = {**dict.fromkeys(shared), **folders}
    static = [posixpath.normpath(posixpath.join(site, folder)) for folder in config.static_folders]
    listed = {tag for tag, _ in config.languages} | ({config.default_language} if config.default_language else set())
    return replace(
        default,
        default_language=config.default_language,
        languages=default.languages | listed,
        allows_any_language=not config.languages,
        folders=tuple(sorted(folders.items(), key=lambda pair: (-len(pair[0]), pair[0]))),
        unread_folders=tuple(_resolve_folder(site, folder) for folder in config.inner_mounts),
        # Nothing outside the source is read.
        static_folders=tuple(folder for folder in static if not folder.startswith(("..", "/"))),
    )


def _detect_without_config(
    tree: list[str],
    root_structure: SiteStructure,
    declares_language: Callable[[str], bool],
    *,
    is_any_text_content: bool,
) -> SiteStructure:
    """Return the structure of a content folder without a config. Raises NoContentFound."""
    bare = bare_structure(root_structure)
    indexes = {index_at_top(path, root_structure) for path in tree}
    content_folders = {folder for path in tree if (folder := content_folder(path, bare))}
    # Other programs have an index.md as well, but only a content folder has an _index.md.
    if content_folders and "_index" not in indexes:
        content = min(content_folders, key=_depth_and_name)
        static = posixpath.join(posixpath.dirname(content), "static")
        structure = replace(root_structure, folders=((content, None),), static_folders=(static,))
        if _has_most_texts(structure, tree):
            return structure
    # Repositories whose pages are folders with one file per language can also have an index.md.
    is_content = "_index" in indexes or ("index" in indexes and not any(map(bare.is_named_by_language, tree)))
    is_content |= is_any_text_content and any(map(bare.can_be_text, tree))
    if is_content or any(map(bare.locate_text, tree)) or any(map(declares_language, filter(bare.can_be_text, tree))):
        return replace(bare, requires_language=not is_content, follows_jekyll=root_structure.allows_any_language)
    raise NoContentFound(
        Message(
            "No texts found: there is no folder “content” with .md files, and no folder or file is named after a "
            "language."
        )
    )


def _has_most_texts(structure: SiteStructure, tree: list[str]) -> bool:
    """Tell whether a structure has more texts than it leaves out (of those with a language in their path)."""
    bare = bare_structure(structure)
    inside = [path for path in tree if structure.locate_text(path)]
    return len(inside) > sum(1 for path in set(tree).difference(inside) if bare.locate_text(path))


def _resolve_folder(site: str, folder: str) -> str:
    path = posixpath.normpath(posixpath.join(site, folder.replace("\\", "/")))
    if path.startswith(("/", "../")) or path == "..":
        raise AmbiguousStructure(
            Message("The config's content folder %(folder)s is outside of the source.", folder=repr(folder))
        )
    return "" if path == "." else path


def _parent_folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _depth_and_name(folder: str) -> tuple[int, str]:
    return (folder.count("/") + 1 if folder else 0, folder)
