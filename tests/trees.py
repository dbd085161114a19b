"""Hugo trees for tests."""

from collections.abc import Mapping
from pathlib import Path

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by path to a folder that has a content folder; return the folder."""
    (root / "content").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def markdown(title: str, body: str, **front_matter: str) -> str:
    """Return a text with front matter."""
    lines = [f"{key}: {value}" for key, value in {"title": title, **front_matter}.items()]
    return "\n".join(["---", *lines, "---", "", body, ""])


# Ids of the headings in the English sample policy: links from other sites use them.
ANCHORS = [
    "collection-of-information",
    "tracking",
    "third-party-service-providers",
    "use-of-information",
    "disclosure-of-information",
    "protection-of-information",
    "changes-to-this-privacy-policy",
    "contact-us",
]
