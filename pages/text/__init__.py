"""Pure functions on one text: source bytes to fields and back, Markdown to HTML. They know no models or settings."""
