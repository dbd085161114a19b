"""Import and export of Hugo sites. Knows neither the public views nor the admin."""
