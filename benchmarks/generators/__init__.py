"""Generators of texts, Hugo sites and git histories."""
