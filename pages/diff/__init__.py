"""Pure functions that compare two texts: rendered bodies word by word, and sources line by line."""
