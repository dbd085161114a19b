"""Wiring only: settings, URLs, the WSGI application and its door. It must not hold a rule about pages."""
