"""Checks of a text before it is published: what readers would get otherwise than its author meant."""
