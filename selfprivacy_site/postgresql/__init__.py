"""Django's database backend for PostgreSQL, for a server whose readers do not wait for a database that hangs."""
