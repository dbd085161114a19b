"""Hugo trees for tests."""

from collections.abc import Mapping
from pathlib import Path

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their names in the tree, its folder of texts among them, and return the tree."""
    (root / "content").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def markdown(title: str, body: str, **front_matter: str) -> str:
    """Return a text with its title and other keys as front matter."""
    lines = [f"{key}: {value}" for key, value in {"title": title, **front_matter}.items()]
    return "\n".join(["---", *lines, "---", "", body, ""])


# The headings' ids of the starter policy in English, which outside links rely on.
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
