"""Formats of dates and times in the admin that differ from Django's, by language (FORMAT_MODULE_PATH)."""
