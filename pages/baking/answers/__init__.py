"""Asking the application for the addresses of a static copy, in several processes."""
