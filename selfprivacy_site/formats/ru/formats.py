"""Russian formats."""

# With no-break spaces: a line must not end within a date.
DATE_FORMAT = "j\xa0E\xa0Y\xa0г."
# With the time zone, as everywhere else in the admin.
DATETIME_FORMAT = "j\xa0E\xa0Y\xa0г., H:i\xa0(T)"
