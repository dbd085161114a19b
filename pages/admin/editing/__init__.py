"""The form of a page: a tab for each language, its preview, the source beside a translation, and what two people do.

It saves drafts; what readers see changes elsewhere.
"""
