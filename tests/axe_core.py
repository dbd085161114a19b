"""Download axe-core, which checks pages against WCAG. Its licence is MPL 2.0, so it is not part of the repository."""

import base64
import hashlib
import io
import os
import sys
import tarfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".venv" / "axe-core-4.14.1.js"
PACKAGE = "axe-core/-/axe-core-4.14.1.tgz"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="


def fetch(target: Path = SCRIPT) -> None:
    """Write the script to a file unless it exists. Raises OSError if that fails or gives another package."""
    if target.exists():
        return
    registry = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
    with urllib.request.urlopen(f"{registry}/{PACKAGE}", timeout=60) as response:
        package = response.read()
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != SHA512:
        raise OSError(f"{PACKAGE} is not the pinned package.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        target.write_bytes(archive.extractfile("package/axe.min.js").read())


if __name__ == "__main__":
    try:
        fetch()
    except OSError as error:
        print(f"axe-core could not be downloaded ({error}): the accessibility tests are skipped.", file=sys.stderr)
