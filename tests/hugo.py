"""Sites that Debian's `hugo` builds, to compare with: tests that need it are skipped where it is not installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

HUGO = shutil.which("hugo")
needs_hugo = pytest.mark.skipif(HUGO is None, reason="no hugo to compare with: apt-get install hugo")


def build(folder: Path, *options: str) -> Path:
    """Build the site in a folder, and return the folder with its pages."""
    subprocess.run([HUGO, "--quiet", *options], cwd=folder, check=True, capture_output=True)
    return folder / "public"
