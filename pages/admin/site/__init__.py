"""The site's own words, links and redirects in the admin: rows that are edited in place, so nothing may be overwritten
silently. They raise the site's counter in their own save and delete, and need no verb.
"""
