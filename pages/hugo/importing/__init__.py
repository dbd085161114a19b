"""Handing what files say to the verbs that write it."""
