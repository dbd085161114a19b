"""The editors' login: limits on failed attempts, one-time codes as a second factor. Must not import `pages`."""
