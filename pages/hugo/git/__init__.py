"""Reading and writing git repositories through a few long-lived git processes. Knows nothing of pages or Hugo."""
