"""Addresses of repositories in a config, and the pages for new issues that they have."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pages.text.front_matter.nested_values import Value

# Names of parameters, with keys in lower case, in the order of preference. The first are those of the Docsy theme.
_TEXT_REPOSITORY = (
    *("github_repo", "gitea_repo", "gitlab_repo", "forgejo_repo", "codeberg_repo", "repository", "repo", "repo_url"),
    *("repourl", "repositoryurl", "repository_url", "git_repo", "githubrepo", "bookrepo", "github_url", "editurl"),
    *("editpage", "edit_page"),
)
_PROJECT_REPOSITORY = ("github_project_repo", "gitea_project_repo", "gitlab_project_repo", "project_repo")
REPOSITORY_NAMES = frozenset({*_TEXT_REPOSITORY, *_PROJECT_REPOSITORY})
_URLS_IN_MAPPINGS = ("url", "base", "repo")
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
# What follows the address of a repository in the address of one of its files.
_BELOW = re.compile(r"/(?:-/)?(?:edit|tree|blob|src|raw|issues|_edit)(?:/.*)?\Z")
_NEW_ISSUE = "/issues/new"


def find_trackers(values: Mapping[str, Value]) -> tuple[str, str]:
    """Return the addresses for new issues on the texts and on the project, as far as the values name repositories."""
    of_texts, of_project = (next(_trackers(values, names), "") for names in (_TEXT_REPOSITORY, _PROJECT_REPOSITORY))
    return of_texts, of_project


def repository_of(tracker: str) -> str:
    """Return the address of the repository with a tracker; empty if its address cannot be derived from that."""
    repository = tracker.removesuffix(_NEW_ISSUE)
    return repository if _tracker_of(repository, "github_repo") == tracker else ""


def _trackers(values: Mapping[str, Value], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = values.get(name)
        if isinstance(value, dict):
            value = next((value[key] for key in _URLS_IN_MAPPINGS if key in value), None)
        if isinstance(value, str) and (tracker := _tracker_of(value, name)):
            yield tracker


def _tracker_of(repository: str, name: str) -> str:
    address = _BELOW.sub("", repository.strip().removesuffix("/").removesuffix(".git"))
    if _NAME.fullmatch(address) and ("git" in name or name == "repository"):
        host = next((host for host in ("gitlab.com", "codeberg.org") if host.partition(".")[0] in name), "github.com")
        address = f"https://{host}/{address}"
    try:
        url = urlsplit(address)
    except ValueError:
        return ""
    # A host without a path is not a repository.
    if url.scheme not in ("http", "https") or not url.path.strip("/"):
        return ""
    is_gitlab = "gitlab" in (url.hostname or "") or name.startswith("gitlab")
    return f"{address}/-{_NEW_ISSUE}" if is_gitlab else f"{address}{_NEW_ISSUE}"
