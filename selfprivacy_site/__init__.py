"""Configuration: settings, URLs, the login, middleware and the WSGI application. Holds no rule about pages."""
