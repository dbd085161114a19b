"""Parity of a translation with its source: what has to be the same in both, section by section."""
