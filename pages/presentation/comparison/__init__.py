"""Comparisons: of two versions for readers, and of two states of one language for editors."""
