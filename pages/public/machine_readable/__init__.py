"""Machine-readable formats: feeds, JSON, the sitemap, link headers and structured data."""
