"""The readers' site: URLs, views and responses. It has no visibility rules of its own and sets no cookies."""
