"""Russian formats."""

# With the time zone, as everywhere else in the admin, and with no-break spaces within the date.
DATETIME_FORMAT = "j\xa0E Y\xa0г., H:i (T)"
