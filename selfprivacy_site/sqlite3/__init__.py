"""Django's database backend for SQLite, for connections that are kept between requests."""
