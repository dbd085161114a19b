"""What commits change: which files become which pages' texts. Nothing is written to the database here."""
