"""Taking texts in from outside, many at a time: published as they are, but never over newer work that was done here.

It knows pages, moments and texts; it must not know where they came from.
"""
