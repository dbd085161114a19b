"""Imports: publish texts from files in large batches, but never over newer work that was done on this site.

This package knows pages, times and texts, but nothing about files or git.
"""
