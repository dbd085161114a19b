"""The site's settings, links and redirects in the admin.

These rows are edited in place, so their forms use optimistic locking. Their models increase the site's counter when
they are saved or deleted; no operation of `pages.publishing` is needed.
"""
