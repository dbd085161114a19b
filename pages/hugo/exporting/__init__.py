"""The way out: what was published goes into files again, as a tree or as a git repository, and nothing else does.

It reads the publication log, and writes nothing here.
"""
