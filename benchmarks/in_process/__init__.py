"""What is measured within a process of a site, without a server: each function returns JSON values."""
