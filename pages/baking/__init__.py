"""The static copy: the public site as files, for web servers that only serve files.

The application is asked for every public address at one time, and its answers are stored. Nothing here decides what
readers may see.
"""
