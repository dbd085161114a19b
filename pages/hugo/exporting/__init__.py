"""Exports of what is published, as a Hugo tree or as a git repository. They only read the database."""
