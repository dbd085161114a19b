"""A page's history in the admin: timeline, earlier texts, comparisons, and copying an earlier text to the draft."""
