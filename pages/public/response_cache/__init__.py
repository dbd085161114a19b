"""What the response cache has to know of the pages: the state of the site, and which addresses there are."""
