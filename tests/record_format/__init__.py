"""The record format of the publication log: test vectors, and a fixture database that later versions must read."""
