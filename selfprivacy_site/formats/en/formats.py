"""English formats."""

# With no-break spaces: a line must not end within a date.
DATE_FORMAT = "F\xa0j,\xa0Y"
# With the time zone, as everywhere else in the admin.
DATETIME_FORMAT = "F\xa0j,\xa0Y, H:i\xa0(T)"
