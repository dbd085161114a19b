"""Finding one's way: what waits on the start page, and the list of pages as a tree. It only looks."""
