"""English formats."""

# With the time zone, as everywhere else in the admin.
DATETIME_FORMAT = "F j, Y, H:i (T)"
