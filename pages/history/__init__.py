"""Read-only questions about stored rows: whether the hash chain is intact, whether a translation is up to date."""
