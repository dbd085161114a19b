"""Cases for the import of git histories: commits, and the expected pages, versions and report."""
