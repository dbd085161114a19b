"""The readers' door: addresses, views and their answers. It holds no rule of what may be seen, and sets no cookie."""
