"""The form of a page: its language tabs, translation source and edit conflicts.

It saves drafts only; `pages.admin.publishing` changes what readers see.
"""
