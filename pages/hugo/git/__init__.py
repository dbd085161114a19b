"""Git repositories, read and written through few long-lived processes. It knows nothing of pages and of Hugo."""
