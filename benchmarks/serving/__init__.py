"""Servers on one core, load from the other, and the applications that the site is compared with."""
