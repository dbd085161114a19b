"""Commits that this site exported: their trailers name a record of its publication log."""

import re

RECORD_TRAILER, HEAD_TRAILER = "Publication-Record", "Publication-Log-Head"
_TRAILERS = re.compile(rf"\n{RECORD_TRAILER}: (\d{{1,18}})\n{HEAD_TRAILER}: ([0-9a-f]{{64}})\s*\Z".encode())


def read_record_trailers(message: bytes) -> tuple[int, str] | None:
    """Return the number and the hash of the record that the message of an exported commit names."""
    match = _TRAILERS.search(message)
    return (int(match[1]), match[2].decode()) if match else None
