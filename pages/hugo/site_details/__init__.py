"""What a site's config says of the site as a whole, read for imports and written again by exports."""
