"""Imports of Hugo sites, from a folder, from one commit, or with the whole git history."""
