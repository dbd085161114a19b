"""The form of a page: its language tabs, preview, translation source, edit conflicts and deletion.

It saves drafts only; `pages.admin.publishing` changes what readers see.
"""
