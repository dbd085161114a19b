"""Pure functions on texts: bytes to fields and back, Markdown to HTML. They know no models and no settings."""
