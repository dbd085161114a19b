"""The files of a static copy: how they are written, what web servers read about them, and the swap of copies."""
