"""Taking texts in from outside: published as they are, but never over newer work that was done here."""

from pages.publishing.importing.batches import take_in
from pages.publishing.importing.incoming import ImportedText, ImportOutcome

__all__ = ["ImportOutcome", "ImportedText", "take_in"]
