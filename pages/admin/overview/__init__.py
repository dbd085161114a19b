"""The start page and the list of pages. This package only reads."""
