"""How the paths of a site tell language, page and address."""
