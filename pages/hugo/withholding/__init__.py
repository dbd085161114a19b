"""What the generator of a source (Hugo or Jekyll) does not publish, and why. Pure functions; nothing is stored here."""
