"""Taking texts in from outside: published as they are, but never over newer work that was done here."""

from pages.publishing.importing.batches import take_in
from pages.publishing.importing.incoming import IncomingText, Taken

__all__ = ["IncomingText", "Taken", "take_in"]
