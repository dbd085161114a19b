"""Wiring only: settings, URLs, the login, the WSGI application and its door. It must not hold a rule about pages."""
