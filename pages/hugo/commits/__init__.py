"""From files to pages, commit by commit: nothing is written here."""
