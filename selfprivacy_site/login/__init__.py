"""How editors come in: limits on failed logins, one-time codes as a second step. It must not know pages."""
