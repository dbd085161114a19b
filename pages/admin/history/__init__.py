"""A page's past in the admin: the timeline, any text of it, any two compared, and any taken back into the draft."""
