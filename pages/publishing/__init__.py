"""The only writer of pages and their history: one verb for each change of state.

Verbs are plain functions, atomic, and take who does it and when. They must not know who is notified, cached or shown.
"""
