"""Comparisons of two texts: of versions for readers, of any states and of unpublished texts for editors."""
