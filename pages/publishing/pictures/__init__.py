"""Uploaded and imported pictures: re-encoding, storage, and which of them a text shows."""
