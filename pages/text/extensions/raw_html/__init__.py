"""Raw HTML in Markdown: an allow-list of elements, which become tokens of the Markdown engine."""
